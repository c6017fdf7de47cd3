"""Proposals of the same thing are merged: one carries on, and credits the others and links to them.

Each keeps its number, its page and what was handed in; whoever reads one finds the rest. A merger
can be undone until the decision. Checking and scoring go on proposal by proposal.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.states import ChallengeState
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from ideas import reader, rules
from ideas.actions import lock_idea
from ideas.models import Idea
from ideas.states import IdeaState

MERGED: Final = "idea.merged"


@dataclass(frozen=True)
class Original:
    """One of the merged, as anybody may know it. `proposer` is "" when nobody is named."""

    url: str
    reference: str
    title: str
    language: str
    proposer: str


@transaction.atomic
def merge(*, idea: Idea, into: Idea, reason: str, by: User, at: dt.datetime) -> Idea:
    """`idea` is joined to `into`; both proposers get a letter with the reason.

    Raises Invalid (into, reason), NotNow after the decision.
    """
    # In the order of their keys, so that two who merge crosswise do not wait for each other.
    held = {one.pk: lock_idea(one) for one in sorted({idea, into}, key=lambda one: one.pk)}
    idea, into = held[idea.pk], held[into.pk]
    for one in held.values():
        require(bool(rules.can_check(by, one)))
    _require_undecided(idea)
    errors = {}
    if obstacle := _obstacle(idea, into):
        errors["into"] = [obstacle]
    if not reason.strip():
        errors["reason"] = [_("Write why: the proposers are told the reason.")]
    if errors:
        raise Invalid(errors=errors)
    idea.merged_into = into
    idea.save(update_fields=["merged_into"])
    data = {
        "reference": idea.reference,
        "into": into.reference,
        "reason": reason.strip(),
        "at": at,
    }
    audit.record("idea.merged", idea, by=by, data=data)
    outbox.emit(MERGED, idea=idea.pk, into=into.pk, reason=reason.strip())
    return idea


@transaction.atomic
def part(*, idea: Idea, by: User, at: dt.datetime) -> Idea:
    """Undo a merger. Raises NotNow after the decision, or when there is none."""
    idea = lock_idea(idea)
    require(bool(rules.can_check(by, idea)))
    _require_undecided(idea)
    if idea.merged_into is None:
        raise NotNow(_("It has not been merged."))
    data = {"reference": idea.reference, "from": idea.merged_into.reference, "at": at}
    idea.merged_into = None
    idea.save(update_fields=["merged_into"])
    audit.record("idea.parted", idea, by=by, data=data)
    return idea


def originals(idea: Idea, *, without: frozenset[int] = frozenset()) -> list[Original]:
    """The public ones that were merged into it, by number. One query."""
    rows = Idea.objects.public().for_reading().filter(merged_into=idea)  # type: ignore[attr-defined]
    return [_as_anybody_knows(one) for one in rows.exclude(pk__in=without).order_by("number")]


def whole(idea: Idea, *, without: frozenset[int] = frozenset()) -> Original | None:
    """The public proposal that it was merged into."""
    if idea.merged_into_id is None:
        return None
    rows = Idea.objects.public().for_reading().filter(pk=idea.merged_into_id)  # type: ignore[attr-defined]
    found = rows.exclude(pk__in=without).first()
    return _as_anybody_knows(found) if found else None


def _as_anybody_knows(idea: Idea) -> Original:
    return Original(
        url=idea.get_absolute_url(),
        reference=idea.reference,
        title=idea.title,
        language=idea.language,
        proposer=reader.proposer(idea, reader.Audience.PUBLIC),
    )


def _obstacle(idea: Idea, into: Idea) -> str:
    if into.pk == idea.pk:
        return _("A proposal is not merged into itself.")
    if into.challenge_id != idea.challenge_id:
        return _("It is of another challenge.")
    if idea.merged_into_id is not None:
        return _("It has been merged already. Undo that first.")
    if into.merged_into_id is not None:
        return _("That proposal has been merged into another. Give that one.")
    if Idea.objects.filter(merged_into=idea).exists():
        return _("Others have been merged into this one. Merge the other way round.")
    return ""


def _require_undecided(idea: Idea) -> None:
    if idea.state == IdeaState.DECIDED or idea.challenge.state != ChallengeState.OPENED:
        raise NotNow(_("The decision has been made or the challenge is over."))
