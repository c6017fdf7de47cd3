"""Verbs: draft a decision, have it approved by a second person, publish it at its moment."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.actions import mark_decided
from challenges.models import Challenge, Series
from challenges.states import Act, ChallengeState
from core import audit, mail, outbox
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from core.multilingual import text
from ideas.models import Idea
from ideas.states import IdeaState, TeamRole
from scoring import publication, ranking, rules
from scoring.models import Decision, Round, Verdict
from scoring.queries.ranking import rank_round
from scoring.states import DecisionState, RoundState

LONGEST = 4000  # characters of a reason and of the statement


@dataclass(frozen=True)
class Choice:
    """What staff wrote of one proposal."""

    awarded: bool
    reason: str


@transaction.atomic
def draft_decision(*, challenge: Challenge, by: User, at: dt.datetime) -> Decision:
    """Begin the decision from the rankings as they stand: the best of each series as winners.

    Every round must be closed. Proposals that did not meet the rules are in it too: everyone gets
    a reason. Starting again keeps the reasons that have been written.
    """
    require(bool(rules.can_draft_decision(by, challenge)))
    if challenge.state != ChallengeState.OPENED or not challenge.allows(Act.DECIDE, at=at):
        raise NotNow(_("It is not time to decide yet."))
    rounds = list(
        Round.objects.filter(series__challenge=challenge).select_related("series", "rubric")
    )
    received = Idea.objects.delivered().filter(challenge=challenge)
    if received.filter(state=IdeaState.SUBMITTED).exists():
        raise NotNow(_("Check every proposal first: some have not been found eligible or not."))
    unscored = received.filter(state=IdeaState.ELIGIBLE).exclude(
        series__in=[round_.series_id for round_ in rounds]
    )
    if unscored.exists() or any(round_.state != RoundState.CLOSED for round_ in rounds):
        raise NotNow(_("Close the scoring of every series first."))
    decision, _made = Decision.objects.select_for_update().get_or_create(challenge=challenge)
    if decision.state not in (DecisionState.DRAFT, DecisionState.PROPOSED):
        raise NotNow(_("The decision has been approved already."))
    rankings = [rank_round(round_) for round_ in rounds]
    kept = dict(decision.verdicts.values_list("idea_id", "reason"))
    decision.verdicts.all().delete()
    verdicts: list[Verdict] = []
    for one in rankings:
        series = one.round.series
        for row in one.rows:
            awarded = row.place.rank is not None and row.place.rank <= series.winners
            verdicts.append(
                Verdict(
                    decision=decision,
                    idea=row.idea,
                    awarded=awarded,
                    award=_award(series, row.idea) if awarded else "",
                    rank=row.place.rank,
                    score=row.place.score,
                    reason=kept.get(row.idea.pk, ""),
                )
            )
    decided = {verdict.idea_id for verdict in verdicts}
    for idea in Idea.objects.filter(
        challenge=challenge, state__in=[IdeaState.INELIGIBLE, IdeaState.ELIGIBLE]
    ).prefetch_related("checks"):
        if idea.pk not in decided:
            check = next(iter(idea.checks.all()), None)
            verdicts.append(
                Verdict(
                    decision=decision,
                    idea=idea,
                    reason=kept.get(idea.pk) or (check.reason if check else ""),
                )
            )
    Verdict.objects.bulk_create(verdicts)
    data = [one.result.to_data() for one in rankings]
    decision.state = DecisionState.DRAFT
    decision.drafted_by, decision.approved_by = by, None
    decision.ranking = {"format": ranking.FORMAT, "rankings": data}
    decision.ranking_digest = digest(decision.ranking)
    decision.full_clean()
    decision.save()
    audit.record("decision.drafted", decision, by=by, data={"ranking": decision.ranking_digest})
    return decision


@transaction.atomic
def write_decision(
    *,
    decision: Decision,
    choices: Mapping[int, Choice],
    statement: str,
    publish_at: dt.datetime | None,
    by: User,
) -> Decision:
    """Keep what staff wrote; `choices` by the verdict's pk. What is not named stays."""
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state != DecisionState.DRAFT:
        raise NotNow(_("The decision is waiting for approval or approved: take it back first."))
    verdicts = list(decision.verdicts.filter(pk__in=choices).select_related("idea__series"))
    for verdict in verdicts:
        choice = choices[verdict.pk]
        verdict.awarded = choice.awarded and verdict.idea.state == IdeaState.ELIGIBLE
        verdict.award = _award(verdict.idea.series, verdict.idea) if verdict.awarded else ""
        verdict.reason = _words(choice.reason, f"reason-{verdict.pk}")
    Verdict.objects.bulk_update(verdicts, ["awarded", "award", "reason"])
    decision.statement = _words(statement, "statement")
    decision.publish_at = publish_at
    # Whoever wrote last is the drafter: the approver must be somebody else.
    decision.drafted_by = by
    decision.full_clean()
    decision.save()
    audit.record("decision.written", decision, by=by, data={"verdicts": len(verdicts)})
    return decision


@transaction.atomic
def propose_decision(*, decision: Decision, by: User, at: dt.datetime) -> Decision:
    """Hand it to a second person. Everyone must have a reason, and the moment must be set."""
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state != DecisionState.DRAFT:
        raise NotNow(_("The decision is not a draft."))
    errors: dict[str, list[Any]] = {}
    without = decision.verdicts.filter(reason="").count()
    if without:
        errors["reasons"] = [_("%(count)s proposals have no reason yet.") % {"count": without}]
    if decision.publish_at is None:
        errors["publish_at"] = [_("Set the moment of publication.")]
    if errors:
        raise Invalid(_("The decision is not complete."), errors=errors)
    decision.state, decision.proposed_at = DecisionState.PROPOSED, at
    decision.save()
    audit.record("decision.proposed", decision, by=by, data=_content(decision))
    outbox.emit("decision.proposed", decision=decision.pk)
    return decision


@transaction.atomic
def return_decision(*, decision: Decision, by: User) -> Decision:
    """Back to a draft: by the one who should approve, or by the drafter. Not once published."""
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state not in (DecisionState.PROPOSED, DecisionState.APPROVED):
        raise NotNow(_("There is nothing to take back."))
    decision.state = DecisionState.DRAFT
    decision.approved_by = decision.approved_at = None
    decision.save()
    audit.record("decision.returned", decision, by=by)
    return decision


@transaction.atomic
def approve_decision(*, decision: Decision, by: User, at: dt.datetime) -> Decision:
    """The second person's word. Publication follows at its moment, or at once if that is past."""
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    if decision.state != DecisionState.PROPOSED:
        raise NotNow(_("The decision is not waiting for approval."))
    if not rules.can_approve_decision(by, decision):
        raise NotNow(_("You wrote this decision: a second person must approve it."))
    decision.state = DecisionState.APPROVED
    decision.approved_by, decision.approved_at = by, at
    decision.full_clean()
    decision.save()
    audit.record("decision.approved", decision, by=by, data=_content(decision))
    outbox.emit("decision.due", run_after=decision.publish_at, decision=decision.pk)
    return decision


@transaction.atomic
def publish_decision(*, decision: Decision, at: dt.datetime) -> bool:
    """Publish what was approved, if its moment has come; whether it was published now.

    One transaction: verdicts to the proposals, the challenge decided, solutions made, a letter to
    every entrant written. Called by the outbox; a repeat does nothing.
    """
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if (
        decision.state != DecisionState.APPROVED
        or decision.challenge.state != ChallengeState.OPENED
        or decision.publish_at is None
        or decision.publish_at > at
    ):
        return False
    decision.challenge = challenge = mark_decided(challenge=decision.challenge, by=None, at=at)
    decision.state, decision.published_at = DecisionState.PUBLISHED, at
    decision.save()
    # Withdrawn after the approval: nothing is decided of it.
    decision.verdicts.filter(idea__state=IdeaState.WITHDRAWN).delete()
    verdicts = list(
        decision.verdicts.select_related("idea__challenge", "idea__series").select_for_update(
            of=("self", "idea")
        )
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
    for verdict in verdicts:
        _tell(verdict, challenge)
    audit.record("decision.published", decision, by=None, data=_content(decision))
    outbox.emit("decision.published", decision=decision.pk, challenge=challenge.pk)
    return True


def _tell(verdict: Verdict, challenge: Challenge) -> None:
    """One letter to the entrant: to the contact, else to whoever is responsible in its team."""
    idea = verdict.idea
    owner = idea.team.filter(role=TeamRole.OWNER).values_list("email", flat=True).first()
    address = idea.contact_email or owner
    if address:
        mail.send(
            to=address,
            template="idea_decided",
            language=idea.language,
            context={"verdict": verdict, "idea": idea, "challenge": challenge},
            about=idea,
        )


def _award(series: Series, idea: Idea) -> str:
    """The series' award, in the proposal's language: it is shown with the proposal's words."""
    return text(series.award, idea.language)[:200]


def _words(words: str, name: str) -> str:
    words = words.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST:
        raise Invalid(
            errors={name: [_("Shorten the text to %(limit)s characters.") % {"limit": LONGEST}]}
        )
    return words


def _content(decision: Decision) -> dict[str, Any]:
    """What was approved and published, as a digest that the audit chain keeps."""
    verdicts = [
        [verdict.idea.uid.hex, verdict.awarded, verdict.rank, verdict.reason]
        for verdict in decision.verdicts.select_related("idea").order_by("idea_id")
    ]
    return {
        "sha256": digest({"verdicts": verdicts, "statement": decision.statement}),
        "ranking": decision.ranking_digest,
        "publish_at": decision.publish_at.isoformat() if decision.publish_at else None,
    }
