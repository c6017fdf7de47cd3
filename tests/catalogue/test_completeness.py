"""How complete a solution is, and the one next thing to add."""

from catalogue.completeness import WEIGHTS, completeness
from catalogue.models import Solution

ALL = {
    **dict.fromkeys(WEIGHTS, "tekstiä"),
    "steps": ["Sovi"],
    "trust": {"security": {"value": "no"}},
    "theme_id": 1,
}
del ALL["theme"]


def test_weights_make_a_hundred():
    assert sum(WEIGHTS.values()) == 100
    for name in WEIGHTS:
        Solution._meta.get_field(name)


def test_empty_one_needs_the_problem_first():
    found = completeness(Solution())
    assert (found.percent, found.next_field, found.next_label) == (0, "problem", "the problem")


def test_full_one_needs_nothing():
    found = completeness(Solution(**ALL))
    assert (found.percent, found.next_field) == (100, "")


def test_weightiest_gap_is_next():
    found = completeness(Solution(**{**ALL, "duration": "", "steps": [], "licence": " "}))
    assert (found.percent, found.next_field) == (86, "steps")


def test_unknown_trust_is_a_gap_and_a_cost_band_is_a_cost():
    found = completeness(
        Solution(**{**ALL, "trust": {"security": "unknown"}, "cost": "", "cost_band": "free"})
    )
    assert (found.percent, found.next_field) == (94, "trust")
