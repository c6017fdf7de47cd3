"""Verb: publish what was approved, at its moment, once and whole."""

import datetime as dt

from django.db import transaction
from django.db.models import Prefetch

from challenges.actions import mark_decided
from challenges.models import Challenge
from challenges.states import ChallengeState
from core import audit, clock, mail, outbox
from ideas import links
from ideas.models import Idea, TeamMember
from ideas.states import IdeaState, TeamRole
from scoring import publication
from scoring.actions.documents import LANGUAGES
from scoring.award import content_digest
from scoring.models import Decision, Document, Verdict
from scoring.queries.decision import content_of, seal_of, unsigned
from scoring.queries.feedback import feedback_of_all
from scoring.states import DECISION_STANDS, DecisionState, DocumentKind


class ContentHasChanged(RuntimeError):
    """What is to be published is not what was approved and signed."""


@transaction.atomic
def publish_decision(*, decision: Decision, at: dt.datetime) -> bool:
    """Publish what was approved, if its moment has come; whether it was published now.

    One transaction: verdicts to the proposals, the challenge decided, solutions made, a letter to
    every entrant written, the report ordered; pages and the feed follow from the rows. Called by
    the outbox; a repeat does nothing.
    """
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if (
        decision.state not in DECISION_STANDS
        or decision.challenge.state != ChallengeState.OPENED
        or decision.publish_at is None
        or decision.publish_at > at
        or (decision.needs_signatures and unsigned(decision))
    ):
        return False
    # What was approved before decisions had digests has none.
    if decision.digest and decision.digest != content_digest(content_of(decision)):
        raise ContentHasChanged(decision.pk)
    decision.challenge = challenge = mark_decided(challenge=decision.challenge, by=None, at=at)
    decision.state, decision.published_at = DecisionState.PUBLISHED, at
    decision.objections_until = end_of_objections(at, decision.objection_days)
    decision.save()
    # Withdrawn after the approval: nothing is decided of it.
    decision.verdicts.filter(idea__state=IdeaState.WITHDRAWN).delete()
    owners = TeamMember.objects.filter(role=TeamRole.OWNER)
    verdicts = list(
        decision.verdicts.select_related("idea__challenge", "idea__series")
        .prefetch_related(Prefetch("idea__team", owners, to_attr="owners"))
        .select_for_update(of=("self", "idea"))
    )
    for verdict in verdicts:
        idea = verdict.idea
        idea.state, idea.decided_at, idea.awarded = IdeaState.DECIDED, at, verdict.awarded
        if verdict.awarded and idea.published_at is None:
            idea.published_at = at
    Idea.objects.bulk_update(
        [verdict.idea for verdict in verdicts], ["state", "decided_at", "awarded", "published_at"]
    )
    for hook in publication.on_publish:
        hook(decision)
    _tell(verdicts, challenge, decision)
    _order_reports(challenge, at=at)
    audit.record("decision.published", decision, by=None, data=seal_of(decision))
    outbox.emit("decision.published", decision=decision.pk, challenge=challenge.pk)
    return True


def end_of_objections(at: dt.datetime, days: int) -> dt.datetime | None:
    """The last second of the Finnish day that is `days` after the moment; None of no days."""
    if not days:
        return None
    last = clock.local(at).date() + dt.timedelta(days=days)
    return dt.datetime.combine(last, dt.time(23, 59, 59), clock.HELSINKI)


def _tell(verdicts: list[Verdict], challenge: Challenge, decision: Decision) -> None:
    """One letter to each entrant: to the contact, else to whoever is responsible in its team."""
    letters = []
    for verdict, feedback in zip(verdicts, feedback_of_all(verdicts), strict=True):
        idea = verdict.idea
        owner = next((one.email for one in idea.owners), "")  # type: ignore[attr-defined]
        if address := idea.contact_email or owner:
            letters.append(
                mail.Letter(
                    to=address,
                    template="idea_decided",
                    language=idea.language,
                    context={
                        "verdict": verdict,
                        "idea": idea,
                        "challenge": challenge,
                        "decision": decision,
                        "feedback": feedback,
                        "private_url": links.in_language(idea),
                    },
                    about=idea,
                )
            )
    mail.send_all(letters)


def _order_reports(challenge: Challenge, *, at: dt.datetime) -> None:
    """Rows that the outbox fills: the public report in every language, the whole one in Finnish."""
    wanted = [(DocumentKind.REPORT, language) for language in LANGUAGES]
    wanted.append((DocumentKind.FULL_REPORT, LANGUAGES[0]))
    for document in Document.objects.bulk_create(
        Document(challenge=challenge, kind=kind, language=language, asked_at=at)
        for kind, language in wanted
    ):
        outbox.emit("document.ordered", document=document.pk)
