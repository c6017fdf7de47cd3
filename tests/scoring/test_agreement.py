"""Agreement between jurors: published examples and limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.agreement import icc1, icc_of, krippendorff_ordinal, spearman_brown
from scoring.calibration import calibrate

NAN = np.nan
# The worked example of K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), C.
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]
# The worked example of P. Shrout and J. Fleiss (1979), table 2: six targets, four judges.
SIX_TARGETS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)


def naive_alpha(table):
    """Pair by pair, as the definition reads."""
    columns = [column[~np.isnan(column)] for column in np.asarray(table, dtype=float).T]
    columns = [column for column in columns if column.size > 1]
    pooled = np.concatenate(columns)

    def distance(v, w):
        low, high = min(v, w), max(v, w)
        inside = ((pooled >= low) & (pooled <= high)).sum()
        return (inside - ((pooled == v).sum() + (pooled == w).sum()) / 2) ** 2

    observed = sum(
        sum(distance(v, w) for v in column for w in column) / (column.size - 1)
        for column in columns
    )
    expected = sum(distance(v, w) for v in pooled for w in pooled) / (pooled.size - 1)
    return 1 - observed / expected


def test_alpha_of_the_published_example():
    assert krippendorff_ordinal(FOUR_OBSERVERS) == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_ordinal(FOUR_OBSERVERS) == pytest.approx(naive_alpha(FOUR_OBSERVERS))


@settings(deadline=None)
@given(st.integers(0, 9999))
def test_alpha_equals_its_definition_and_needs_only_order(seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(1, 5, (4, 9)).astype(float)
    table[rng.random(table.shape) < 0.3] = NAN
    alpha = krippendorff_ordinal(table)
    if np.isnan(alpha):
        return
    assert alpha == pytest.approx(naive_alpha(table))
    assert krippendorff_ordinal(table**3 - 7) == pytest.approx(alpha)
    assert krippendorff_ordinal(table[::-1, ::-1]) == pytest.approx(alpha)


def test_alpha_of_full_agreement_is_one_and_of_chance_about_zero():
    assert krippendorff_ordinal([[1, 2, 3, 5], [1, 2, 3, 5]]) == 1
    chance = np.random.default_rng(1).integers(1, 6, (3, 3000))
    assert krippendorff_ordinal(chance) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("table", [[[1, NAN], [NAN, 2]], [[3, 3], [3, 3]]])
def test_alpha_is_unknown_without_pairs_or_variation(table):
    assert np.isnan(krippendorff_ordinal(table))


@pytest.mark.parametrize("table", [[1.0, 2.0], [[1.0, np.inf]]])
def test_alpha_refuses_what_is_no_table(table):
    with pytest.raises(ValueError, match="juror × proposal"):
        krippendorff_ordinal(table)


def test_icc_of_the_published_example():
    idea = np.repeat(np.arange(6), 4)
    single = icc1(idea, SIX_TARGETS.ravel())
    assert single == pytest.approx(0.17, abs=5e-3)
    assert spearman_brown(single, 4) == pytest.approx(0.44, abs=7e-3)


def test_icc_is_unknown_where_it_cannot_be_told():
    assert np.isnan(icc1([0, 0], [1, 2]))
    assert np.isnan(icc1([0, 1], [1, 2]))
    assert np.isnan(icc1([0, 0, 1, 1], [5, 5, 5, 5]))
    for idea, value in (([], []), ([0], [1, 2]), ([0, 2], [1, 2])):
        with pytest.raises(ValueError, match=r"equally long|needs a review"):
            icc1(idea, value)


def test_icc_of_the_fit_finds_the_shares():
    rng = np.random.default_rng(3)
    idea = np.repeat(np.arange(600), 5)
    juror = np.concatenate([rng.choice(60, 5, replace=False) for _ in range(600)])
    value = rng.normal(50, 8, 600)[idea] + rng.normal(0, 5, 60)[juror] + rng.normal(0, 6, 3000)
    share = 64 / (64 + 25 + 36)
    fit = calibrate(idea, juror, value)
    assert icc_of(fit) == pytest.approx(share, abs=0.05)
    assert icc1(idea, value) == pytest.approx(share, abs=0.06)


def test_icc_of_the_fit_limits():
    assert np.isnan(icc_of(calibrate([0, 1, 2], [0, 0, 0], [1.0, 2, 3])))
    assert np.isnan(icc_of(calibrate([0, 0], [0, 1], [1.0, 2])))
    idea, juror = np.divmod(np.arange(40), 4)
    assert icc_of(calibrate(idea, juror, 3.0 * idea)) == 1
    assert np.isnan(icc_of(calibrate(idea, juror, np.full(40, 7.0))))
    noise = np.random.default_rng(1).permutation(np.tile([1.0, 2, 3, 4], 10))
    assert 0 <= icc_of(calibrate(idea, juror, noise)) < 0.2


def test_spearman_brown_steps_up():
    assert spearman_brown(0.5, 1) == 0.5
    assert spearman_brown(0.5, 2) == pytest.approx(2 / 3)
    assert np.isnan(spearman_brown(-1.0, 2))
    with pytest.raises(ValueError, match="positive"):
        spearman_brown(0.5, 0)
