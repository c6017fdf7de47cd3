"""How far jurors agree. No pass mark: agreement is told, not judged.

- Krippendorff's α for ordinal levels, per criterion (K. Krippendorff, "Content Analysis", 4th ed.
  2019, ch. 12): 1 − observed ÷ expected disagreement; 1 full agreement, 0 as by chance.
- ICC(1), the share of one review's variance that is the proposals' own (P. Shrout and J. Fleiss,
  "Intraclass correlations", Psychological Bulletin 86, 1979).
- Spearman–Brown: the same for the mean of k reviews (C. Spearman and W. Brown, British Journal of
  Psychology 3, 1910).
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.calibration import Calibration

Floats = NDArray[np.float64]


def krippendorff_ordinal(levels: ArrayLike) -> float:
    """Krippendorff's α, ordinal metric.

    With o_vw the coincidences of levels v and w within proposals (each proposal of m_u ≥ 2 levels
    adds its ordered pairs, divided by m_u − 1), n_v = Σ_w o_vw, N = Σ n_v and
    d_vw = (Σ_{g=v..w} n_g − (n_v + n_w)/2)²::

        α = 1 − (N − 1) Σ_vw o_vw d_vw ÷ Σ_vw n_v n_w d_vw

    Args:
        levels: (J, n) juror × proposal, `nan` where there is none; only their order counts.

    Returns:
        α ≤ 1; `nan` when no proposal has two levels, or all levels are the same.

    Raises:
        ValueError: not two-dimensional, or infinite.
    """
    table = np.asarray(levels, dtype=np.float64)
    if table.ndim != 2 or np.isinf(table).any():
        raise ValueError("levels must be juror × proposal, finite or nan")
    there = ~np.isnan(table)
    pairable = there.sum(axis=0) >= 2
    if not pairable.any():
        return float("nan")
    table, there = table[:, pairable], there[:, pairable]
    values, position = np.unique(table[there], return_inverse=True)
    unit = np.nonzero(there)[1]
    counts = np.zeros((table.shape[1], values.size))  # how often each level was given, per proposal
    np.add.at(counts, (unit, position), 1.0)
    weight = 1.0 / (counts.sum(axis=1) - 1.0)
    coincidence = (counts * weight[:, None]).T @ counts - np.diag(weight @ counts)
    totals: Floats = coincidence.sum(axis=1)
    upto = np.cumsum(totals)
    between = np.abs(upto[:, None] - upto[None, :] + (totals[None, :] - totals[:, None]) / 2)
    expected = float(totals @ between**2 @ totals)
    if expected == 0.0:
        return float("nan")
    return float(1.0 - (totals.sum() - 1.0) * (coincidence * between**2).sum() / expected)


def icc1(idea: ArrayLike, value: ArrayLike) -> float:
    """ICC(1) of single reviews by one-way analysis of variance, for unequal numbers of reviews.

    (MSB − MSW) ÷ (MSB + (k₀ − 1) MSW), k₀ = (R − Σ n_i²/R) ÷ (n − 1).

    Args:
        idea: (R,) integers 0…n−1, every one of which occurs. value: (R,) points of 0–100.

    Returns:
        At most 1, negative when reviews of one proposal differ more than proposals do; `nan`
        with fewer than two proposals, without repeated reviews, or without any variance.

    Raises:
        ValueError: lengths differ or are zero, or a proposal has no review.
    """
    ideas, values = np.asarray(idea), np.asarray(value, dtype=np.float64)
    if ideas.ndim != 1 or ideas.shape != values.shape or not ideas.size:
        raise ValueError("idea and value must be one-dimensional, equally long, not empty")
    reviews: NDArray[Any] = np.bincount(ideas)
    if not reviews.all():
        raise ValueError("every proposal needs a review")
    count, size = reviews.size, values.size
    if count < 2 or size == count:
        return float("nan")
    means = np.bincount(ideas, weights=values) / reviews
    between = float(reviews @ (means - values.mean()) ** 2) / (count - 1)
    within = float(((values - means[ideas]) ** 2).sum()) / (size - count)
    usual = (size - float(reviews @ reviews) / size) / (count - 1)
    below = between + (usual - 1) * within
    return (between - within) / below if below else float("nan")


def icc_of(calibration: Calibration) -> float:
    """ICC(1) from the additive fit: σ_q² ÷ (σ_q² + σ_b² + σ²).

    σ_q² is the variance of the fitted effects less what their own uncertainty adds to it,
    var(q̂) − tr(C Σ̂)/(n − 1) with C the centring matrix, and not below zero.

    Returns:
        0…1; `nan` with fewer than two proposals, without repeated reviews, or without variance.
    """
    count = calibration.effect.size
    if count < 2 or np.isnan(calibration.noise):
        return float("nan")
    spread: Floats = calibration.averaging @ calibration.root
    noise = float((calibration.noise / calibration.reviews).sum()) * (count - 1) / count
    noise += float(((spread - spread.mean(axis=0)) ** 2).sum())
    own = max(0.0, float(calibration.effect.var(ddof=1)) - noise / (count - 1))
    total = own + calibration.leniency + calibration.noise
    return own / total if total else float("nan")


def spearman_brown(single: float, reviews: float) -> float:
    """Reliability of the mean of `reviews` (k > 0) reviews: k r ÷ (1 + (k − 1) r).

    Raises:
        ValueError: k is not positive.
    """
    if reviews <= 0:
        raise ValueError("the number of reviews must be positive")
    below = 1 + (reviews - 1) * single
    return reviews * single / below if below else float("nan")
