"""From rankings to an award, purely: whose order decides, where the award departs from it, and the
one content that is approved, signed and published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from core import lazy
from core.canonical import digest
from scoring.ranking import Series, SeriesRanking
from scoring.totals import sheet_total

if TYPE_CHECKING:
    from scoring import calibration
else:  # NumPy and SciPy, which a web server seldom needs
    calibration = lazy.module("scoring.calibration")

RAW: Final = "raw"
CALIBRATED: Final = "calibrated"
FORMAT: Final = "talkoot-decision/1"
CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Order:
    """The order that decides in one series.

    Attributes:
        by: "raw" (the plain mean) or "calibrated".
        reason: why the raw order decides although the rubric promised the calibrated one, else "".
        ranks: proposal → place, of those that have one.
        scores: proposal → calibrated points 0–100 with two decimals; empty when `by` is "raw".
    """

    series: str
    by: str
    reason: str
    ranks: Mapping[str, int]
    scores: Mapping[str, Decimal]

    def to_data(self) -> dict[str, Any]:
        ordered = sorted(self.ranks, key=lambda key: (self.ranks[key], key))
        return {
            "series": self.series,
            "by": self.by,
            "reason": self.reason,
            "order": [
                {
                    "idea": key,
                    "rank": self.ranks[key],
                    "score": str(self.scores[key]) if key in self.scores else None,
                }
                for key in ordered
            ],
        }


def order_of(given: Series, result: SeriesRanking, *, calibrated: bool) -> Order:
    """Whose order decides: the raw ranking, or the calibrated scores where the rubric said so.

    Calibrated scores are rounded half up to two decimals and compared as such; equals stay in the
    raw order, which ends in the rubric's own tie chain. Rounding makes the order the same on every
    machine, whatever its linear algebra does to the last bits. A score carried over from earlier
    rounds weighs as it does in the ranking.
    """
    ranks = {place.idea: place.rank for place in result.places if place.rank is not None}
    if not calibrated:
        return Order(result.series, RAW, "", ranks, {})
    # A sheet that gives no points at all has a total too: it is the lowest, not missing.
    found = ((one, sheet_total(given.rules, one)) for one in given.sheets)
    totals = [(one, total) for one, total in found if total is not None]
    # In the order of keys: the same sheets give the same arrays in whatever order they came.
    totals.sort(key=lambda pair: (pair[0].idea, pair[0].juror))
    if not totals:
        return Order(result.series, RAW, "no_sheets", ranks, {})
    ideas = {key: n for n, key in enumerate(sorted({one.idea for one, _ in totals}))}
    jurors = {key: n for n, key in enumerate(sorted({one.juror for one, _ in totals}))}
    fit = calibration.calibrate(
        [ideas[one.idea] for one, _ in totals],
        [jurors[one.juror] for one, _ in totals],
        [float(total) for _, total in totals],
    )
    if not fit.used:
        return Order(result.series, RAW, fit.reason or "", ranks, {})
    weight = float(given.carry_over)
    carried = {one.key: one.carried for one in given.candidates if weight}
    scores = {}
    for key in ranks:
        if key in ideas:
            own, earlier = float(fit.effect[ideas[key]]), carried.get(key)
            scores[key] = _cents(
                own if earlier is None else weight * float(earlier) + (1 - weight) * own
            )
    best_first = sorted(scores, key=lambda key: (-scores[key], ranks[key]))
    return Order(
        result.series,
        CALIBRATED,
        "",
        {key: number for number, key in enumerate(best_first, 1)},
        scores,
    )


def _cents(value: float) -> Decimal:
    return Decimal(f"{value:.9f}").quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One proposal in the award of its series; `rank` None: not placed."""

    key: Any
    rank: int | None
    awarded: bool


def departures(lines: Iterable[Line], *, winners: int) -> set[Any]:
    """Keys of the lines whose award needs a reason, `winners` being how many were promised.

    * passed over: placed among the winners, or before somebody who is awarded, and not awarded;
    * awarded without a place;
    * awarded although no place was free: beyond the promised number, less those passed over.
    """
    lines = list(lines)
    awarded = [line for line in lines if line.awarded]
    last = max((line.rank for line in awarded if line.rank is not None), default=0)
    passed = {
        line.key
        for line in lines
        if not line.awarded and line.rank is not None and (line.rank <= winners or line.rank < last)
    }
    unplaced = {line.key for line in awarded if line.rank is None}
    placed = sorted(
        (line for line in awarded if line.rank is not None), key=lambda line: line.rank or 0
    )
    beyond = {line.key for line in placed[winners:]}
    return passed | unplaced | beyond


def content(
    *,
    verdicts: Sequence[Mapping[str, Any]],
    statement: str,
    ranking_digest: str,
    publish_at: str | None,
    objection_days: int,
) -> dict[str, Any]:
    """What is approved, signed and published; its canonical JSON is what the digest is taken of."""
    return {
        "format": FORMAT,
        "verdicts": sorted(verdicts, key=lambda verdict: str(verdict["idea"])),
        "statement": statement,
        "ranking": ranking_digest,
        "publish_at": publish_at,
        "objection_days": objection_days,
    }


def content_digest(data: Mapping[str, Any]) -> str:
    return digest(data)
