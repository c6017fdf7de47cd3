"""Calibration: agrees with statsmodels, never harms, says why when it is not used."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from statsmodels.regression.mixed_linear_model import MixedLM

from scoring.calibration import calibrate, comparability_of


def reviews(ideas, jurors, k, seed, leniency=6.0, noise=9.0):
    """Every proposal to k jurors by lot: idea, juror, value."""
    rng = np.random.default_rng(seed)
    juror = np.concatenate([rng.choice(jurors, k, replace=False) for _ in range(ideas)])
    idea = np.repeat(np.arange(ideas), k)
    quality, bias = 50 + 8 * rng.standard_normal(ideas), leniency * rng.standard_normal(jurors)
    return idea, juror, quality[idea] + bias[juror] + noise * rng.standard_normal(idea.size)


def crossed(ideas, jurors, seed):
    idea, juror = np.divmod(np.arange(ideas * jurors), jurors)
    return idea, juror, 50 + 10 * np.random.default_rng(seed).standard_normal(idea.size)


def by_statsmodels(idea, juror, value):
    """MixedLM with proposals as fixed columns and jurors as a crossed variance component."""
    data = pd.DataFrame({"idea": idea, "juror": juror, "value": value, "all": 1})
    model = MixedLM.from_formula(
        "value ~ 0 + C(idea)",
        data,
        groups="all",
        re_formula="0",
        vc_formula={"juror": "0 + C(juror)"},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(reml=True, method="powell", xtol=1e-10, ftol=1e-14, maxiter=10000)


@pytest.mark.parametrize(("ideas", "jurors", "k", "seed"), [(30, 8, 3, 1), (25, 6, 4, 2)])
def test_effects_and_components_agree_with_statsmodels(ideas, jurors, k, seed):
    idea, juror, value = reviews(ideas, jurors, k, seed)
    fit = calibrate(idea, juror, value)
    theirs = by_statsmodels(idea, juror, value)
    assert fit.used
    assert fit.lam == pytest.approx(theirs.scale / theirs.vcomp[0], rel=1e-4)
    np.testing.assert_allclose(fit.effect, theirs.fe_params, atol=1e-4)
    assert fit.noise == pytest.approx(theirs.scale, rel=1e-4)
    np.testing.assert_allclose(fit.bias, np.asarray(theirs.random_effects[1]), atol=1e-3)


def test_effects_solve_the_mixed_model_equations():
    idea, juror, value = reviews(40, 10, 4, 5)
    fit = calibrate(idea, juror, value)
    x, z = np.eye(40)[idea], np.eye(10)[juror]
    left = np.block([[x.T @ x, x.T @ z], [z.T @ x, z.T @ z + fit.lam * np.eye(10)]])
    both = np.linalg.solve(left, np.concatenate([x.T @ value, z.T @ value]))
    np.testing.assert_allclose(fit.effect, both[:40], atol=1e-8)
    np.testing.assert_allclose(fit.bias, both[40:], atol=1e-8)
    np.testing.assert_allclose(fit.covariance, fit.noise * np.linalg.inv(left)[:40, :40], atol=1e-8)


def test_reml_is_at_its_maximum():
    idea, juror, value = reviews(40, 10, 4, 6)
    fit = calibrate(idea, juror, value)
    x, z = np.eye(40)[idea], np.eye(10)[juror]

    def likelihood(noise, leniency):
        v = noise * np.eye(value.size) + leniency * z @ z.T
        inverse = np.linalg.inv(v)
        inner = x.T @ inverse @ x
        beta = np.linalg.solve(inner, x.T @ inverse @ value)
        rest = value - x @ beta
        logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(inner)[1]
        return -(logs + rest @ inverse @ rest) / 2

    best = likelihood(fit.noise, fit.leniency)
    for step in (0.99, 1.01):
        assert likelihood(fit.noise * step, fit.leniency) < best
        assert likelihood(fit.noise, fit.leniency * step) < best


@settings(deadline=None)
@given(st.integers(2, 12), st.integers(2, 8), st.integers(0, 999))
def test_fully_crossed_panel_gives_exactly_the_raw_means(ideas, jurors, seed):
    fit = calibrate(*crossed(ideas, jurors, seed), enough=1)
    assert fit.used
    assert fit.comparability == pytest.approx(1)
    assert fit.effect.tolist() == fit.raw.tolist()


def test_disjoint_panels_give_raw_means_with_the_reason():
    one, other = crossed(8, 3, 1), crossed(8, 3, 2)
    idea = np.concatenate([one[0], other[0] + 8])
    juror = np.concatenate([one[1], other[1] + 3])
    fit = calibrate(idea, juror, np.concatenate([one[2], other[2] + 20]))
    assert (fit.used, fit.connected, fit.reason, fit.comparability) == (
        False,
        False,
        "disconnected",
        0.0,
    )
    assert fit.effect.tolist() == fit.raw.tolist()
    assert not fit.bias.any()
    shared = fit.leniency / 3  # proposals of one panel share what its jurors have in common
    np.testing.assert_allclose(fit.covariance[0, 1], shared)
    np.testing.assert_allclose(fit.covariance[0, 0], shared + fit.noise / 3)
    assert fit.covariance[0, 8] == 0


def test_juror_with_few_reviews_leaves_scores_raw():
    idea, juror, value = crossed(9, 3, 3)
    idea, juror = np.append(idea, [0, 1, 2, 3]), np.append(juror, [3, 3, 3, 3])
    value = np.append(value, [10.0, 20, 30, 40])
    fit = calibrate(idea, juror, value)
    assert (fit.used, fit.reason, fit.too_few) == (False, "few_reviews", (3,))
    assert fit.connected
    assert fit.effect.tolist() == fit.raw.tolist()
    assert calibrate(idea, juror, value, enough=4).used


def test_single_reviews_tell_nothing_of_jurors():
    fit = calibrate([0, 1, 2, 3, 4], [0, 0, 0, 0, 0], [1.0, 2, 3, 4, 5])
    assert (fit.used, fit.reason) == (False, "no_repeats")
    assert np.isnan(fit.lam)
    assert np.isnan(fit.covariance).all()


def test_bias_is_found_and_taken_out():
    idea, juror, value = reviews(300, 12, 5, 7, leniency=0, noise=2)
    lenient = value + 15.0 * (juror == 0)
    fit = calibrate(idea, juror, lenient)
    assert fit.bias[0] - fit.bias[1:].mean() == pytest.approx(15, abs=0.6)
    touched = np.unique(idea[juror == 0])
    other = np.setdiff1d(idea, touched)
    fair = np.bincount(idea, value) / 5
    assert abs((fit.effect - fair)[touched].mean() - (fit.effect - fair)[other].mean()) < 0.3


def test_jurors_alike_are_left_alone():
    idea, juror, _ = reviews(60, 10, 3, 8)
    even = calibrate(idea, juror, 50.0 + idea + np.tile([-5.0, 0.0, 5.0], 60))
    # Those slips fall on jurors by lot; with their own taken out again no juror differs.
    differing = np.bincount(juror, np.tile([-5.0, 0.0, 5.0], 60)) / even.load
    fit = calibrate(idea, juror, 50.0 + idea + np.tile([-5.0, 0.0, 5.0], 60) - differing[juror])
    assert (fit.lam, fit.leniency, fit.used) == (np.inf, 0.0, True)
    assert fit.effect.tolist() == fit.raw.tolist()
    assert not fit.bias.any()
    assert fit.covariance[0, 0] == pytest.approx(fit.noise / 3)


def test_no_variation_within_proposals_needs_no_correction():
    idea, juror, _ = crossed(6, 5, 1)
    fit = calibrate(idea, juror, 10.0 * idea)
    assert (fit.lam, fit.noise, fit.leniency, fit.used) == (np.inf, 0.0, 0.0, True)
    assert fit.effect.tolist() == [0, 10, 20, 30, 40, 50]


def test_additive_jurors_without_noise_are_recovered():
    rng = np.random.default_rng(9)
    idea, juror, _ = reviews(50, 8, 4, 9)
    quality, bias = rng.normal(50, 8, 50), rng.normal(0, 6, 8)
    fit = calibrate(idea, juror, quality[idea] + bias[juror])
    np.testing.assert_allclose(fit.effect - fit.effect.mean(), quality - quality.mean(), atol=1e-3)
    assert fit.lam < 1e-6


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 999), st.floats(-40, 40), st.sampled_from([0.5, 2.0]))
def test_shift_and_scale_carry_over(seed, shift, factor):
    idea, juror, value = reviews(30, 6, 3, seed)
    fit, moved = calibrate(idea, juror, value), calibrate(idea, juror, factor * value + shift)
    np.testing.assert_allclose(moved.effect, factor * fit.effect + shift, atol=1e-4)
    np.testing.assert_allclose(moved.bias, factor * fit.bias, atol=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 999), st.randoms(use_true_random=False))
def test_order_of_reviews_does_not_matter(seed, rng):
    idea, juror, value = reviews(30, 6, 3, seed)
    turn = rng.sample(range(idea.size), idea.size)
    one, other = calibrate(idea, juror, value), calibrate(idea[turn], juror[turn], value[turn])
    np.testing.assert_allclose(one.effect, other.effect, atol=1e-5)


def test_juror_without_reviews_changes_nothing():
    idea, juror, value = reviews(30, 6, 3, 4)
    gap = juror + (juror >= 2)
    fit, wide = calibrate(idea, juror, value), calibrate(idea, gap, value)
    np.testing.assert_allclose(fit.effect, wide.effect, atol=1e-6)
    assert wide.load[2] == wide.bias[2] == 0
    assert wide.connected
    assert wide.used
    assert wide.comparability == pytest.approx(fit.comparability)


def test_comparability_of_extremes():
    assert comparability_of(sparse.csr_array(np.zeros((3, 2)))) == (False, 0.0)
    assert comparability_of(sparse.csr_array(np.ones((3, 1)))) == (True, 1.0)
    connected, value = comparability_of(sparse.csr_array(np.ones((3, 4))))
    assert connected
    assert value == pytest.approx(1)
    assert comparability_of(sparse.csr_array(np.eye(3))) == (False, 0.0)


def test_results_cannot_be_written_over():
    fit = calibrate(*reviews(30, 6, 3, 4))
    with pytest.raises(ValueError, match="read-only"):
        fit.effect[0] = 100


@pytest.mark.parametrize(
    ("idea", "juror", "value", "words"),
    [
        ([0, 1], [0], [1.0, 2.0], "equally long"),
        ([], [], [], "not empty"),
        ([0, -1], [0, 0], [1.0, 2.0], "negative"),
        ([0.5, 1], [0, 0], [1.0, 2.0], "whole numbers"),
        ([0, 2], [0, 0], [1.0, 2.0], r"without any review: \[1\]"),
        ([0, 1], [0, 0], [1.0, np.nan], "finite"),
    ],
)
def test_faulty_reviews_are_refused(idea, juror, value, words):
    with pytest.raises(ValueError, match=words):
        calibrate(idea, juror, value)
