"""Verbs: draft a decision, give everybody a reason, have it approved by a second person.

Signing is in `signing`, publication in `publish`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from challenges.models import Challenge, Series
from challenges.states import Act, ChallengeState
from core import audit, outbox
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from core.multilingual import text
from ideas.models import Idea
from ideas.states import IdeaState
from scoring import award, ranking, rules
from scoring.award import content_digest
from scoring.models import Decision, Verdict
from scoring.queries.decision import (
    content_of,
    is_formal,
    is_formal_decision,
    lacks,
    promises_calibration,
    seal_of,
)
from scoring.queries.feedback import assembled
from scoring.queries.ranking import (
    RoundRanking,
    details_of,
    rank_round,
    stopped_in_earlier_rounds,
)
from scoring.queries.rounds import deciding_rounds
from scoring.states import DECISION_OPEN, DECISION_STANDS, DecisionState

LONGEST = 4000  # characters of a reason and of the statement
SHORTER = 1000  # of a reason for departing from the order, or for returning


@dataclass(frozen=True)
class Choice:
    """What staff wrote of one proposal."""

    awarded: bool
    reason: str
    deviation: str = ""


@transaction.atomic
def draft_decision(*, challenge: Challenge, by: User, at: dt.datetime) -> Decision:
    """Begin the decision from the rankings as they stand: the best of each series as winners.

    Every round must be closed. Proposals that did not meet the rules are in it too: everyone gets
    a reason. The order is the plain mean's, or the calibrated one where the rubric promised it
    beforehand. Starting again keeps the reasons that have been written.
    """
    require(bool(rules.can_draft_decision(by, challenge)))
    if challenge.state != ChallengeState.OPENED or not challenge.allows(Act.DECIDE, at=at):
        raise NotNow(_("It is not time to decide yet."))
    rounds = deciding_rounds(challenge)
    received = Idea.objects.delivered().filter(challenge=challenge)
    if received.filter(state=IdeaState.SUBMITTED).exists():
        raise NotNow(_("Check every proposal first: some have not been found eligible or not."))
    unscored = received.filter(state=IdeaState.ELIGIBLE).exclude(
        series__in=[round_.series_id for round_ in rounds]
    )
    if unscored.exists() or not all(round_.is_done for round_ in rounds):
        raise NotNow(_("Close the scoring of every series first."))
    decision, _made = Decision.objects.select_for_update().get_or_create(challenge=challenge)
    if decision.state not in DECISION_OPEN | {DecisionState.PROPOSED}:
        raise NotNow(_("The decision has been approved already."))
    rankings = [rank_round(round_) for round_ in rounds]
    orders = [
        award.order_of(one.given, one.result, calibrated=promises_calibration(one.round.rubric))
        for one in rankings
    ]
    kept = {
        idea: {"reason": reason, "deviation": deviation}
        for idea, reason, deviation in decision.verdicts.values_list(
            "idea_id", "reason", "deviation"
        )
    }
    decision.verdicts.all().delete()
    verdicts = [
        verdict
        for one, order in zip(rankings, orders, strict=True)
        for verdict in _verdicts(decision, one, order, kept)
    ]
    decided = {verdict.idea_id for verdict in verdicts}
    stopped = stopped_in_earlier_rounds(challenge, but=decided)
    for idea in Idea.objects.filter(
        challenge=challenge, state__in=[IdeaState.INELIGIBLE, IdeaState.ELIGIBLE]
    ).prefetch_related("checks"):
        if idea.pk not in decided:
            check = next(iter(idea.checks.all()), None)
            words = kept.get(idea.pk, {})
            reason = words.get("reason") or (check.reason if check else "")
            verdicts.append(
                Verdict(
                    decision=decision,
                    idea=idea,
                    reason=reason,
                    deviation=words.get("deviation", ""),
                    details=stopped.get(idea.pk, {}),
                )
            )
    Verdict.objects.bulk_create(verdicts)
    decision.state = DecisionState.DRAFT
    decision.drafted_by, decision.approved_by = by, None
    decision.digest = ""
    decision.needs_signatures |= any(is_formal(one.round.rubric) for one in rankings)
    decision.ranking = {
        "format": ranking.FORMAT,
        "rankings": [one.result.to_data() for one in rankings],
        "orders": [order.to_data() for order in orders],
    }
    decision.ranking_digest = digest(decision.ranking)
    decision.full_clean()
    decision.save()
    audit.record("decision.drafted", decision, by=by, data={"ranking": decision.ranking_digest})
    return decision


def _verdicts(
    decision: Decision,
    one: RoundRanking,
    order: award.Order,
    kept: Mapping[int, Mapping[str, str]],
) -> Iterator[Verdict]:
    """A series' verdicts as the order has them: the first ones win."""
    series = one.round.series
    for row in one.rows:
        rank = order.ranks.get(row.place.idea)
        awarded = rank is not None and rank <= series.winners
        yield Verdict(
            decision=decision,
            idea=row.idea,
            awarded=awarded,
            award=_award(series, row.idea) if awarded else "",
            rank=rank,
            score=row.place.score,
            calibrated=order.scores.get(row.place.idea),
            details=details_of(one, row.place, placed=len(order.ranks)),
            **kept.get(row.idea.pk, {}),
        )


@transaction.atomic
def write_decision(
    *,
    decision: Decision,
    choices: Mapping[int, Choice],
    statement: str,
    publish_at: dt.datetime | None,
    by: User,
    objection_days: int | None = None,
    needs_signatures: bool | None = None,
) -> Decision:
    """Keep what staff wrote; `choices` by the verdict's pk. What is not named stays.

    In the formal profile the jury always signs.
    """
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state not in DECISION_OPEN:
        raise NotNow(_("The decision is waiting for approval or approved: take it back first."))
    verdicts = list(decision.verdicts.filter(pk__in=choices).select_related("idea__series"))
    for verdict in verdicts:
        choice = choices[verdict.pk]
        verdict.awarded = choice.awarded and verdict.idea.state == IdeaState.ELIGIBLE
        verdict.award = _award(verdict.idea.series, verdict.idea) if verdict.awarded else ""
        verdict.reason = _words(choice.reason, f"reason-{verdict.pk}")
        verdict.deviation = _words(choice.deviation, f"deviation-{verdict.pk}", limit=SHORTER)
    Verdict.objects.bulk_update(verdicts, ["awarded", "award", "reason", "deviation"])
    if objection_days is not None:
        decision.objection_days = objection_days
    if needs_signatures is not None:
        decision.needs_signatures = needs_signatures or is_formal_decision(decision)
    decision.state = DecisionState.DRAFT
    decision.statement = _words(statement, "statement")
    decision.publish_at = publish_at
    # Whoever wrote last is the drafter: the approver must be somebody else.
    decision.drafted_by = by
    decision.full_clean()
    decision.save()
    audit.record("decision.written", decision, by=by, data={"verdicts": len(verdicts)})
    return decision


@transaction.atomic
def assemble_reasons(*, decision: Decision, by: User) -> int:
    """Fill the empty reasons from level texts and jurors' comments; how many were filled.

    What somebody wrote is left alone. Of a proposal that nobody scored there is nothing to say.
    """
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state not in DECISION_OPEN:
        raise NotNow(_("The decision is waiting for approval or approved: take it back first."))
    verdicts = list(decision.verdicts.filter(reason="").select_related("idea"))
    words = assembled(verdicts)
    for verdict in verdicts:
        verdict.reason = words.get(verdict.pk, "")
    Verdict.objects.bulk_update(verdicts, ["reason"])
    decision.drafted_by = by
    decision.full_clean()
    decision.save()
    audit.record("decision.assembled", decision, by=by, data={"reasons": len(words)})
    return len(words)


@transaction.atomic
def propose_decision(*, decision: Decision, by: User, at: dt.datetime) -> Decision:
    """Hand it to a second person.

    Everyone must have a reason, every departure from the order too, and the moment must be set.
    The digest that is taken here is what is approved, signed and published.
    """
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state != DecisionState.DRAFT:
        raise NotNow(_("The decision is not a draft."))
    errors: dict[str, list[Any]] = {}
    found = lacks(decision.verdicts.select_related("idea__series"))
    if without := len(found.reasons):
        words = ngettext(
            "%(count)s proposal has no reason yet.",
            "%(count)s proposals have no reason yet.",
            without,
        )
        errors["reasons"] = [words % {"count": without}]
    if departs := len(found.deviations):
        words = ngettext(
            "The award departs from the ranking at %(count)s proposal without a reason.",
            "The award departs from the ranking at %(count)s proposals without a reason.",
            departs,
        )
        errors["deviations"] = [words % {"count": departs}]
    if decision.publish_at is None:
        errors["publish_at"] = [_("Set the moment of publication.")]
    if errors:
        raise Invalid(_("The decision is not complete."), errors=errors)
    decision.state, decision.proposed_at = DecisionState.PROPOSED, at
    decision.returned_because = ""
    decision.digest = content_digest(content_of(decision))
    decision.save()
    audit.record("decision.proposed", decision, by=by, data=seal_of(decision))
    outbox.emit("decision.proposed", decision=decision.pk)
    return decision


@transaction.atomic
def return_decision(*, decision: Decision, by: User, reason: str = "") -> Decision:
    """Back for correction: by the one who should approve, or by the drafter. Not once published.

    Whoever takes back what they themselves have just proposed need not say why; others must.
    Signatures name the content that they stood under, and no longer count.
    """
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.state not in DECISION_STANDS | {DecisionState.PROPOSED}:
        raise NotNow(_("There is nothing to take back."))
    words = _words(reason, "returned_because", limit=SHORTER)
    own = decision.state == DecisionState.PROPOSED and decision.drafted_by_id == by.pk
    if not words and not own:
        raise Invalid(errors={"returned_because": [_("Say why it is returned.")]})
    before = decision.state
    decision.state = DecisionState.RETURNED if words else DecisionState.DRAFT
    decision.returned_because, decision.digest = words, ""
    decision.approved_by = decision.approved_at = None
    decision.save()
    audit.record("decision.returned", decision, by=by, data={"from": before, "reason": words})
    return decision


@transaction.atomic
def approve_decision(*, decision: Decision, by: User, at: dt.datetime) -> Decision:
    """The second person's word.

    Publication follows at its moment, or at once if that is past; where the jury signs, not before
    the last signature.
    """
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    if decision.state != DecisionState.PROPOSED:
        raise NotNow(_("The decision is not waiting for approval."))
    if decision.drafted_by_id == by.pk:
        raise NotNow(_("You wrote this decision: a second person must approve it."))
    if not rules.can_approve_decision(by, decision):
        raise NotNow(
            _("You have told of a tie to a proposal in it: somebody else must approve it.")
        )
    decision.state = DecisionState.APPROVED
    decision.approved_by, decision.approved_at = by, at
    decision.full_clean()
    decision.save()
    audit.record("decision.approved", decision, by=by, data=seal_of(decision))
    if not decision.needs_signatures:
        outbox.emit("decision.due", run_after=decision.publish_at, decision=decision.pk)
    outbox.emit("decision.approved", decision=decision.pk)
    return decision


def _award(series: Series, idea: Idea) -> str:
    """The series' award, in the proposal's language: it is shown with the proposal's words."""
    return text(series.award, idea.language)[:200]


def _words(words: str, name: str, *, limit: int = LONGEST) -> str:
    words = words.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(words) > limit:
        raise Invalid(
            errors={name: [_("Shorten the text to %(limit)s characters.") % {"limit": limit}]}
        )
    return words
