"""How much of a solution's page is there, in per cent, and the one next thing to add."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin.utils import label_for_field

from catalogue.models import Solution

# What readers need first weighs most. The weights sum up to 100; among equals the first is asked.
WEIGHTS: Final = {
    "problem": 12,
    "solution": 12,
    "contact_email": 10,
    "how_it_works": 8,
    "steps": 8,
    "context": 7,
    "target_group": 7,
    "preconditions": 6,
    "cost": 6,
    "trust": 6,
    "theme": 5,
    "procurement": 4,
    "licence": 3,
    "offer": 3,
    "duration": 3,
}


@dataclass(frozen=True)
class Completeness:
    """`next_field`: the weightiest field that is empty; empty when all are filled."""

    percent: int
    next_field: str
    next_label: str


def completeness(solution: Solution) -> Completeness:
    """Reads the solution's own columns only: no query."""
    missing = [name for name in WEIGHTS if not _filled(solution, name)]
    percent = sum(WEIGHTS.values()) - sum(WEIGHTS[name] for name in missing)
    first = max(missing, key=WEIGHTS.__getitem__, default="")
    label = label_for_field(first, Solution) if first else ""
    return Completeness(percent, first, str(label))


def _filled(solution: Solution, name: str) -> bool:
    if name == "theme":
        return solution.theme_id is not None
    if name == "cost":
        return bool(solution.cost or solution.cost_band or solution.cost_model)
    if name == "procurement":
        return bool(solution.procurement or solution.procurement_route)
    value: Any = getattr(solution, name)
    if name == "trust":  # «unknown» tells nothing
        facts = value.values() if isinstance(value, dict) else ()
        answers = (fact.get("value") if isinstance(fact, dict) else fact for fact in facts)
        return any(answer not in (None, "", "unknown") for answer in answers)
    return bool(value.strip() if isinstance(value, str) else value)
