"""Where a round stands: computed out of the request, stored once per change of the sheets."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock, outbox
from core.errors import Denied
from core.models import OutboxRow
from scoring import ranking
from scoring.actions.standing import compute_now, compute_standing, want_standing
from scoring.calibration import calibrate
from scoring.models import IdeaStanding, RoundStanding, ScoreSheet, Sign
from scoring.queries.ranking import rank_round
from scoring.standing import inputs_digest, reviews_of, stand, with_weights
from scoring.totals import RankingRules, Scale, Sheet, TieStep
from scoring.uncertainty import gain, rank_intervals
from tests.factories.accounts import UserFactory
from tests.factories.scoring import World

RULES = RankingRules(
    (Scale("a", 60, 1, 5), Scale("b", 40, 1, 5)),
    ties=(TieStep("criterion", "a"), TieStep("lot", seed="1")),
    not_applicable="reweight",
    order="ordered",
)


def made(ideas: int = 18, jurors: int = 6, k: int = 3, seed: int = 1) -> ranking.Series:
    """Balanced reviews of proposals whose first are best; the last juror is mild by two levels."""
    rng = np.random.default_rng(seed)
    sheets = []
    for idea in range(ideas):
        for turn in range(k):
            juror = (idea + turn * (1 + idea % 2)) % jurors
            level = 4 - 3 * idea / ideas + (1.5 if juror == jurors - 1 else 0)
            marks = np.rint(level + rng.normal(0, 0.4, 2)).clip(1, 5).astype(int)
            levels = {"a": int(marks[0]), "b": int(marks[1])}
            sheets.append(Sheet(f"i{idea:02}", str(juror), levels))
    candidates = tuple(ranking.Candidate(f"i{n:02}") for n in range(ideas))
    return ranking.Series("s", RULES, candidates, tuple(sheets))


def standing(series: ranking.Series, *, winners: int, seed: int = 7):
    return stand(series, ranking.rank(series), winners=winners, seed=seed)


def test_standing_puts_raw_and_calibrated_side_by_side():
    series = made()
    found = standing(series, winners=3, seed=7)
    assert found is not None
    reviews = found.reviews
    fit = calibrate(reviews.idea, reviews.juror, reviews.value)
    assert fit.used
    np.testing.assert_array_equal(found.calibration.effect, fit.effect)
    exact = {place.idea: Fraction(place.exact) for place in found.result.places if place.exact}
    raw = dict(zip(reviews.ideas, fit.raw, strict=True))
    assert raw == pytest.approx({key: float(value) for key, value in exact.items()})
    assert sorted(found.order) == list(range(1, 19))
    best = [reviews.ideas[row] for row in found.placed[np.argsort(found.order)]]
    by_effect = sorted(reviews.ideas, key=lambda key: -fit.effect[reviews.ideas.index(key)])
    assert best[:5] == by_effect[:5]
    mild = int(np.argmax(fit.bias))
    assert reviews.jurors[mild] == "5"
    assert [key for key, _alpha in found.alphas] == ["a", "b"]
    assert 0 < found.single < found.several < 1
    assert found.usual == 3


def test_mean_correction_is_what_its_jurors_give_above_the_average():
    found = standing(made(), winners=3, seed=7)
    fit, reviews = found.calibration, found.reviews
    for row in range(len(reviews.ideas)):
        mine = reviews.juror[reviews.idea == row]
        assert fit.effect[row] - fit.raw[row] == pytest.approx(-fit.bias[mine].mean(), abs=1e-8)
    assert fit.bias.sum() == pytest.approx(0, abs=1e-8)  # «than the average juror»


def test_proposal_below_a_threshold_never_takes_a_winners_chance():
    series = made()
    rules = RankingRules.from_data(
        {**RULES.to_data(), "scales": [
            {"key": "a", "weight": "60", "low": "1", "high": "5", "minimum": "3"},
            {"key": "b", "weight": "40", "low": "1", "high": "5"},
        ]}
    )  # fmt: skip
    found = standing(
        ranking.Series("s", rules, series.candidates, series.sheets), winners=3, seed=7
    )
    placed = [place.idea for place in found.result.places if place.rank is not None]
    assert 3 < len(placed) < 18
    assert [found.reviews.ideas[row] for row in found.placed] == placed
    assert found.intervals.p_winner.sum() == pytest.approx(3)
    assert found.intervals.high.max() <= len(placed)


def test_more_winners_than_proposals_is_all_of_them():
    found = standing(made(ideas=4, jurors=5), winners=40, seed=1)
    assert found.intervals.p_winner.tolist() == [1.0] * 4


def test_no_sheets_no_standing():
    series = made()
    assert standing(ranking.Series("s", RULES, series.candidates, ()), winners=1, seed=1) is None
    blank = (Sheet("i00", "1", {"a": None, "b": None}),)
    assert reviews_of(ranking.Series("s", RULES, series.candidates, blank)) is None


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False))
def test_order_of_sheets_makes_no_difference(dice):
    series = made()
    sheets = list(series.sheets)
    dice.shuffle(sheets)
    other = ranking.Series("s", RULES, series.candidates, tuple(sheets))
    assert inputs_digest(series, winners=3, seed=1) == inputs_digest(other, winners=3, seed=1)
    one, two = standing(series, winners=3, seed=1), standing(other, winners=3, seed=1)
    assert one.calibration.effect.tolist() == two.calibration.effect.tolist()
    assert one.intervals.p_winner.tolist() == two.intervals.p_winner.tolist()


@pytest.mark.parametrize("change", ["winners", "seed", "sheet", "candidate"])
def test_digest_knows_everything_that_a_standing_follows_from(change):
    series = made()
    before = inputs_digest(series, winners=3, seed=1)
    winners, seed = (4 if change == "winners" else 3), (2 if change == "seed" else 1)
    if change == "sheet":
        first = series.sheets[0]
        marks = {**first.levels, "a": 5 if first.levels["a"] != 5 else 4}
        sheets = (Sheet(first.idea, first.juror, marks), *series.sheets[1:])
        series = ranking.Series("s", RULES, series.candidates, sheets)
    if change == "candidate":
        more = (*series.candidates, ranking.Candidate("i99"))
        series = ranking.Series("s", RULES, more, series.sheets)
    assert inputs_digest(series, winners=winners, seed=seed) != before


def test_other_weights_rank_the_same_sheets():
    series = made()
    play = with_weights(series, {"a": "0", "b": "100"})
    assert ranking.rank(play).rules.scales[0].weight == "0"
    assert play.sheets == series.sheets
    assert with_weights(series, {}).rules.to_data() == series.rules.to_data()
    with pytest.raises(ValueError, match="negative"):
        with_weights(series, {"a": "-1"})
    with pytest.raises(ValueError, match="above zero"):
        with_weights(series, {"a": "0", "b": "0"})


def test_earlier_scores_are_carried_over_as_in_the_ranking():
    series = made()
    candidates = tuple(
        replace(one, carried=None if n == 3 else Fraction(100 - 5 * n, 2))
        for n, one in enumerate(series.candidates)
    )
    series = replace(series, candidates=candidates, carry_over=Fraction(3, 4))
    found = standing(series, winners=3)
    exact = {place.idea: Fraction(place.exact) for place in found.result.places if place.exact}
    raw = dict(zip(found.reviews.ideas, found.raw, strict=True))
    assert raw == pytest.approx({key: float(value) for key, value in exact.items()})
    fit = found.calibration
    quarter = np.where(np.arange(18) == 3, 1.0, 0.25)
    np.testing.assert_allclose(found.effect - found.raw, quarter * (fit.effect - fit.raw))
    alone = standing(replace(series, carry_over=Fraction(0)), winners=3)
    width = (found.intervals.high - found.intervals.low).sum()
    assert width < (alone.intervals.high - alone.intervals.low).sum()
    assert with_weights(series, {"a": "1"}).carry_over == Fraction(3, 4)
    other = replace(series, carry_over=Fraction(1, 2))
    assert inputs_digest(series, winners=3, seed=1) != inputs_digest(other, winners=3, seed=1)


def test_ranks_among_all_are_ranks():
    reviews = reviews_of(made())
    fit = calibrate(reviews.idea, reviews.juror, reviews.value)
    whole = rank_intervals(fit, 3)
    same = rank_intervals(fit, 3, among=range(18))
    assert whole.p_winner.tolist() == same.p_winner.tolist()
    few = rank_intervals(fit, 2, among=[0, 5, 11])
    assert few.expected.size == 3
    assert few.p_winner.sum() == pytest.approx(2)
    assert rank_intervals(fit, 0, among=[]).expected.size == 0
    with pytest.raises(ValueError, match="not calibrated"):
        rank_intervals(fit, 1, among=[18])


def test_gain_is_what_the_review_takes_off_the_variance():
    """Against the variance matrix of the fit with the review added, variances held."""
    reviews = reviews_of(made())
    fit = calibrate(reviews.idea, reviews.juror, reviews.value)
    told = gain(fit)
    n, jurors = told.shape  # one of whom has reviewed nothing

    def variance(idea, juror):
        x = np.eye(n)[idea]
        z = np.eye(jurors)[juror]
        left = np.block([[x.T @ x, x.T @ z], [z.T @ x, z.T @ z + fit.lam * np.eye(jurors)]])
        return fit.noise * np.linalg.inv(left)[:n, :n]

    before = variance(reviews.idea, reviews.juror)
    for row, column in ((0, 1), (3, 0), (11, 2), (7, jurors - 1)):
        after = variance(np.append(reviews.idea, row), np.append(reviews.juror, column))
        assert told[row, column] == pytest.approx(before[row, row] - after[row, row], rel=1e-6)


def test_gain_without_calibration_is_the_same_for_every_juror():
    few = calibrate([0, 0, 1, 1], [0, 1, 0, 1], [10.0, 20, 30, 45])
    assert few.reason == "few_reviews"
    told = gain(few)
    assert np.ptp(told, axis=1).tolist() == [0, 0]
    assert told[0, 0] == pytest.approx(few.noise * (1 / 2 - 1 / 3))
    assert not gain(calibrate([0, 1], [0, 0], [1.0, 2.0])).any()


# Stored, out of the request


@pytest.fixture
def world(db) -> World:
    world = World.make(ideas=6, jurors=4, assigned=True)
    world.score_all()
    return world


def test_many_changes_are_computed_once(world: World):
    waiting = OutboxRow.objects.filter(event="standing.wanted")
    outbox.run_now()
    assert waiting.count() == 1
    (row,) = waiting
    assert row.run_after > clock.now() + dt.timedelta(seconds=2)
    assert RoundStanding.objects.get().waiting
    OutboxRow.objects.filter(pk=row.pk).update(run_after=clock.now())
    outbox.run_now()
    stored = RoundStanding.objects.get(round=world.round)
    assert (stored.waiting, stored.sheets) == (False, 12)
    assert stored.computed_at is not None
    assert not waiting.all().exists()


def test_what_is_stored_is_the_ranking(world: World):
    compute_standing(round_=world.round, at=world.at)
    places = {row.idea.pk: row.place for row in rank_round(world.round).rows}
    lines = list(IdeaStanding.objects.filter(round=world.round))
    assert [line.line for line in lines] == [1, 2, 3, 4, 5, 6]
    for line in lines:
        place = places[line.idea_id]
        assert (line.rank, line.score, line.sheets) == (place.rank, place.score, place.sheets)
        assert line.effect == pytest.approx(float(Fraction(place.exact)) + line.correction)


def test_same_sheets_are_not_computed_again(world: World):
    first = compute_standing(round_=world.round, at=world.at)
    later = world.at + dt.timedelta(minutes=1)
    assert compute_standing(round_=world.round, at=later).computed_at == first.computed_at


def test_change_after_a_computation_asks_for_another(world: World):
    want_standing(world.round.pk)
    compute_standing(round_=world.round, at=world.at)
    want_standing(world.round.pk)
    assert RoundStanding.objects.get().waiting
    assert OutboxRow.objects.filter(event="standing.wanted").count() == 2


def test_only_staff_of_the_host_may_have_it_computed_now(world: World):
    with pytest.raises(Denied):
        compute_now(round_=world.round, by=UserFactory(), at=world.at)
    assert compute_now(round_=world.round, by=world.staff, at=world.at).sheets == 12


def test_few_reviews_are_told_as_the_reason(world: World):
    stored = compute_standing(round_=world.round, at=world.at)
    assert (stored.used, stored.reason) == (False, "few_reviews")
    assert {one["juror"] for one in stored.jurors} == {juror.pk for juror in world.jurors}


def test_signs_come_and_go_but_an_asked_one_stays(db):
    world = World.make(ideas=10, jurors=2, assigned=True)
    world.declare_all()
    for one in world.assignments():  # the first juror gives everybody the same
        level = 3 if one.juror == world.jurors[0] else 1 + (one.idea.number or 0) % 5
        world.score(one, all=level)
    compute_standing(round_=world.round, at=world.at)
    straight = Sign.objects.get(kind="straight_line")
    assert (straight.juror, straight.idea, straight.standing) == (world.jurors[0], None, True)
    assert Sign.objects.filter(kind="halo", juror=world.jurors[1]).exists()
    Sign.objects.filter(pk=straight.pk).update(asked_at=world.at)
    ScoreSheet.objects.update(state="draft")  # as if every sheet had been opened again
    compute_standing(round_=world.round, at=world.at)
    assert list(Sign.objects.values_list("kind", "standing")) == [("straight_line", False)]
