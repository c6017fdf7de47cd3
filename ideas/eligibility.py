"""Whether a proposal meets the rules, before the jury sees it: one person's word, or two persons'.

One way for both. Where the rubric plans a round of eligibility, a proposal is found to meet the
rules, or not, when as many persons as the round asks for say the same (two, as a rule); when the
first two disagree, a third decides. Otherwise one person's word is enough and may be changed.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.states import Act
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from ideas import registry, rules
from ideas.actions import lock_idea
from ideas.models import EligibilityCheck, Idea
from ideas.registry import CheckPolicy, Gate
from ideas.states import TRANSITIONS, IdeaState

NO, YES, CLARIFY = 0, 1, 2  # answers to a gate


@dataclass(frozen=True)
class Votes:
    """The persons' newest words on one proposal. `unclear` have something to be cleared up."""

    yes: tuple[EligibilityCheck, ...]
    no: tuple[EligibilityCheck, ...]
    unclear: tuple[EligibilityCheck, ...]

    @property
    def disagree(self) -> bool:
        return bool(self.yes and self.no)

    def finding(self, persons: int) -> bool | None:
        """True or False once enough persons say the same, else None."""
        if len(self.yes) >= persons:
            return True
        return False if len(self.no) >= persons else None


def gates_of(idea: Idea) -> tuple[Gate, ...]:
    """The questions that each check of it answers."""
    return registry.check_policy(idea).gates


def votes_on(idea: Idea) -> Votes:
    """Each person's newest check counts once."""
    newest: dict[int | None, EligibilityCheck] = {}
    for check in idea.checks.select_related("by").order_by("at", "pk"):
        newest[check.by_id] = check
    words: dict[str, list[EligibilityCheck]] = {"yes": [], "no": [], "unclear": []}
    for check in newest.values():
        unclear = CLARIFY in check.gates.values()
        words["unclear" if unclear else "yes" if check.eligible else "no"].append(check)
    return Votes(**{name: tuple(found) for name, found in words.items()})


@transaction.atomic
def check_idea(
    *,
    idea: Idea,
    eligible: bool,
    by: User,
    at: dt.datetime,
    reason: str = "",
    gates: Mapping[str, int] | None = None,
    tell_at: dt.datetime | None = None,
) -> EligibilityCheck:
    """One person's word that the proposal meets the rules, or that it does not, and why.

    gates: the answers to the rubric's gates, 1 yes, 0 no, 2 to be cleared up; needed where the
    round of eligibility has gates. A no anywhere means not eligible; with a 2 nothing is found yet.

    With one person enough, the finding may be changed until the proposal has been given to jurors;
    with two, until they agree. The proposer is told of the finding at `tell_at`, or at once, unless
    it has changed by then. Saying the same again changes nothing. Raises Invalid without a
    reason for a refusal or with gates unanswered, NotNow when it is too early or too late.
    """
    require(rules.can_check(by, idea))
    idea = lock_idea(idea)
    require(idea.is_delivered)
    policy = registry.check_policy(idea)
    reason = reason.strip()
    answers = _answers(policy, gates, eligible=eligible)
    eligible = eligible and all(answer == YES for answer in answers.values())
    if not eligible and not reason:
        raise Invalid(errors={"reason": [_("Write why: the proposer is told the reason.")]})
    mine = idea.checks.filter(**({"by": by} if policy.persons > 1 else {})).first()
    said = mine is not None and (mine.eligible, mine.reason, mine.gates) == (
        eligible,
        reason,
        answers,
    )
    found = {True: IdeaState.ELIGIBLE, False: IdeaState.INELIGIBLE}[eligible]
    if mine is not None and said and (policy.persons > 1 or idea.state == found):
        return mine
    _may_check(idea, policy, found, at=at)
    check = EligibilityCheck(
        idea=idea, eligible=eligible, reason=reason, gates=answers, by=by, at=at
    )
    check.full_clean(exclude=["idea", "by"])
    check.save()
    data = {"reference": idea.reference, "eligible": eligible, "reason": reason, "at": at}
    if policy.persons == 1 and CLARIFY not in answers.values():
        finding: bool | None = eligible
    else:
        finding = votes_on(idea).finding(policy.persons)
        data["gates"] = answers
    if finding is None:
        audit.record("idea.check_said", idea, by=by, data=data)
        return check
    idea.state = IdeaState.ELIGIBLE if finding else IdeaState.INELIGIBLE
    idea.checked_at = at
    idea.save(update_fields=["state", "checked_at"])
    audit.record("idea.checked", idea, by=by, data=data)
    outbox.emit("idea.checked", run_after=tell_at, idea=idea.pk, check=check.pk)
    return check


@transaction.atomic
def take_back(*, check: EligibilityCheck, by: User, at: dt.datetime) -> Idea:
    """Undo one's own word, the newest, of which the proposer has not been told: the proposal waits
    for a finding again. Raises NotNow when others have gone on from it."""
    idea = lock_idea(check.idea)
    require(rules.can_check(by, idea) and check.by_id == by.pk)
    policy = registry.check_policy(idea)
    if registry.is_with_jury(idea) or policy.settled or idea.state == IdeaState.DECIDED:
        raise NotNow(_("The work has gone on from this finding."))
    data = {"reference": idea.reference, "eligible": check.eligible, "at": at}
    check.delete()
    idea.state, idea.checked_at = IdeaState.SUBMITTED, None
    idea.save(update_fields=["state", "checked_at"])
    audit.record("idea.check_undone", idea, by=by, data=data)
    return idea


def _answers(
    policy: CheckPolicy, gates: Mapping[str, int] | None, *, eligible: bool
) -> dict[str, int]:
    """The answers as they are kept; Invalid names each gate that has none."""
    given = gates or {}
    errors = {
        f"gate_{gate.key}": [_("Answer: %(name)s.") % {"name": gate.name}]
        for gate in policy.gates
        if given.get(gate.key) not in (NO, YES, CLARIFY)
    }
    if errors:
        raise Invalid(errors=errors)
    answers = {gate.key: given[gate.key] for gate in policy.gates}
    if eligible and answers and any(answer != YES for answer in answers.values()):
        raise Invalid(
            errors={"eligible": [_("A proposal meets the rules only if every gate is a yes.")]}
        )
    if not eligible and answers and all(answer == YES for answer in answers.values()):
        raise Invalid(errors={"eligible": [_("Every gate is a yes: then it meets the rules.")]})
    return answers


def _may_check(idea: Idea, policy: CheckPolicy, found: IdeaState, *, at: dt.datetime) -> None:
    if not idea.challenge.allows(Act.CHECK, at=at):
        raise NotNow(_("Proposals can be checked once the call has closed, until the decision."))
    if registry.is_with_jury(idea):
        raise NotNow(_("The proposal has been given to jurors: the finding can not be changed."))
    if idea.state == found or found in TRANSITIONS[IdeaState(idea.state)]:
        waits = idea.state == IdeaState.SUBMITTED
        if policy.settled and not waits:
            raise NotNow(_("The round of eligibility has been closed: the findings stand."))
        if policy.persons > 1 and not waits:
            raise NotNow(_("Enough people have found the same: the finding stands."))
        return
    raise NotNow(_("The proposal has been decided."))
