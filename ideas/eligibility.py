"""Staff's word whether a proposal meets the rules, before the jury sees it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.states import Act
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from ideas import registry, rules
from ideas.actions import lock_idea
from ideas.models import EligibilityCheck, Idea
from ideas.states import TRANSITIONS, IdeaState


@transaction.atomic
def check_idea(
    *, idea: Idea, eligible: bool, by: User, at: dt.datetime, reason: str = ""
) -> EligibilityCheck:
    """Find that the proposal meets the rules, or that it does not, and why.

    The finding may be changed until the proposal has been given to jurors. Finding the same again
    changes nothing. Raises Invalid without a reason for a refusal, NotNow when it is too early or
    too late.
    """
    require(rules.can_check(by, idea))
    idea = lock_idea(idea)
    require(idea.is_delivered)
    reason = reason.strip()
    if not eligible and not reason:
        raise Invalid(errors={"reason": [_("Write why: the proposer is told the reason.")]})
    before = idea.checks.first()
    state = IdeaState.ELIGIBLE if eligible else IdeaState.INELIGIBLE
    same_state = idea.state == state
    if before is not None and same_state and before.reason == reason:
        return before
    if not idea.challenge.allows(Act.CHECK, at=at):
        raise NotNow(_("Proposals can be checked once the call has closed, until the decision."))
    if registry.is_with_jury(idea):
        raise NotNow(_("The proposal has been given to jurors: the finding can not be changed."))
    if not same_state and state not in TRANSITIONS[IdeaState(idea.state)]:
        raise NotNow(_("The proposal has been decided."))
    check = EligibilityCheck(idea=idea, eligible=eligible, reason=reason, by=by, at=at)
    check.full_clean(exclude=["idea", "by"])
    check.save()
    idea.state, idea.checked_at = state, at
    idea.save(update_fields=["state", "checked_at"])
    audit.record(
        "idea.checked",
        idea,
        by=by,
        data={"reference": idea.reference, "eligible": eligible, "reason": reason, "at": at},
    )
    outbox.emit("idea.checked", idea=idea.pk, check=check.pk)
    return check


@transaction.atomic
def accept_all(*, ideas: Iterable[Idea], by: User, at: dt.datetime) -> int:
    """Find that each of these meets the rules; how many did not have a finding before.

    Those that have one already are left as they are.
    """
    found = 0
    for idea in ideas:
        require(rules.can_check(by, idea))
        if idea.state == IdeaState.SUBMITTED:
            check_idea(idea=idea, eligible=True, by=by, at=at)
            found += 1
    return found
