"""Who may do what in the catalogue."""

from typing import Any

import rules

from accounts.models import Organisation
from accounts.rules import acts_for, can_work_for
from catalogue.models import Solution


@rules.predicate
def can_edit_solution(user: Any, solution: Solution) -> bool:
    return bool(can_work_for(user, solution.owner))


@rules.predicate
def can_tell_reuse(user: Any, organisation: Organisation) -> bool:
    """Say for a municipality that it uses a solution or wants to pilot one: its own people."""
    return organisation.is_municipality and bool(acts_for(user, organisation))
