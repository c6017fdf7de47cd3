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
from numpy.typing import ArrayLike, NDArray

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
    calibration: Calibration,
    winners: int,
    draws: int = 1000,
    seed: int = 20260101,
    *,
    among: ArrayLike | None = None,
    offset: ArrayLike = 0.0,
    scale: ArrayLike = 1.0,
) -> RankIntervals:
    """Rank intervals and chances of winning.

    Args:
        calibration: of n proposals; works on raw scores too (`used` False), with their variance.
        winners: K, how many win, 0…n.
        draws: how many rankings to draw, at least 20.
        seed: fixes the draws (NumPy's PCG64); the same seed and scores give the same answer.
        among: indices of the proposals that are ranked, where not all can win (one is below a
            threshold); the result follows their order, and n is their number. None: all.
        offset, scale: (n,) or one number; what is ranked is offset + scale · q, as where an
            earlier round's score, known exactly, is carried over with a weight.

    Returns:
        `RankIntervals`. When no proposal has two reviews nothing is known of the noise: every
        interval is 1…n and every chance K/n.

    Raises:
        ValueError: `winners` outside 0…n or `draws` below 20.
    """
    all_of_them = calibration.effect.size
    kept = np.arange(all_of_them) if among is None else np.asarray(among, dtype=np.int64)
    if kept.size and not 0 <= kept.min() <= kept.max() < all_of_them:
        raise ValueError("`among` names a proposal that was not calibrated")
    count = kept.size
    if not 0 <= winners <= count:
        raise ValueError(f"winners must be between 0 and {count}")
    if draws < 20:
        raise ValueError("an interval needs at least 20 draws")
    if np.isnan(calibration.noise) or not count:
        expected = np.full(count, (count + 1) / 2)
        low, high = np.ones(count, dtype=np.int64), np.full(count, count, dtype=np.int64)
        chance = np.full(count, winners / max(count, 1))
    else:
        line = (np.broadcast_to(offset, all_of_them), np.broadcast_to(scale, all_of_them))
        ranks = _draw_ranks(calibration, kept, line, draws, seed)
        expected = ranks.mean(axis=1)
        chance = (ranks <= winners).mean(axis=1)
        first = int(np.floor(0.05 * draws))
        last = draws - 1 - first
        ranks.sort(axis=1)
        low, high = ranks[:, first].astype(np.int64), ranks[:, last].astype(np.int64)
    band = np.where(chance > SURE, IN, np.where(chance < 1 - SURE, OUT, GREY))
    return RankIntervals(expected, low, high, chance, band, winners, draws, seed)


def _draw_ranks(
    calibration: Calibration, kept: Ints, line: tuple[Floats, Floats], draws: int, seed: int
) -> NDArray[np.int16] | NDArray[np.int32]:
    """(n, draws) ranks from 1, in the smallest whole numbers that hold n."""
    rng = np.random.Generator(np.random.PCG64(seed))
    count, jurors = kept.size, calibration.bias.size
    own = np.sqrt(INFLATION * calibration.noise / calibration.reviews[kept])
    shared = np.sqrt(INFLATION) * calibration.root
    averaging, effect = calibration.averaging[kept], calibration.effect[kept]
    offset, scale = line[0][kept], line[1][kept]
    small = np.int16 if count <= np.iinfo(np.int16).max else np.int32
    ranks = np.empty((count, draws), dtype=small)
    places = np.tile(np.arange(1, count + 1, dtype=small), _CHUNK)
    rows = count * np.arange(_CHUNK)[:, None]
    for start in range(0, draws, _CHUNK):
        size = min(_CHUNK, draws - start)
        # Signs turned, so that ascending order is best first.
        drawn = rng.standard_normal((size, count)) * own - effect
        drawn += (averaging @ (shared @ rng.standard_normal((jurors, size)))).T
        drawn = drawn * scale - offset
        order = drawn.argsort(axis=1)
        chunk = np.empty(size * count, dtype=small)
        chunk[(order + rows[:size]).ravel()] = places[: size * count]
        ranks[:, start : start + size] = chunk.reshape(size, count).T
    return ranks


def gain(calibration: Calibration) -> Floats:
    """How much one more review would tell: variance taken off q_i by juror j's review of it.

    With G = (S + λI)⁻¹ and a_i the averaging row of proposal i (see `calibration`), an observation
    y = q_i + b_j + e that is not yet there has

        cov(q_i, y) = σ² (1/n_i + a_iᵀ G a_i − a_iᵀ G_j)
        var(y)      = σ² (1/n_i + a_iᵀ G a_i − 2 a_iᵀ G_j + G_jj + 1)

    and takes cov² ÷ var off the variance of q_i (the linear update of D. V. Lindley and
    A. F. M. Smith, "Bayes estimates for the linear model", JRSS B 34, 1972). Jurors whose leniency
    is well known tell most.

    Returns:
        (n, J + 1) points²; the last column is of a juror who has reviewed nothing yet, of whom
        G_j = 0 and G_jj = 1/λ. All 0 where the noise is not known or there is none; where
        calibration is not used, the same for every juror.
    """
    shape = (calibration.effect.size, calibration.bias.size + 1)
    if not calibration.noise > 0:
        return np.zeros(shape)
    mean = 1.0 / calibration.reviews[:, None]
    if not calibration.used:
        share: Floats = np.broadcast_to(mean, shape)
        return calibration.noise * share**2 / (share + 1.0)
    known: Floats = calibration.averaging @ calibration.precision
    own = np.asarray(calibration.averaging.multiply(known).sum(axis=1)).reshape(-1, 1)
    pull = np.pad(known, ((0, 0), (0, 1)))
    self_known = np.append(np.diag(calibration.precision), 1.0 / calibration.lam)
    shared = mean + own - pull
    whole = mean + own - 2.0 * pull + self_known[None, :] + 1.0
    told: Floats = calibration.noise * shared**2 / whole
    return told
