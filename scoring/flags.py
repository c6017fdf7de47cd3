"""Signs that ask a juror for a reason. A flag never drops or changes a score.

- "outlier": one review far from what the proposal and the juror would lead to expect,
  |studentised residual| > 2.5, r ÷ (σ √(1 − h)) with h the review's leverage in the mixed model
  (R. D. Cook and S. Weisberg, "Residuals and Influence in Regression", 1982, ch. 2);
- "erratic": a juror whose residuals' root mean square is above 1.5 × the jurors' median;
- "straight_line": a juror who gave every proposal the same total;
- "halo": a juror whose criteria rise and fall together, mean correlation between criteria > .95.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.calibration import ENOUGH_REVIEWS, Calibration

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTLIER: Final = "outlier"
ERRATIC: Final = "erratic"
STRAIGHT_LINE: Final = "straight_line"
HALO: Final = "halo"

OUTLIER_LIMIT: Final = 2.5
ERRATIC_LIMIT: Final = 1.5
HALO_LIMIT: Final = 0.95


@dataclass(frozen=True)
class Flag:
    """One sign.

    Attributes:
        kind: "outlier", "erratic", "straight_line" or "halo".
        juror: index. idea: index with "outlier", otherwise None.
        value: what was measured: the studentised residual (signed: positive is generous), RMS ÷
            median RMS, 0 (the spread of totals), or the mean correlation.
        limit: what it was held against.
    """

    kind: str
    juror: int
    idea: int | None
    value: float
    limit: float


def studentised_residuals(
    calibration: Calibration, idea: ArrayLike, juror: ArrayLike, value: ArrayLike
) -> Floats:
    """r ÷ (σ √(1 − h)) for each review, r = y − q̂ − b̂.

    h = 1/n_i + a_iᵀ G a_i − 2 a_iᵀ G_j + G_jj, with G = (S + λI)⁻¹ and a_i the averaging row of the
    proposal: the diagonal of the mixed model's hat matrix.

    Args:
        calibration: of these very reviews. idea, juror, value: (R,) as given to `calibrate`.

    Returns:
        (R,) in standard deviations; 0 where the fit cannot but meet the review; all `nan` where
        calibration is not used, since leniency and surprise cannot be told apart then.

    Raises:
        ValueError: the reviews are not those of the calibration.
    """
    ideas, jurors = np.asarray(idea), np.asarray(juror)
    values = np.asarray(value, dtype=np.float64)
    if not ideas.shape == jurors.shape == values.shape or (
        np.bincount(ideas).tolist() != calibration.reviews.tolist()
        or np.bincount(jurors).tolist() != calibration.load.tolist()
    ):
        raise ValueError("these are not the reviews that were calibrated")
    if not calibration.used or calibration.noise <= 0:
        return np.full(values.size, np.nan if not calibration.used else 0.0)
    averaging, precision = calibration.averaging, calibration.precision
    pull: Floats = averaging @ precision
    own = np.asarray(averaging.multiply(pull).sum(axis=1)).ravel()
    leverage = 1.0 / calibration.reviews[ideas] + own[ideas]
    leverage += np.diag(precision)[jurors] - 2.0 * pull[ideas, jurors]
    left = 1.0 - leverage
    residual = values - calibration.effect[ideas] - calibration.bias[jurors]
    result: Floats = np.zeros(values.size)
    free = left > 1e-9
    result[free] = residual[free] / np.sqrt(calibration.noise * left[free])
    return result


def flags(
    calibration: Calibration,
    idea: ArrayLike,
    juror: ArrayLike,
    value: ArrayLike,
    levels: ArrayLike | None = None,
) -> tuple[Flag, ...]:
    """All flags, by kind, juror and proposal.

    Args:
        calibration: of these very reviews; where it is not used, outliers and erratic jurors
            cannot be told and are left out.
        idea, juror, value: (R,) as given to `calibrate`.
        levels: (R, C) level per criterion, `nan` where not applicable; None leaves out halo.

    Returns:
        Flags. Jurors with fewer than five reviews get no flag of their own.

    Raises:
        ValueError: as `studentised_residuals`, or `levels` has another number of rows.
    """
    ideas = np.asarray(idea).astype(np.int64)
    jurors = np.asarray(juror).astype(np.int64)
    values = np.asarray(value, dtype=np.float64)
    residuals = studentised_residuals(calibration, ideas, jurors, values)
    found = [
        Flag(OUTLIER, int(jurors[row]), int(ideas[row]), float(residuals[row]), OUTLIER_LIMIT)
        for row in np.flatnonzero(np.abs(residuals) > OUTLIER_LIMIT)
    ]
    busy = [int(one) for one in np.flatnonzero(calibration.load >= ENOUGH_REVIEWS)]
    if calibration.used:
        found += _erratic(
            values - calibration.effect[ideas] - calibration.bias[jurors], jurors, busy
        )
    found += [
        Flag(STRAIGHT_LINE, one, None, 0.0, 0.0)
        for one in busy
        if np.ptp(values[jurors == one]) == 0
    ]
    if levels is not None:
        table = np.asarray(levels, dtype=np.float64)
        if table.ndim != 2 or table.shape[0] != values.size:
            raise ValueError("levels must have a row for each review")
        found += _halo(table, jurors, busy)
    return tuple(sorted(found, key=lambda flag: (flag.kind, flag.juror, flag.idea or 0)))


def _erratic(residual: Floats, jurors: Ints, busy: list[int]) -> list[Flag]:
    if not busy:
        return []
    size = np.array([np.sqrt(np.mean(residual[jurors == one] ** 2)) for one in busy])
    usual = float(np.median(size))
    return [
        Flag(ERRATIC, one, None, float(own / usual), ERRATIC_LIMIT)
        for one, own in zip(busy, size, strict=True)
        if usual > 0 and own > ERRATIC_LIMIT * usual
    ]


def _halo(levels: Floats, jurors: Ints, busy: list[int]) -> list[Flag]:
    found = []
    for one in busy:
        correlation = _mean_correlation(levels[jurors == one])
        if correlation > HALO_LIMIT:
            found.append(Flag(HALO, one, None, correlation, HALO_LIMIT))
    return found


def _mean_correlation(table: Floats) -> float:
    """Mean of the pairwise correlations between columns that vary; `nan` if fewer than two do.

    A row with a criterion that does not apply is left out; five rows must remain.
    """
    whole = table[~np.isnan(table).any(axis=1)]
    if whole.shape[0] < ENOUGH_REVIEWS:
        return float("nan")
    varying = whole[:, np.ptp(whole, axis=0) > 0]
    if varying.shape[1] < 2:
        return float("nan")
    matrix: Floats = np.asarray(np.corrcoef(varying, rowvar=False))
    return float(matrix[np.triu_indices_from(matrix, k=1)].mean())
