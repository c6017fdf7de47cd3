"""Who may do what to a challenge."""

from typing import Any

import rules

from accounts.models import Organisation
from accounts.rules import can_work_for, is_platform_owner
from challenges.models import Challenge, Inquiry, Need, Series


@rules.predicate
def can_create_challenge(user: Any, organisation: Organisation) -> bool:
    """Staff of a municipality that publishes challenges here."""
    return organisation.is_host and can_work_for(user, organisation)


@rules.predicate
def can_edit_challenge(user: Any, challenge: Challenge) -> bool:
    """Staff of the host municipality, or the platform's owner."""
    return bool(can_work_for(user, challenge.owner))


@rules.predicate
def can_open_challenge(user: Any, challenge: Challenge) -> bool:
    return bool(can_edit_challenge(user, challenge))


@rules.predicate
def can_cancel_challenge(user: Any, challenge: Challenge) -> bool:
    return bool(can_edit_challenge(user, challenge))


@rules.predicate
def can_edit_form(user: Any, series: Series) -> bool:
    """Whose challenge it is; whether the form is frozen is a matter of state, not of right."""
    return bool(can_edit_challenge(user, series.challenge))


@rules.predicate
def can_sort_need(user: Any, need: Need) -> bool:
    """The staff of the municipality that it concerns; of others, the platform's owner."""
    if need.organisation is None:
        return bool(is_platform_owner(user))
    return bool(can_work_for(user, need.organisation))


@rules.predicate
def can_answer_inquiry(user: Any, inquiry: Inquiry) -> bool:
    return bool(can_edit_challenge(user, inquiry.challenge))
