"""Reads: who proposes, for staff who have said why they must know before the decision."""

from collections.abc import Collection

from django.db.models import QuerySet

from challenges.models import Challenge
from core.models import AuditEntry
from ideas.models import Idea
from ideas.states import IdeaState

SEEN = ("proposers.seen", "proposer.seen")
KEPT = 20


def hidden(challenge: Challenge, *, without: Collection[int] = ()) -> QuerySet[Idea]:
    """Proposals whose proposer staff's pages of the jury do not name (`reader.hides_proposer`).

    `without`: primary keys of proposals that the reader may not know of at all.
    """
    return (
        Idea.objects.delivered()
        .filter(challenge=challenge, series__blind=True)
        .exclude(state=IdeaState.DECIDED)
        .exclude(pk__in=without)
        .select_related("series", "organisation")
        .order_by("number")
    )


def seen(challenge: Challenge) -> list[AuditEntry]:
    """Who has looked lately, the newest first."""
    rows = AuditEntry.objects.filter(chain=challenge.audit_chain, verb__in=SEEN)
    return list(rows.select_related("by").order_by("-pk")[:KEPT])
