"""Gates shut out, thresholds have a minimum; neither weighs."""

import json
from dataclasses import replace

import pytest

from scoring.ranking import Series, canonical_json, rank
from scoring.totals import RankingRules, Sheet
from tests.scoring.test_ranking import BENEFIT, COST, LOT, REUSE, RULES, order, series, sheet

GATED = RankingRules((BENEFIT, COST, REUSE), ties=(LOT,), gates=("fits",))


def gated(idea, juror, answer, benefit=3):
    return Sheet(idea, juror, {"benefit": benefit, "cost": 5, "reuse": 2}, {"fits": answer})


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([1, 1, 0], None),
        ([0, 0, 1], "gate_failed:fits"),
        ([0], "gate_failed:fits"),
        ([1, 0], None),  # even: nobody is shut out in silence
        ([0, 2, 2], "gate_failed:fits"),
        ([2, 2, None], None),
    ],
)
def test_gate_shuts_out_whom_more_sheets_refuse_than_pass(answers, reason):
    sheets = [gated("a", f"j{n}", answer) for n, answer in enumerate(answers)]
    (place,) = rank(series(*sheets, rules=GATED)).places
    assert place.reason == reason
    assert (place.rank is None) == (reason is not None)


def test_gate_weighs_nothing():
    with_gate = rank(series(gated("a", "j", 1), rules=GATED)).places[0]
    without = rank(series(sheet("a", "j", 3, 5, 2))).places[0]
    assert with_gate.exact == without.exact


def test_unknown_answer_to_a_gate_is_refused():
    with pytest.raises(ValueError, match="fits is answered with yes"):
        rank(series(gated("a", "j", 3), rules=GATED))


def test_proposal_below_a_threshold_is_not_placed_and_says_which():
    rules = replace(RULES, scales=(replace(BENEFIT, minimum=3), COST, REUSE))
    below = [sheet("low", "j1", 3, 10, 3), sheet("low", "j2", 2, 10, 3)]
    result = rank(series(*below, sheet("ok", "j1", 3, 0, 1), rules=rules))
    assert order(result) == [("ok", 1), ("low", None)]
    assert result.places[1].reason == "below_minimum:benefit"


def test_gates_are_written_down_and_read_again():
    given = series(gated("a", "j1", 1), gated("b", "j1", 0), rules=GATED)
    again = Series.from_data(json.loads(json.dumps(given.to_data())))
    assert canonical_json([rank(again)]) == canonical_json([rank(given)])
    assert "gates" not in RULES.to_data()
    assert RankingRules.from_data(GATED.to_data()).to_data() == GATED.to_data()


def test_gate_and_scale_cannot_share_a_key():
    with pytest.raises(ValueError, match="same key"):
        RankingRules((BENEFIT,), gates=("benefit",))
