"""How sure is the ranking? Ranks of many draws from what the scores leave open.

Each draw takes q ~ N(q̂, 1.2·Σ̂) from a calibration and ranks it; a proposal's 90 % interval is
where its rank falls in the middle nine tenths of the draws, and P(winner) the share of draws in
which it is among the best K. Bands: "in" above .9, "out" below .1, "grey" between. After R. Heyard,
M. Ott, G. Salanti and M. Egger, "Rethinking the funding line at the Swiss National Science
Foundation: Bayesian ranking and lottery" (2021), with the flat prior that keeps every proposal's
own score in sight; the factor 1.2 makes up for λ being estimated.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.calibration import Calibration

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

IN: Final = "in"
GREY: Final = "grey"
OUT: Final = "out"

SURE: Final = 0.9
INFLATION: Final = 1.2
_CHUNK = 100  # draws handled at a time; part of the recipe, so that a seed always gives the same


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """Result of `rank_intervals`; all arrays (n,), rank 1 is best.

    Attributes:
        expected: mean rank over the draws.
        low: best rank of the 90 % interval. high: its worst rank. Both belong to the interval.
        p_winner: share of draws in which the proposal is among the best `winners`.
        band: "in" (p > .9), "out" (p < .1) or "grey", as text.
        winners, draws, seed: what was asked for, to be stored with the result.
    """

    expected: Floats
    low: Ints
    high: Ints
    p_winner: Floats
    band: NDArray[np.str_]
    winners: int
    draws: int
    seed: int


def rank_intervals(
    calibration: Calibration, winners: int, draws: int = 1000, seed: int = 20260101
) -> RankIntervals:
    """Rank intervals and chances of winning.

    Args:
        calibration: of n proposals; works on raw scores too (`used` False), with their variance.
        winners: K, how many win, 0…n.
        draws: how many rankings to draw, at least 20.
        seed: fixes the draws (NumPy's PCG64); the same seed and scores give the same answer.

    Returns:
        `RankIntervals`. When no proposal has two reviews nothing is known of the noise: every
        interval is 1…n and every chance K/n.

    Raises:
        ValueError: `winners` outside 0…n or `draws` below 20.
    """
    count = calibration.effect.size
    if not 0 <= winners <= count:
        raise ValueError(f"winners must be between 0 and {count}")
    if draws < 20:
        raise ValueError("an interval needs at least 20 draws")
    if np.isnan(calibration.noise):
        expected = np.full(count, (count + 1) / 2)
        low, high = np.ones(count, dtype=np.int64), np.full(count, count, dtype=np.int64)
        chance = np.full(count, winners / count)
    else:
        ranks = _draw_ranks(calibration, draws, seed)
        expected = ranks.mean(axis=1)
        chance = (ranks <= winners).mean(axis=1)
        first = int(np.floor(0.05 * draws))
        last = draws - 1 - first
        ranks.sort(axis=1)
        low, high = ranks[:, first].astype(np.int64), ranks[:, last].astype(np.int64)
    band = np.where(chance > SURE, IN, np.where(chance < 1 - SURE, OUT, GREY))
    return RankIntervals(expected, low, high, chance, band, winners, draws, seed)


def _draw_ranks(
    calibration: Calibration, draws: int, seed: int
) -> NDArray[np.int16] | NDArray[np.int32]:
    """(n, draws) ranks from 1, in the smallest whole numbers that hold n."""
    rng = np.random.Generator(np.random.PCG64(seed))
    count, jurors = calibration.effect.size, calibration.bias.size
    own = np.sqrt(INFLATION * calibration.noise / calibration.reviews)
    shared = np.sqrt(INFLATION) * calibration.root
    averaging = calibration.averaging
    small = np.int16 if count <= np.iinfo(np.int16).max else np.int32
    ranks = np.empty((count, draws), dtype=small)
    places = np.tile(np.arange(1, count + 1, dtype=small), _CHUNK)
    rows = count * np.arange(_CHUNK)[:, None]
    for start in range(0, draws, _CHUNK):
        size = min(_CHUNK, draws - start)
        # Signs turned, so that ascending order is best first.
        drawn = rng.standard_normal((size, count)) * own - calibration.effect
        drawn += (averaging @ (shared @ rng.standard_normal((jurors, size)))).T
        order = drawn.argsort(axis=1)
        chunk = np.empty(size * count, dtype=small)
        chunk[(order + rows[:size]).ravel()] = places[: size * count]
        ranks[:, start : start + size] = chunk.reshape(size, count).T
    return ranks
