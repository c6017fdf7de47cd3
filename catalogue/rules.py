"""Who may do what in the catalogue."""

from typing import Any

import rules

from accounts.models import Organisation
from accounts.rules import acts_for, can_work_for
from catalogue.models import Claim, Reuse, Solution
from catalogue.states import PROVING


@rules.predicate
def can_edit_solution(user: Any, solution: Solution) -> bool:
    return bool(can_work_for(user, solution.owner))


@rules.predicate
def can_tell_reuse(user: Any, organisation: Organisation) -> bool:
    """Say for a municipality that it uses a solution or wants to pilot one: its own people."""
    return organisation.is_municipality and bool(acts_for(user, organisation))


@rules.predicate
def can_tell_claim(user: Any, reuse: Reuse) -> bool:
    """Tell what a use has changed: the people of the municipality that pilots or uses it."""
    return reuse.stage in PROVING and bool(can_tell_reuse(user, reuse.organisation))


@rules.predicate
def can_withdraw_claim(user: Any, claim: Claim) -> bool:
    return bool(acts_for(user, claim.organisation))


def can_verify_claim(user: Any, claim: Claim, organisation: Organisation) -> bool:
    """For another municipality, by somebody who does not act for the one that told it."""
    return (
        organisation.pk != claim.organisation_id
        and bool(can_tell_reuse(user, organisation))
        and not acts_for(user, claim.organisation)
    )
