"""The raw ranking: exact, in any order the same, ties by the published chain."""

import json
import random
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ranking import (
    Candidate,
    Series,
    canonical_json,
    rank,
)
from scoring.totals import (
    ORDERED,
    PUBLISHED,
    REWEIGHT,
    RankingRules,
    Scale,
    Sheet,
    TieStep,
    exact,
    published,
    sheet_total,
)

BENEFIT = Scale("benefit", 50, 1, 5)
COST = Scale("cost", 30, 0, 10)
REUSE = Scale("reuse", 20, 1, 3)
unhurried = settings(deadline=None)  # other work on the machine is no failure of ours
LOT = TieStep("lot", seed="2026-11-23")
RULES = RankingRules((BENEFIT, COST, REUSE), ties=(TieStep("criterion", "benefit"), LOT))


def sheet(idea, juror, benefit, cost, reuse):
    return Sheet(idea, juror, {"benefit": benefit, "cost": cost, "reuse": reuse})


def series(*sheets, rules=RULES, candidates=None):
    keys = candidates or sorted({one.idea for one in sheets})
    return Series("citizens", rules, tuple(Candidate(key) for key in keys), tuple(sheets))


def order(ranking):
    return [(place.idea, place.rank) for place in ranking.places]


@st.composite
def juries(draw, rules=RULES, not_applicable=False):
    """A series with up to eight proposals and five jurors, few levels so that ties are common."""
    ideas = [f"idea-{number}" for number in range(draw(st.integers(1, 8)))]
    levels = {
        "benefit": st.integers(1, 5),
        "cost": st.sampled_from([0, 5, 10, Decimal("2.5")]),
        "reuse": st.integers(1, 3),
    }
    if not_applicable:
        levels = {key: st.none() | value for key, value in levels.items()}
    sheets = [
        Sheet(idea, juror, draw(st.fixed_dictionaries(levels)))
        for idea in ideas
        for juror in draw(st.sets(st.sampled_from("abcde"), max_size=4))
    ]
    return Series("s", rules, tuple(Candidate(idea) for idea in ideas), tuple(sheets))


def naive_score(rules, sheets):
    """The formula of the rubric, literally."""
    totals = []
    for one in sheets:
        answered = [scale for scale in rules.scales if one.levels[scale.key] is not None]
        weights = sum(Fraction(scale.weight) for scale in answered)
        if not weights:
            continue
        totals.append(
            sum(
                100
                * Fraction(scale.weight)
                / weights
                * (Fraction(one.levels[scale.key]) - scale.low)
                / (scale.high - scale.low)
                for scale in answered
            )
        )
    return sum(totals) / len(totals) if totals else None


@unhurried
@given(juries(replace(RULES, not_applicable=REWEIGHT), not_applicable=True))
def test_score_equals_the_formula_by_hand(given_series):
    ranking = rank(given_series)
    for place in ranking.places:
        mine = [one for one in given_series.sheets if one.idea == place.idea]
        naive = naive_score(given_series.rules, mine)
        assert place.exact == (None if naive is None else str(naive))
        assert place.score == (None if naive is None else published(naive))
        assert place.sheets + len(place.abstained) == len(mine)
    placed = [Fraction(place.exact) for place in ranking.places if place.rank]
    assert placed == sorted(placed, reverse=True)


@unhurried
@given(juries(), st.randoms(use_true_random=False))
def test_ranking_is_the_same_bytes_in_any_order(given_series, rng):
    shuffled = replace(
        given_series,
        candidates=tuple(rng.sample(given_series.candidates, len(given_series.candidates))),
        sheets=tuple(rng.sample(given_series.sheets, len(given_series.sheets))),
    )
    other = replace(given_series, key="a")
    forth = canonical_json([rank(given_series), rank(other)])
    assert canonical_json([rank(other), rank(shuffled)]) == forth


@unhurried
@given(juries(), st.data())
def test_higher_level_never_lowers_a_place(given_series, data):
    if not given_series.sheets:
        return
    number = data.draw(st.integers(0, len(given_series.sheets) - 1))
    raised = given_series.sheets[number]
    key = data.draw(st.sampled_from(["benefit", "reuse"]))
    high = {"benefit": 5, "reuse": 3}[key]
    levels = dict(raised.levels) | {key: data.draw(st.integers(raised.levels[key], high))}
    sheets = list(given_series.sheets)
    sheets[number] = replace(raised, levels=levels)
    for ties in (RULES.ties, (TieStep("median"), TieStep("lowest"), LOT), ()):
        for compare in ("exact", PUBLISHED):
            rules = replace(RULES, ties=ties, compare=compare)
            before = dict(order(rank(replace(given_series, rules=rules))))
            after = dict(order(rank(replace(given_series, rules=rules, sheets=tuple(sheets)))))
            assert after[raised.idea] <= before[raised.idea]


@unhurried
@given(juries(), st.fractions(min_value=Fraction(1, 1000), max_value=1000))
def test_only_the_ratio_of_weights_matters(given_series, factor):
    scales = tuple(replace(one, weight=one.weight * factor) for one in RULES.scales)
    scaled = rank(replace(given_series, rules=replace(RULES, scales=scales)))
    assert scaled.places == rank(given_series).places


@unhurried
@given(juries())
def test_chain_ending_in_a_lot_gives_everyone_their_own_place(given_series):
    ranking = rank(replace(given_series, rules=replace(RULES, order=ORDERED)))
    ranks = [place.rank for place in ranking.places if place.rank is not None]
    assert ranks == list(range(1, len(ranks) + 1))
    assert ranking.places == rank(given_series).places


@unhurried
@given(juries(replace(RULES, ties=())))
def test_without_a_chain_equals_share_a_place(given_series):
    places = [place for place in rank(given_series).places if place.rank]
    for place in places:
        better = sum(Fraction(other.exact) > Fraction(place.exact) for other in places)
        equal = sum(other.exact == place.exact for other in places)
        assert place.rank == better + 1
        assert place.decided_by == ("shared" if equal > 1 else "score")


@unhurried
@given(st.fractions(min_value=0, max_value=100), st.integers(0, 4))
def test_published_rounds_half_up(value, places):
    step = Decimal(1).scaleb(-places)
    digits = Decimal(value.numerator * 10**9 // value.denominator).scaleb(-9)
    assert published(value, places) == digits.quantize(step, ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("value", "expected"), [("0.005", "0.01"), ("66.665", "66.67"), ("200/3", "66.67")]
)
def test_published_half_goes_up(value, expected):
    assert str(published(Fraction(value))) == expected


def test_score_of_a_small_jury_by_hand():
    ranking = rank(series(sheet("a", "x", 5, 5, 2), sheet("a", "y", 3, 10, 1)))
    # x: 50·1 + 30·½ + 20·½ = 75; y: 50·½ + 30·1 + 0 = 55
    (place,) = ranking.places
    assert (place.score, place.exact, place.sheets) == (Decimal("65.00"), "65", 2)
    assert place.means == (
        ("benefit", Decimal("4.00")),
        ("cost", Decimal("7.50")),
        ("reuse", Decimal("1.50")),
    )
    assert sheet_total(RULES, sheet("a", "x", 5, 5, 2)) == 75


def test_chain_is_asked_only_where_scores_are_equal():
    same = [sheet("a", "x", 3, 5, 2), sheet("b", "x", 3, 5, 2)]
    more = [sheet("c", "x", 4, 5, 2), sheet("d", "x", 3, Decimal("9.1666"), 2)]
    ranking = rank(series(*same, *more))
    assert order(ranking)[:2] == [("c", 1), ("d", 2)]
    assert [place.decided_by for place in ranking.places] == ["score", "score", "lot", "lot"]


def test_tie_by_criterion_median_and_lowest():
    plain = RankingRules((Scale("x", 1, 0, 100), Scale("y", 1, 0, 100)))

    def ranked(ties, rows):
        sheets = [
            Sheet(idea, f"j{number}", {"x": x, "y": y})
            for idea, given_levels in rows.items()
            for number, (x, y) in enumerate(given_levels)
        ]
        rules = replace(plain, ties=ties)
        return [
            (place.idea, place.rank, place.decided_by)
            for place in rank(series(*sheets, rules=rules)).places
        ]

    rows = {"a": [(40, 60)], "b": [(60, 40)]}
    assert ranked((TieStep("criterion", "x"),), rows) == [
        ("b", 1, "criterion:x"),
        ("a", 2, "criterion:x"),
    ]
    rows = {"a": [(0, 0), (50, 50), (100, 100)], "b": [(10, 10), (60, 60), (80, 80)]}
    assert ranked((TieStep("median"),), rows) == [("b", 1, "median"), ("a", 2, "median")]
    rows = {"a": [(0, 0), (50, 50), (100, 100)], "b": [(40, 40), (50, 50), (60, 60)]}
    chain = (TieStep("median"), TieStep("lowest"))
    assert ranked(chain, rows) == [("b", 1, "lowest"), ("a", 2, "lowest")]
    rows = {"a": [(50, 50)], "b": [(50, 50)], "c": [(0, 0)]}
    assert ranked(chain, rows) == [("a", 1, "shared"), ("b", 1, "shared"), ("c", 3, "score")]


def test_lot_is_fair_and_depends_only_on_its_seed():
    tied = [sheet(f"idea-{number}", "x", 3, 5, 2) for number in range(6)]
    firsts = {
        rank(series(*tied, rules=replace(RULES, ties=(TieStep("lot", seed=str(seed)),))))
        .places[0]
        .idea
        for seed in range(100)
    }
    assert len(firsts) == 6


def test_published_comparison_ties_what_reads_the_same():
    rules = RankingRules((Scale("x", 1, 0, 100000),))
    sheets = [Sheet("a", "j", {"x": 50001}), Sheet("b", "j", {"x": 50002})]
    assert order(rank(series(*sheets, rules=rules))) == [("b", 1), ("a", 2)]
    assert order(rank(series(*sheets, rules=replace(rules, compare=PUBLISHED)))) == [
        ("a", 1),
        ("b", 1),
    ]


def test_missing_sheets_and_progress_are_reported():
    given_series = Series(
        "s",
        RULES,
        (Candidate("a", ("x", "y")), Candidate("b", ("y", "x")), Candidate("c", ("z",))),
        (sheet("a", "x", 3, 5, 2), sheet("a", "y", 3, 5, 2), sheet("b", "y", 5, 5, 2)),
    )
    ranking = rank(given_series)
    assert order(ranking) == [("b", 1), ("a", 2), ("c", None)]
    assert ranking.missing == (("b", "x"), ("c", "z"))
    assert (ranking.submitted, ranking.expected, ranking.complete) == (3, 5, False)
    assert ranking.places[2].reason == "no_sheets"
    whole = rank(series(sheet("a", "x", 3, 5, 2)))
    assert whole.complete
    assert not rank(series(candidates=["a"])).complete


def test_not_applicable_shares_its_weight_or_is_refused():
    partly = sheet("a", "x", 5, None, 1)
    rules = replace(RULES, not_applicable=REWEIGHT)
    assert sheet_total(rules, partly) == Fraction(5000, 70)
    with pytest.raises(ValueError, match="cost must be answered"):
        sheet_total(RULES, partly)
    nothing = sheet("a", "y", None, None, None)
    assert sheet_total(rules, nothing) is None
    place = rank(series(partly, nothing, rules=rules)).places[0]
    assert (place.sheets, place.abstained, place.exact) == (1, ("y",), "500/7")
    assert [key for key, _ in place.means] == ["benefit", "reuse"]


def test_criterion_that_never_applied_comes_last_in_a_tie():
    rules = RankingRules(
        (Scale("x", 1, 0, 10), Scale("y", 1, 0, 10)),
        ties=(TieStep("criterion", "y"),),
        not_applicable=REWEIGHT,
    )
    sheets = [Sheet("a", "j", {"x": 0, "y": None}), Sheet("b", "j", {"x": 0, "y": 0})]
    assert order(rank(series(*sheets, rules=rules))) == [("b", 1), ("a", 2)]


def test_mean_below_the_minimum_takes_no_place():
    rules = replace(RULES, scales=(replace(BENEFIT, minimum=3), COST, REUSE))
    low = [sheet("a", "x", 3, 10, 3), sheet("a", "y", 2, 10, 3)]
    ranking = rank(series(*low, sheet("b", "x", 3, 0, 1), rules=rules))
    assert order(ranking) == [("b", 1), ("a", None)]
    assert ranking.places[1].reason == "below_minimum:benefit"
    assert ranking.places[1].score is not None


def test_criterion_without_weight_informs_only():
    rules = replace(RULES, scales=(*RULES.scales, Scale("note", 0, 1, 5)))
    one = Sheet("a", "x", {"benefit": 5, "cost": 10, "reuse": 3, "note": 1})
    assert sheet_total(rules, one) == 100


@unhurried
@given(juries())
def test_json_is_canonical_and_rules_come_back(given_series):
    ranking = rank(given_series)
    text = canonical_json([ranking])
    data = json.loads(text)
    assert (
        text
        == json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        + b"\n"
    )
    rules = RankingRules.from_data(data["rankings"][0]["rules"])
    assert canonical_json([rank(replace(given_series, rules=rules))]) == text


def test_rules_write_equal_numbers_equally():
    decimals = replace(RULES, scales=(Scale("benefit", Decimal("50.00"), "1", 5), COST, REUSE))
    assert decimals.to_data() == RULES.to_data()


def test_ranking_handles_thousands_exactly():
    rng = random.Random(4)
    sheets = [
        sheet(f"i{i}", f"j{j}", rng.randint(1, 5), rng.randint(0, 10), rng.randint(1, 3))
        for i in range(300)
        for j in range(4)
    ]
    ranking = rank(series(*sheets))
    assert sum(Fraction(place.exact) for place in ranking.places) == sum(
        naive_score(RULES, [one for one in sheets if one.idea == f"i{i}"]) for i in range(300)
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Scale("x", 1, 5, 5), "highest level"),
        (lambda: Scale("x", -1, 1, 5), "negative"),
        (lambda: Scale("x", 0.1, 1, 5), "exact number"),
        (lambda: Scale("x", True, 1, 5), "exact number"),
        (lambda: Scale("x", "ten", 1, 5), "exact number"),
        (lambda: Scale("x", Decimal("NaN"), 1, 5), "exact number"),
        (lambda: Scale("x", Decimal("Infinity"), 1, 5), "exact number"),
        (lambda: TieStep("mood"), "cannot be broken"),
        (lambda: TieStep("criterion"), "names the criterion"),
        (lambda: TieStep("lot"), "seed"),
        (lambda: RankingRules((BENEFIT, BENEFIT)), "same key"),
        (lambda: RankingRules((Scale("x", 0, 1, 5),)), "above zero"),
        (lambda: RankingRules((BENEFIT,), (TieStep("criterion", "y"),)), "unknown criterion"),
        (lambda: replace(RULES, not_applicable="zero"), "policy"),
        (lambda: replace(RULES, order="best"), "unknown order"),
        (lambda: replace(RULES, ties=(), order=ORDERED), "lot"),
        (lambda: replace(RULES, places=-1), "decimals"),
    ],
)
def test_faulty_rules_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ([sheet("a", "x", 6, 5, 2)], "not between 1 and 5"),
        ([sheet("a", "x", 0, 5, 2)], "not between 1 and 5"),
        ([sheet("a", "x", 2.5, 5, 2)], "exact number"),
        ([Sheet("a", "x", {"benefit": 1, "cost": 1})], "missing or unknown: reuse"),
        ([sheet("b", "x", 1, 5, 2)], "no such proposal"),
        ([sheet("a", "z", 1, 5, 2)], "not to score"),
        ([sheet("a", "x", 1, 5, 2), sheet("a", "x", 1, 5, 2)], "two sheets"),
    ],
)
def test_faulty_sheets_are_refused(sheets, words):
    given_series = Series("s", RULES, (Candidate("a", ("x", "y")),), tuple(sheets))
    with pytest.raises(ValueError, match=words):
        rank(given_series)


def test_candidate_given_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        rank(Series("s", RULES, (Candidate("a"), Candidate("a")), ()))


def test_exact_reads_text_and_fractions():
    assert exact("2.5") == exact("5/2") == exact(Decimal("2.50")) == exact(Fraction(5, 2))


@unhurried
@given(juries(not_applicable=True, rules=replace(RULES, not_applicable=REWEIGHT)))
def test_what_was_given_comes_back_from_a_file_and_ranks_to_the_same_bytes(jury):
    kept = json.loads(json.dumps(jury.to_data()))
    again = Series.from_data(kept)
    assert canonical_json([rank(again)]) == canonical_json([rank(jury)])
    assert again.to_data() == kept
