"""Whose order decides, and where the award departs from it: pure."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import award, ranking
from scoring.award import CALIBRATED, RAW, Line, departures, order_of
from scoring.totals import RankingRules, Scale, Sheet, TieStep

RULES = RankingRules((Scale("all", 100, 0, 10),), ties=(TieStep("lot", seed="7"),))
unhurried = settings(deadline=None)


def series(scores: dict[str, dict[str, int]]) -> ranking.Series:
    """{proposal: {juror: level}}"""
    return ranking.Series(
        "s",
        RULES,
        tuple(ranking.Candidate(key) for key in scores),
        tuple(
            Sheet(idea, juror, {"all": level})
            for idea, given_ in scores.items()
            for juror, level in given_.items()
        ),
    )


def harsh_and_mild() -> ranking.Series:
    """Jurors a, b read the evens, b, c the odds; a gives two less than everybody, c two more."""
    bias = {"a": -2, "b": 0, "c": 2}
    quality = {f"i{n:02}": 3 + n % 5 for n in range(20)}
    quality["i04"] = 8  # the best of all, read by the harsh one
    return series(
        {
            key: {
                juror: min(10, max(0, quality[key] + bias[juror]))
                for juror in ("ab" if int(key[1:]) % 2 == 0 else "bc")
            }
            for key in quality
        }
    )


def test_the_plain_mean_decides_unless_the_rubric_promised_otherwise():
    jury = harsh_and_mild()
    result = ranking.rank(jury)
    order = order_of(jury, result, calibrated=False)
    assert (order.by, order.reason, order.scores) == (RAW, "", {})
    assert order.ranks == {place.idea: place.rank for place in result.places}
    assert result.places[0].idea != "i04"


def test_calibrated_scores_decide_where_they_were_promised():
    jury = harsh_and_mild()
    order = order_of(jury, ranking.rank(jury), calibrated=True)
    assert order.by == CALIBRATED
    assert order.ranks["i04"] == 1
    assert sorted(order.ranks.values()) == list(range(1, 21))
    best_first = sorted(order.scores, key=lambda key: order.ranks[key])
    assert [order.scores[key] for key in best_first] == sorted(order.scores.values(), reverse=True)
    assert all(score == score.quantize(Decimal("0.01")) for score in order.scores.values())


def test_jurors_who_cannot_be_compared_leave_the_plain_mean():
    apart = series({f"i{n}": {"ab"[n % 2]: n} for n in range(10)})
    order = order_of(apart, ranking.rank(apart), calibrated=True)
    assert (order.by, order.reason) == (RAW, "no_repeats")
    none = series({"i1": {}})
    order = order_of(none, ranking.rank(none), calibrated=True)
    assert (order.by, order.reason, order.ranks) == (RAW, "no_sheets", {})


def test_order_as_data_is_in_its_own_order():
    jury = harsh_and_mild()
    data = order_of(jury, ranking.rank(jury), calibrated=True).to_data()
    assert [row["rank"] for row in data["order"]] == list(range(1, 21))
    assert data["order"][0]["idea"] == "i04"


def lines(*awarded: int, of: int = 5, unplaced: int = 0) -> list[Line]:
    """Proposals with ranks 1…of, then unplaced ones with keys −1, −2 …"""
    placed = [Line(rank, rank, rank in awarded) for rank in range(1, of + 1)]
    return placed + [Line(-n, None, -n in awarded) for n in range(1, unplaced + 1)]


@pytest.mark.parametrize(
    ("awarded", "found"),
    [
        ((1, 2), set()),
        ((1, 3), {2}),
        ((1, 2, 3), {3}),
        ((1,), {2}),
        ((), {1, 2}),
        ((1, 4), {2, 3}),
        ((1, 2, -1), {-1}),
    ],
)
def test_departures_from_the_order(awarded, found):
    assert departures(lines(*awarded, unplaced=1), winners=2) == found


@unhurried
@given(st.integers(0, 8), st.integers(0, 8))
def test_the_first_ones_depart_from_nothing(winners, count):
    first = range(1, min(winners, count) + 1)
    assert departures(lines(*first, of=count), winners=winners) == set()


@unhurried
@given(st.sets(st.integers(1, 8)), st.integers(0, 8))
def test_any_other_choice_departs_somewhere(awarded, winners):
    expected = set(range(1, min(winners, 8) + 1))
    assert bool(departures(lines(*awarded, of=8), winners=winners)) == (awarded != expected)


def test_content_is_the_same_in_any_order():
    verdicts = [{"idea": key, "awarded": key == "b"} for key in "cab"]
    more = {
        "statement": "",
        "ranking_digest": "r",
        "publish_at": None,
        "objection_days": 14,
    }
    one = award.content(verdicts=verdicts, **more)
    other = award.content(verdicts=verdicts[::-1], **more)
    assert award.content_digest(one) == award.content_digest(other)
    assert award.content_digest(one) != award.content_digest({**one, "statement": "Toinen"})
