"""Flags ask; they find what was planted, leave the rest alone, and touch no score."""

import numpy as np
import pytest

from scoring.calibration import calibrate
from scoring.flags import flags, studentised_residuals


def jury(seed=1, ideas=60, jurors=10, k=4, noise=4.0):
    rng = np.random.default_rng(seed)
    idea = np.repeat(np.arange(ideas), k)
    juror = np.concatenate([rng.choice(jurors, k, replace=False) for _ in range(ideas)])
    value = rng.normal(50, 9, ideas)[idea] + rng.normal(0, 5, jurors)[juror]
    return idea, juror, value + noise * rng.choice([-1, 1], idea.size)


def test_studentised_residuals_equal_the_hat_matrix_of_the_mixed_model():
    idea, juror, value = jury()
    fit = calibrate(idea, juror, value)
    both = np.hstack([np.eye(60)[idea], np.eye(10)[juror]])
    ridge = np.diag(np.concatenate([np.zeros(60), np.full(10, fit.lam)]))
    hat = both @ np.linalg.solve(both.T @ both + ridge, both.T)
    residual = value - hat @ value
    expected = residual / np.sqrt(fit.noise * (1 - np.diag(hat)))
    np.testing.assert_allclose(studentised_residuals(fit, idea, juror, value), expected, atol=1e-6)


def test_quiet_jury_raises_no_flag():
    idea, juror, value = jury()
    assert flags(calibrate(idea, juror, value), idea, juror, value) == ()


def test_planted_outlier_is_found_with_its_sign():
    idea, juror, value = jury()
    value[17] -= 40
    found = flags(calibrate(idea, juror, value), idea, juror, value)
    outliers = [flag for flag in found if flag.kind == "outlier"]
    worst = min(outliers, key=lambda flag: flag.value)
    assert (worst.idea, worst.juror) == (idea[17], juror[17])
    assert worst.value < -2.5
    assert worst.limit == 2.5


def test_erratic_juror_is_found():
    idea, juror, value = jury(noise=2.0)
    rng = np.random.default_rng(2)
    value = value + np.where(juror == 3, 14 * rng.choice([-1, 1], juror.size), 0)
    found = flags(calibrate(idea, juror, value), idea, juror, value)
    erratic = {flag.juror: flag.value for flag in found if flag.kind == "erratic"}
    assert 3 in erratic
    assert max(erratic, key=erratic.get) == 3
    assert all(value > 1.5 for value in erratic.values())


def test_straight_lining_is_found_in_totals():
    idea, juror, value = jury()
    value[juror == 5] = 60.0
    found = flags(calibrate(idea, juror, value), idea, juror, value)
    assert [flag.juror for flag in found if flag.kind == "straight_line"] == [5]


def test_halo_is_found_in_levels():
    idea, juror, value = jury()
    rng = np.random.default_rng(4)
    levels = rng.integers(1, 6, (idea.size, 4)).astype(float)
    levels[juror == 2] = rng.integers(1, 6, (juror == 2).sum())[:, None]
    levels[juror == 7] = 3.0  # no variation tells nothing of correlation
    levels[juror == 8, 0] = np.nan  # too few whole rows neither
    found = flags(calibrate(idea, juror, value), idea, juror, value, levels)
    (halo,) = (flag for flag in found if flag.kind == "halo")
    assert halo.juror == 2
    assert halo.value == pytest.approx(1)


def test_few_reviews_flag_nobody():
    idea, juror = np.divmod(np.arange(12), 3)
    value = np.full(12, 50.0)
    fit = calibrate(idea, juror, value)
    assert not fit.used
    assert np.isnan(studentised_residuals(fit, idea, juror, value)).all()
    assert flags(fit, idea, juror, value, np.ones((12, 3))) == ()
    lenient = calibrate(idea, juror, value + np.arange(12) % 5, enough=1)
    assert {flag.kind for flag in flags(lenient, idea, juror, value)} <= {"outlier"}


def test_perfect_agreement_has_no_residuals():
    idea, juror = np.divmod(np.arange(40), 5)
    value = 10.0 * idea
    fit = calibrate(idea, juror, value)
    assert not studentised_residuals(fit, idea, juror, value).any()
    assert flags(fit, idea, juror, value) == ()


def test_single_review_of_a_proposal_cannot_stand_out():
    idea, juror, value = jury()
    idea, juror, value = np.append(idea, 60), np.append(juror, 0), np.append(value, 99.0)
    residuals = studentised_residuals(calibrate(idea, juror, value), idea, juror, value)
    assert residuals[-1] == pytest.approx(0, abs=2)
    assert np.isfinite(residuals).all()


def test_other_reviews_or_levels_are_refused():
    idea, juror, value = jury()
    fit = calibrate(idea, juror, value)
    with pytest.raises(ValueError, match="not the reviews"):
        flags(fit, idea[:-1], juror[:-1], value[:-1])
    with pytest.raises(ValueError, match="not the reviews"):
        flags(fit, idea, juror, value[:-1])
    with pytest.raises(ValueError, match="row for each"):
        flags(fit, idea, juror, value, np.ones((3, 2)))
