"""What each action of staff does to many proposals: whether it can, what it says, does and undoes.

Used by bulk.py alone, which holds the rows locked and knows how each stands.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge, Series
from challenges.states import Act
from ideas import correspondence, eligibility, moderation, moving
from ideas.eligibility import YES
from ideas.models import Batch, BatchRow, EligibilityCheck, Idea
from ideas.registry import CheckPolicy
from ideas.states import BatchAction, IdeaState

CHECKS = frozenset({BatchAction.ACCEPT, BatchAction.REFUSE})
WORDS = {  # the longest words that each takes
    BatchAction.REFUSE: 2000,
    BatchAction.MOVE: 1000,
    BatchAction.HIDE: 500,
    BatchAction.WRITE: 4000,
}


@dataclass(frozen=True)
class Plan:
    """What is to be done. `words`: the reason, or the message."""

    action: BatchAction
    words: str = ""
    series: Series | None = None
    answer_by: dt.datetime | None = None


@dataclass(frozen=True)
class Seen:
    """A proposal with what the rules ask; `checks` newest first."""

    idea: Idea
    policy: CheckPolicy
    checks: tuple[EligibilityCheck, ...]
    with_jury: bool


def faults(plan: Plan, challenge: Challenge, *, at: dt.datetime) -> dict[str, list[str]]:
    """What is wrong in the plan, by the field."""
    errors: dict[str, list[str]] = {}
    most = WORDS.get(plan.action)
    if most is not None and not plan.words.strip():
        errors["words"] = [
            _("Write the message here.")
            if plan.action == BatchAction.WRITE
            else _("Write why: it is shown in the place of the text.")
            if plan.action == BatchAction.HIDE
            else _("Write why: the proposer is told the reason.")
        ]
    elif most is not None and len(plan.words) > most:
        errors["words"] = [_("At most %(n)s characters.") % {"n": most}]
    if plan.action == BatchAction.MOVE and (
        plan.series is None or plan.series.challenge_id != challenge.pk
    ):
        errors["to"] = [_("Choose the series.")]
    if plan.answer_by is not None and plan.answer_by <= at:
        errors["answer_by"] = [_("The last moment to answer must be to come.")]
    return errors


def obstacle(seen: Seen, plan: Plan, *, by: User, at: dt.datetime) -> str:
    """Why nothing would happen to it; "" when it would."""
    idea = seen.idea
    if plan.action in CHECKS:
        return _check_obstacle(seen, plan, by=by, at=at)
    if plan.action == BatchAction.MOVE:
        return moving.obstacle(idea, plan.series, seen.with_jury) if plan.series else ""
    if plan.action == BatchAction.HIDE and idea.hidden_at is not None:
        return _("It has been hidden already.")
    if plan.action == BatchAction.SHOW and idea.hidden_at is None:
        return _("It is not hidden.")
    return ""


def _check_obstacle(seen: Seen, plan: Plan, *, by: User, at: dt.datetime) -> str:
    if not seen.idea.challenge.allows(Act.CHECK, at=at):
        return _("Proposals can be checked once the call has closed, until the decision.")
    if seen.with_jury:
        return _("The jury has it already.")
    if seen.idea.state != IdeaState.SUBMITTED:
        return _("It has a finding already. Change it on its own page.")
    if seen.policy.settled:
        return _("The round of eligibility has been closed: the findings stand.")
    if plan.action == BatchAction.REFUSE and seen.policy.gates:
        return _("Its gates are answered one by one, on its own page.")
    if any(check.by_id == by.pk for check in seen.checks):
        return _("You have said your word of it already.")
    return ""


def effect(seen: Seen, plan: Plan) -> str:
    """What would happen, in words."""
    if plan.action in CHECKS:
        if not _settles(seen, plan):
            return _("Your word is kept; it stays “%(state)s” until enough people agree.") % {
                "state": seen.idea.get_state_display()
            }
        if plan.action == BatchAction.REFUSE:
            return _("It is found not to meet the rules.")
        if not seen.idea.challenge.has_jury:
            return _("It is found to meet the rules.")
        return _("It is found to meet the rules: it goes to the jury.")
    return {
        BatchAction.MOVE: _("Moves to %(to)s") % {"to": plan.series},
        BatchAction.HIDE: _("Its page is closed; the reason stands in its place."),
        BatchAction.SHOW: _("Its page opens again."),
        BatchAction.WRITE: _("The message is put on its page."),
    }[plan.action]


def _settles(seen: Seen, plan: Plan) -> bool:
    """Whether one more word is enough. Each person's newest word counts."""
    newest: dict[int | None, EligibilityCheck] = {}
    for check in seen.checks:
        newest.setdefault(check.by_id, check)
    wanted = plan.action == BatchAction.ACCEPT
    same = sum(
        check.eligible == wanted and eligibility.CLARIFY not in check.gates.values()
        for check in newest.values()
    )
    return same + 1 >= seen.policy.persons


def is_told(seen: Seen, plan: Plan) -> bool:
    """Whether its proposer gets a letter."""
    if plan.action in CHECKS and not _settles(seen, plan):
        return False
    if plan.action in (BatchAction.HIDE, BatchAction.SHOW):
        return False
    return bool(seen.idea.contact_email) and not seen.idea.is_demo


def do(
    ideas: list[Idea],
    plan: Plan,
    *,
    batch: Batch,
    by: User,
    at: dt.datetime,
    tell_at: dt.datetime,
) -> dict[int, Any]:
    """The deed; what undoing needs, by the proposal's primary key."""
    if plan.action == BatchAction.MOVE and plan.series is not None:
        before = {idea.pk: {"series": idea.series_id} for idea in ideas}
        moving.move(
            ideas=ideas,
            to=plan.series,
            reason=plan.words,
            by=by,
            at=at,
            batch=batch.pk,
            tell_at=tell_at,
        )
        return before
    return {idea.pk: _do_one(idea, plan, by=by, at=at, tell_at=tell_at) for idea in ideas}


def _do_one(
    idea: Idea, plan: Plan, *, by: User, at: dt.datetime, tell_at: dt.datetime
) -> dict[str, Any]:
    if plan.action in CHECKS:
        accepted = plan.action == BatchAction.ACCEPT
        gates = {gate.key: YES for gate in eligibility.gates_of(idea)} if accepted else None
        check = eligibility.check_idea(
            idea=idea,
            eligible=accepted,
            reason=plan.words,
            gates=gates,
            by=by,
            at=at,
            tell_at=tell_at,
        )
        return {"check": check.pk}
    if plan.action == BatchAction.HIDE:
        moderation.hide(target=idea, reason=plan.words, by=by, at=at)
        return {}
    if plan.action == BatchAction.SHOW:
        moderation.restore(target=idea, by=by)
        return {"because": idea.hidden_because}
    correspondence.write_to_proposer(
        idea=idea, text=plan.words, by=by, at=at, answer_by=plan.answer_by
    )
    return {}


def undo(rows: Iterable[BatchRow], *, batch: Batch, by: User, at: dt.datetime) -> None:
    """Each row's proposal as it was before."""
    rows = list(rows)
    if batch.action == BatchAction.MOVE:
        series = {one.pk: one for one in batch.challenge.series.all()}
        back = {row.idea: series[row.before["series"]] for row in rows}
        moving.take_back(ideas=back, by=by, at=at)
    elif batch.action in CHECKS:
        checks = EligibilityCheck.objects.in_bulk([row.before["check"] for row in rows])
        for row in rows:
            check = checks[row.before["check"]]
            check.idea = row.idea
            eligibility.take_back(check=check, by=by, at=at)
    elif batch.action == BatchAction.HIDE:
        for row in rows:
            moderation.restore(target=row.idea, by=by, reopen=batch.at)
    elif batch.action == BatchAction.SHOW:
        for row in rows:
            because = row.before["because"]
            moderation.hide(target=row.idea, reason=because, by=by, at=at, undoing=True)
