"""All that is known of one round's sheets at one moment: places, calibration, sureness, flags.

Pure: a `ranking.Series` in, arrays and small records out. What the jury's pages show is this,
stored once per change of the sheets.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.canonical import digest
from scoring import agreement, ranking
from scoring.calibration import Calibration, calibrate, left_out
from scoring.flags import Flag, flags
from scoring.totals import RankingRules, Whole, levels_of
from scoring.uncertainty import RankIntervals, rank_intervals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS: Final = 1000
FORMAT: Final = "talkoot-standing/1"


@dataclass(frozen=True, eq=False)
class Reviews:
    """The sheets as arrays; R of them, each with a total.

    Attributes:
        ideas: keys of the n proposals that have a total; `idea` (R,) are indices into it.
        jurors: keys of the J jurors who gave one; `juror` (R,) are indices into it.
        value: (R,) totals, points of 0–100.
        levels: (R, C) levels in the order of the rules' criteria, `nan` where not applicable.
    """

    ideas: tuple[str, ...]
    jurors: tuple[str, ...]
    idea: Ints
    juror: Ints
    value: Floats
    levels: Floats


@dataclass(frozen=True, eq=False)
class Standing:
    """Result of `stand`.

    Attributes:
        result: the exact ranking.
        reviews: the sheets as arrays.
        calibration: of those reviews, or raw (reason "off"); its arrays follow `reviews.ideas` and
            `reviews.jurors`.
        effect, raw: (n,) of the same, with the earlier rounds' scores carried over as the ranking
            does; what is shown, and what places and intervals follow from.
        placed: (m,) indices into `reviews.ideas` of the proposals that have a place.
        intervals: of the placed ones, in that order.
        order: (m,) place of each by its calibrated score, 1 best; equals in the raw order.
        flags: signs that ask for a reason.
        alphas: (criterion's key, Krippendorff's ordinal α or `nan`).
        single, several: reliability of one review and of the mean of the usual number of them,
            0…1 or `nan`.
        usual: how many reviews a proposal has on average.
    """

    result: ranking.SeriesRanking
    reviews: Reviews
    calibration: Calibration
    effect: Floats
    raw: Floats
    placed: Ints
    intervals: RankIntervals
    order: Ints
    flags: tuple[Flag, ...]
    alphas: tuple[tuple[str, float], ...]
    single: float
    several: float
    usual: float


def inputs_digest(
    series: ranking.Series, *, winners: int, seed: int, calibrated: bool = True
) -> str:
    """SHA-256 over everything that a standing follows from."""
    return digest(
        {
            "format": FORMAT,
            "series": series.to_data(),
            "winners": winners,
            "seed": seed,
            "draws": DRAWS,
            **({} if calibrated else {"calibration": "off"}),
        }
    )


def reviews_of(series: ranking.Series) -> Reviews | None:
    """The series' sheets as arrays, those without a total left out; None if there is none.

    Proposals and jurors are numbered in the order of their keys, so that the same sheets give the
    same arrays in whatever order they came.
    """
    kept: list[tuple[str, str, float, tuple[Whole | None, ...]]] = []
    known: dict[tuple[Whole | None, ...], float | None] = {}
    for sheet in sorted(series.sheets, key=lambda one: (one.idea, one.juror)):
        levels = levels_of(series.rules, sheet)
        if levels not in known:
            known[levels] = _total(series.rules, levels)
        total = known[levels]
        if total is not None:
            kept.append((sheet.idea, sheet.juror, total, levels))
    if not kept:
        return None
    ideas = sorted({row[0] for row in kept})
    jurors = sorted({row[1] for row in kept})
    row_of = {key: number for number, key in enumerate(ideas)}
    column_of = {key: number for number, key in enumerate(jurors)}
    return Reviews(
        ideas=tuple(ideas),
        jurors=tuple(jurors),
        idea=np.array([row_of[row[0]] for row in kept], dtype=np.int64),
        juror=np.array([column_of[row[1]] for row in kept], dtype=np.int64),
        value=np.array([row[2] for row in kept], dtype=np.float64),
        levels=np.array(
            [[np.nan if level is None else float(level) for level in row[3]] for row in kept],
            dtype=np.float64,
        ),
    )


def fit_of(reviews: Reviews, *, calibrated: bool) -> Calibration:
    """The calibration of the sheets; raw scores where the rubric leaves calibration out."""
    fit = calibrate(reviews.idea, reviews.juror, reviews.value)
    return fit if calibrated else left_out(fit)


def stand(
    series: ranking.Series,
    result: ranking.SeriesRanking,
    *,
    winners: int,
    seed: int,
    calibrated: bool = True,
) -> Standing | None:
    """Where the round stands; None before the first sheet with a total.

    Args:
        series: rules, proposals and submitted sheets. result: their ranking.
        winners: how many win; more than there are placed proposals counts as all of them.
        seed: of the draws, recorded with the result.
        calibrated: False: the rubric leaves calibration out, so that scores, places and intervals
            are raw. Signs still compare sheets with each other: they change no score.
    """
    reviews = reviews_of(series)
    if reviews is None:
        return None
    found = fit_of(reviews, calibrated=True)
    fit = found if calibrated else left_out(found)
    row_of = {key: number for number, key in enumerate(reviews.ideas)}
    placed = np.array(
        [row_of[place.idea] for place in result.places if place.rank is not None], dtype=np.int64
    )
    offset, scale = _carried_over(series, reviews)
    effect = offset + scale * fit.effect
    intervals = rank_intervals(
        fit,
        min(winners, placed.size),
        draws=DRAWS,
        seed=seed,
        among=placed,
        offset=offset,
        scale=scale,
    )
    # `placed` is in the raw order, so a stable sort leaves equals in it.
    best_first = np.argsort(-np.round(effect[placed], 9), kind="stable")
    order = np.empty(placed.size, dtype=np.int64)
    order[best_first] = np.arange(1, placed.size + 1)
    single = agreement.icc_of(fit)
    usual = reviews.value.size / len(reviews.ideas)
    return Standing(
        result=result,
        reviews=reviews,
        calibration=fit,
        effect=effect,
        raw=offset + scale * fit.raw,
        placed=placed,
        intervals=intervals,
        order=order,
        flags=flags(found, reviews.idea, reviews.juror, reviews.value, reviews.levels),
        alphas=tuple(
            (key, _alpha(reviews, column)) for column, key in enumerate(series.rules.keys)
        ),
        single=single,
        several=agreement.spearman_brown(single, usual),
        usual=usual,
    )


def with_weights(series: ranking.Series, weights: dict[str, Any]) -> ranking.Series:
    """The same sheets under other weights (criterion's key → exact number); nothing is stored.

    Raises:
        ValueError: a weight is negative or no exact number, or none is above zero.
    """
    data = series.rules.to_data()
    for scale in data["scales"]:
        if scale["key"] in weights:
            scale["weight"] = weights[scale["key"]]
    return replace(series, rules=RankingRules.from_data(data))


def _carried_over(series: ranking.Series, reviews: Reviews) -> tuple[Floats, Floats]:
    """(n,) c · carried and (n,) 1 − c: an earlier score is taken as known exactly.

    A proposal without one stands on this round's sheets alone, as in the ranking.
    """
    carried = {one.key: one.carried for one in series.candidates}
    weight = np.array(
        [0.0 if carried.get(key) is None else float(series.carry_over) for key in reviews.ideas]
    )
    earlier = np.array([float(carried.get(key) or 0) for key in reviews.ideas])
    return weight * earlier, 1.0 - weight


def _alpha(reviews: Reviews, column: int) -> float:
    table = np.full((len(reviews.jurors), len(reviews.ideas)), np.nan)
    table[reviews.juror, reviews.idea] = reviews.levels[:, column]
    return agreement.krippendorff_ordinal(table)


def _total(rules: RankingRules, levels: tuple[Whole | None, ...]) -> float | None:
    recipe = rules.recipe(tuple(level is not None for level in levels))
    if recipe is None:
        return None
    return float(recipe.points(level or 0 for level in levels) / recipe.denominator)
