"""Rank intervals and bands."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.calibration import calibrate
from scoring.uncertainty import rank_intervals


def fitted(ideas=40, jurors=8, k=4, seed=1, noise=5.0):
    rng = np.random.default_rng(seed)
    juror = np.concatenate([rng.choice(jurors, k, replace=False) for _ in range(ideas)])
    idea = np.repeat(np.arange(ideas), k)
    quality, bias = rng.normal(50, 10, ideas), rng.normal(0, 6, jurors)
    value = quality[idea] + bias[juror] + rng.normal(0, noise, idea.size)
    return calibrate(idea, juror, value)


def test_intervals_match_draws_from_the_whole_covariance():
    fit = fitted()
    rng = np.random.default_rng(0)
    drawn = rng.multivariate_normal(fit.effect, 1.2 * fit.covariance, size=20000)
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    ours = rank_intervals(fit, 10, draws=20000, seed=3)
    np.testing.assert_allclose(ours.expected, ranks.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(ours.p_winner, (ranks <= 10).mean(axis=0), atol=0.02)
    low, high = np.quantile(ranks, [0.05, 0.95], axis=0)
    assert np.abs(ours.low - low).max() <= 1
    assert np.abs(ours.high - high).max() <= 1


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 999), st.integers(0, 40), st.sampled_from([20, 130, 1000]))
def test_intervals_are_consistent(seed, winners, draws):
    fit = fitted(seed=seed)
    result = rank_intervals(fit, winners, draws=draws, seed=seed)
    assert ((result.low >= 1) & (result.low <= result.high) & (result.high <= 40)).all()
    assert result.p_winner.sum() == pytest.approx(winners)
    assert result.expected.mean() == pytest.approx(20.5)
    assert ((result.band == "in") == (result.p_winner > 0.9)).all()
    assert ((result.band == "out") == (result.p_winner < 0.1)).all()
    again = rank_intervals(fit, winners, draws=draws, seed=seed)
    assert again.expected.tolist() == result.expected.tolist()
    assert again.p_winner.tolist() == result.p_winner.tolist()


def test_another_seed_draws_otherwise():
    fit = fitted()
    one, other = (rank_intervals(fit, 10, seed=seed) for seed in (1, 2))
    assert one.expected.tolist() != other.expected.tolist()
    assert (one.winners, one.draws, one.seed) == (10, 1000, 1)


def test_less_noise_gives_narrower_intervals():
    sharp, dull = (rank_intervals(fitted(noise=noise), 10) for noise in (1.0, 15.0))
    assert (sharp.high - sharp.low).mean() < (dull.high - dull.low).mean() / 2
    assert (sharp.band == "grey").sum() < (dull.band == "grey").sum()


def test_without_repeats_nothing_is_decided():
    fit = calibrate([0, 1, 2, 3], [0, 0, 0, 0], [10.0, 20, 30, 40])
    result = rank_intervals(fit, 1)
    assert result.expected.tolist() == [2.5] * 4
    assert (result.low.tolist(), result.high.tolist()) == ([1] * 4, [4] * 4)
    assert set(result.band) == {"grey"}
    assert result.p_winner.tolist() == [0.25] * 4


def test_disjoint_panels_are_surer_within_than_between():
    rng = np.random.default_rng(5)
    quality = np.repeat(rng.normal(50, 3, 20), 3)
    idea = np.repeat(np.arange(20), 3)
    juror = np.tile([0, 1, 2], 20) + 3 * (idea >= 10)
    value = quality + np.array([9.0, -9, 0, 9, -9, 0])[juror] + rng.normal(0, 1, 60)
    fit = calibrate(idea, juror, value)
    assert not fit.used
    whole = rank_intervals(fit, 5)
    within = rank_intervals(calibrate(idea[:30], juror[:30], value[:30]), 5)
    assert (whole.high - whole.low)[:10].mean() > 1.5 * (within.high - within.low).mean()


@pytest.mark.parametrize(("winners", "draws"), [(-1, 100), (41, 100), (10, 19)])
def test_impossible_wishes_are_refused(winners, draws):
    with pytest.raises(ValueError, match=r"winners|draws"):
        rank_intervals(fitted(), winners, draws=draws)
