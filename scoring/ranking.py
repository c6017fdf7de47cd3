"""The raw ranking: exact, recomputable by hand, the same bytes from the same sheets.

The score of a proposal is the mean of its sheets' totals (`scoring.totals`), as a fraction;
nothing is rounded before the published score, which is rounded half up. Ties go down the chain
that the rubric published.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from math import lcm
from typing import Any, Final

from core.canonical import canonical
from scoring.tally import Reckoner, Tally
from scoring.totals import (
    PUBLISHED,
    Number,
    RankingRules,
    Sheet,
    TieStep,
    exact,
    published,
)

NO_SHEETS: Final = "no_sheets"
BELOW_MINIMUM: Final = "below_minimum"
GATE_FAILED: Final = "gate_failed"
NO, YES, CLARIFY = 0, 1, 2
SHARED: Final = "shared"
FORMAT: Final = "talkoot-ranking/1"

_Step = tuple[str, Callable[[str], Fraction]]


@dataclass(frozen=True)
class Candidate:
    """A proposal to be placed; `jurors` are those whose sheets are expected (None: not known).

    `carried` is its exact score, 0–100, of the earlier rounds; None when there is none to carry.
    """

    key: str
    jurors: tuple[str, ...] | None = None
    carried: Fraction | None = None


@dataclass(frozen=True)
class Series:
    """All that one ranking needs; the order of candidates and sheets makes no difference.

    `carry_over` c, 0–1, is the frozen weight of the earlier rounds: the score by which proposals
    are placed is c · carried + (1 − c) · mean of this round's sheets, as an exact fraction.
    """

    key: str
    rules: RankingRules
    candidates: tuple[Candidate, ...]
    sheets: tuple[Sheet, ...]
    carry_over: Fraction = Fraction(0)

    def to_data(self) -> dict[str, Any]:
        """Plain data for JSON, in one order: what the audit package keeps and `recompute` reads."""
        candidates = sorted(self.candidates, key=lambda one: one.key)
        sheets = sorted(self.sheets, key=lambda one: (one.idea, one.juror))
        return {
            "series": self.key,
            "rules": self.rules.to_data(),
            **({"carry_over": str(self.carry_over)} if self.carry_over else {}),
            "candidates": [
                {
                    "idea": one.key,
                    "jurors": None if one.jurors is None else sorted(one.jurors),
                    **({} if one.carried is None else {"carried": str(one.carried)}),
                }
                for one in candidates
            ],
            "sheets": [
                {
                    "idea": one.idea,
                    "juror": one.juror,
                    "levels": {key: _level_data(level) for key, level in one.levels.items()},
                    **({"gates": dict(one.gates)} if one.gates else {}),
                }
                for one in sheets
            ],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Series":
        """From the shape that `to_data` gives.

        Raises:
            KeyError, TypeError, ValueError: it is not of that shape.
        """
        return cls(
            carry_over=Fraction(data.get("carry_over", 0)),
            key=data["series"],
            rules=RankingRules.from_data(data["rules"]),
            candidates=tuple(
                Candidate(
                    key=one["idea"],
                    jurors=None if one["jurors"] is None else tuple(one["jurors"]),
                    carried=Fraction(one["carried"]) if "carried" in one else None,
                )
                for one in data["candidates"]
            ),
            sheets=tuple(
                Sheet(one["idea"], one["juror"], one["levels"], one.get("gates", {}))
                for one in data["sheets"]
            ),
        )


@dataclass(frozen=True)
class Place:
    """One line of the ranking.

    Attributes:
        idea: the proposal. rank: 1 is best; None if it cannot be placed.
        score: published points 0–100. exact: the same unrounded, as a fraction "n/d".
        sheets: how many count. missing: jurors whose sheet is awaited. abstained: jurors whose
            sheet answers no weighted criterion.
        means: (criterion, mean level in its own scale, published rounding) of the answered ones.
        decided_by: "score", the tie step that settled the place, or "shared".
        reason: None, "no_sheets", "gate_failed:<criterion>" or "below_minimum:<criterion>".
        own, carried: what `exact` was put together from, as fractions; None when nothing is
            carried over.
    """

    idea: str
    rank: int | None
    score: Decimal | None
    exact: str | None
    sheets: int
    missing: tuple[str, ...]
    abstained: tuple[str, ...]
    means: tuple[tuple[str, Decimal], ...]
    decided_by: str | None
    reason: str | None
    own: str | None = None
    carried: str | None = None


@dataclass(frozen=True)
class SeriesRanking:
    """Places in order, those without a place last; progress in sheets."""

    series: str
    rules: RankingRules
    places: tuple[Place, ...]
    expected: int
    submitted: int
    carry_over: Fraction = Fraction(0)

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """(proposal, juror) of every sheet still awaited."""
        return tuple((place.idea, juror) for place in self.places for juror in place.missing)

    @property
    def complete(self) -> bool:
        """Every expected sheet is in and no proposal is without one."""
        return not self.missing and all(place.reason != NO_SHEETS for place in self.places)

    def to_data(self) -> dict[str, Any]:
        return {
            "series": self.series,
            "rules": self.rules.to_data(),
            **({"carry_over": str(self.carry_over)} if self.carry_over else {}),
            "expected": self.expected,
            "submitted": self.submitted,
            "places": [_place_data(place) for place in self.places],
        }


def rank(series: Series) -> SeriesRanking:
    """Place the proposals of one series.

    Raises:
        ValueError: a sheet is faulty (see `sheet_total`), given twice, of a proposal that is no
            candidate or of a juror who was not to score it; or a candidate is given twice.
    """
    expected = {candidate.key: candidate.jurors for candidate in series.candidates}
    if len(expected) != len(series.candidates):
        raise ValueError(f"{series.key}: a proposal is given twice")
    if not 0 <= series.carry_over <= 1:
        raise ValueError(f"{series.key}: the weight of earlier rounds must be from 0 to 1")
    tallies = _tally(series, expected)
    if series.carry_over:
        for candidate in series.candidates:
            tally = tallies[candidate.key]
            tally.carried, tally.weight = candidate.carried, series.carry_over
    rules = series.rules
    reasons = {key: _reason(rules, tallies[key]) for key in expected}
    settled = _settle(series, {key: tallies[key] for key in expected if reasons[key] is None})
    placed = {key: (position, decided) for key, position, decided in settled}
    order = [key for key, _, _ in settled]
    order += sorted(key for key in expected if reasons[key] is not None)
    places = tuple(
        _place(rules, key, tallies[key], expected[key], placed.get(key), reasons[key])
        for key in order
    )
    awaited = sum(len(place.missing) for place in places)
    return SeriesRanking(
        series=series.key,
        rules=rules,
        places=places,
        expected=len(series.sheets) + awaited,
        submitted=len(series.sheets),
        carry_over=series.carry_over,
    )


def canonical_json(rankings: Iterable[SeriesRanking]) -> bytes:
    """The ranking as UTF-8 JSON: sorted keys and series, no spaces, one newline at the end.

    Equal input gives equal bytes, in whatever order it came; this is what `recompute` compares.
    """
    ordered = sorted(rankings, key=lambda ranking: ranking.series)
    data = {"format": FORMAT, "rankings": [ranking.to_data() for ranking in ordered]}
    return canonical(data) + b"\n"


def _tally(
    series: Series, expected: Mapping[str, tuple[str, ...] | None]
) -> defaultdict[str, Tally]:
    rules = series.rules
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    reckon = Reckoner(rules)
    for sheet in series.sheets:
        if sheet.idea not in expected:
            raise ValueError(f"{sheet.name}: no such proposal in series {series.key}")
        jurors = expected[sheet.idea]
        if jurors is not None and sheet.juror not in jurors:
            raise ValueError(f"{sheet.name}: this juror was not to score this proposal")
        tally = tallies[sheet.idea]
        if sheet.juror in tally.jurors:
            raise ValueError(f"{sheet.name}: two sheets")
        tally.jurors.add(sheet.juror)
        _answer_gates(rules, sheet, tally)
        levels, points = reckon(sheet)
        if points is None:
            tally.abstained.append(sheet.juror)
        else:
            tally.points.append(points)
            tally.levels.append(levels)
    return tallies


def _answer_gates(rules: RankingRules, sheet: Sheet, tally: Tally) -> None:
    for gate in rules.gates:
        answer = sheet.gates.get(gate)
        if answer not in (NO, YES, CLARIFY, None):
            raise ValueError(f"{sheet.name}: {gate} is answered with yes, no or to be clarified")
        if answer in (NO, YES):
            tally.gates[gate] = tally.gates.get(gate, 0) + (1 if answer == YES else -1)


def _reason(rules: RankingRules, tally: Tally) -> str | None:
    """Why it cannot be placed. A gate is failed by more sheets that say no than yes: where they
    are even, or all wait for a clarification, the proposal is not shut out in silence."""
    for gate in rules.gates:
        if tally.gates.get(gate, 0) < 0:
            return f"{GATE_FAILED}:{gate}"
    if not tally.points:
        return NO_SHEETS
    for number, scale in enumerate(rules.scales):
        mean = tally.mean(number) if scale.minimum is not None else None
        if scale.minimum is not None and mean is not None and mean < exact(scale.minimum):
            return f"{BELOW_MINIMUM}:{scale.key}"
    return None


def _settle(series: Series, tallies: Mapping[str, Tally]) -> list[tuple[str, int, str]]:
    """(proposal, rank, what settled it), best first."""
    rules = series.rules

    def score(key: str) -> Fraction:
        value = tallies[key].score
        if rules.compare == PUBLISHED:
            return Fraction(published(value, rules.places))
        return value

    steps: list[_Step] = [("score", score)]
    steps += [(step.name, _tie_key(step, series, tallies)) for step in rules.ties]
    settled: list[tuple[str, int, str]] = []
    for group, name in _split(sorted(tallies), steps, "score"):
        first = len(settled) + 1
        settled += [(key, first, name) for key in group]
    return settled


def _tie_key(
    step: TieStep, series: Series, tallies: Mapping[str, Tally]
) -> Callable[[str], Fraction]:
    """What the step compares, higher first."""

    def value(key: str) -> Fraction:
        tally = tallies[key]
        if step.by == "criterion":
            number = series.rules.keys.index(step.key)
            mean = tally.mean(number)
            # A criterion that applied on no sheet comes after its lowest level.
            return Fraction(series.rules.lows[number] - 1) if mean is None else mean
        if step.by == "median":
            return tally.median
        if step.by == "lowest":
            return tally.lowest
        digest = hashlib.sha256(f"{step.seed}\n{series.key}\n{key}".encode()).digest()
        return Fraction(-int.from_bytes(digest))

    return value


def _split(group: list[str], steps: Sequence[_Step], name: str) -> Iterable[tuple[list[str], str]]:
    """Groups of equals, best first, with the step that set each apart."""
    if len(group) < 2 or not steps:
        yield group, name if len(group) < 2 else SHARED
        return
    (step, value), *rest = steps
    values = {key: value(key) for key in group}
    # Over one denominator, fractions compare as whole numbers do: exact, and much faster.
    common = lcm(*{one.denominator for one in values.values()})
    whole = {key: one.numerator * (common // one.denominator) for key, one in values.items()}
    for _, equals in groupby(sorted(group, key=lambda key: -whole[key]), key=whole.__getitem__):
        yield from _split(list(equals), rest, step)


def _place(
    rules: RankingRules,
    key: str,
    tally: Tally,
    jurors: tuple[str, ...] | None,
    placed: tuple[int, str] | None,
    reason: str | None,
) -> Place:
    return Place(
        idea=key,
        rank=placed[0] if placed else None,
        score=published(tally.score, rules.places) if tally.points else None,
        exact=str(tally.score) if tally.points else None,
        sheets=len(tally.points),
        missing=tuple(sorted(set(jurors or ()) - tally.jurors)),
        abstained=tuple(sorted(tally.abstained)),
        means=tally.means(rules) if tally.points else (),
        decided_by=placed[1] if placed else None,
        reason=reason,
        own=str(tally.own) if tally.points and tally.carried is not None else None,
        carried=None if tally.carried is None else str(tally.carried),
    )


def _level_data(level: Number | None) -> int | str | None:
    """Whole numbers as they are, other exact numbers as text."""
    return level if level is None or type(level) is int else str(exact(level))


def _place_data(place: Place) -> dict[str, Any]:
    data = dict(vars(place))
    data["score"] = None if place.score is None else str(place.score)
    data["means"] = {name: str(mean) for name, mean in place.means}
    if place.carried is None:
        del data["own"], data["carried"]
    return data
