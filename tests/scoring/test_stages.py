"""A plan of rounds: what may be wrong with one is said while it is written."""

import pytest

from scoring import stages

pytestmark = pytest.mark.django_db

BEST_TWO = {"kind": "screening", "reviews": 2, "advance": {"by": "best", "value": 2}}
FINAL = {"kind": "final", "reviews": 3, "carry_over": "0.25", "live": True}
GREY = {"kind": "grey", "reviews": 1}
ELIGIBILITY = {"kind": "eligibility", "reviews": 2}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"kind": "nonsense"}], "unknown kind"),
        ([BEST_TWO, ELIGIBILITY], "only come first"),
        ([GREY], "round before it"),
        ([{**FINAL, "carry_over": 0}, BEST_TWO], "only come last"),
        ([{"kind": "screening", "reviews": 0}], "from 1 to"),
        ([BEST_TWO, {**FINAL, "carry_over": "1.5"}], "from 0 to 1"),
        ([BEST_TWO, {**FINAL, "carry_over": "zwei"}], "as numbers"),
        ([{"kind": "screening", "reviews": 2, "carry_over": "0.5"}], "no earlier score"),
        ([BEST_TWO], "nobody advances"),
        ([{**BEST_TWO, "advance": {"by": "best", "value": 0}}, FINAL], "at least 1"),
        ([{**BEST_TWO, "advance": {"by": "threshold", "value": 101}}, FINAL], "0 to 100"),
        ([{**BEST_TWO, "advance": {"by": "luck"}}, FINAL], "say who advances"),
        ([ELIGIBILITY], "no round that jurors score"),
        ([BEST_TWO] * 9, "more than"),
    ],
)
def test_a_faulty_plan_is_said_while_it_is_written(rows, words):
    assert any(words in problem for problem in stages.problems(rows))


def test_a_sound_plan_has_no_problems():
    assert not list(stages.problems([ELIGIBILITY, BEST_TWO, GREY, FINAL]))
    assert not list(stages.problems([]))
