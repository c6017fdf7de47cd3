"""The raw ranking: exact, recomputable by hand, the same bytes from the same sheets.

The score of a proposal is the mean of its sheets' totals (`scoring.totals`), as a fraction;
nothing is rounded before the published score, which is rounded half up. Ties go down the chain
that the rubric published.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from math import lcm
from typing import Any, Final

from core.canonical import canonical
from scoring.totals import (
    PUBLISHED,
    RankingRules,
    Recipe,
    Sheet,
    TieStep,
    Whole,
    exact,
    levels_of,
    published,
    published_ratio,
)

NO_SHEETS: Final = "no_sheets"
BELOW_MINIMUM: Final = "below_minimum"
SHARED: Final = "shared"
FORMAT: Final = "talkoot-ranking/1"

_Levels = tuple[Whole | None, ...]
_Points = tuple[Whole, int]  # numerator and denominator, not in lowest terms
_Step = tuple[str, Callable[[str], Fraction]]


@dataclass(frozen=True)
class Candidate:
    """A proposal to be placed; `jurors` are those whose sheets are expected (None: not known)."""

    key: str
    jurors: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Series:
    """All that one ranking needs; the order of candidates and sheets makes no difference."""

    key: str
    rules: RankingRules
    candidates: tuple[Candidate, ...]
    sheets: tuple[Sheet, ...]


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
        reason: None, "no_sheets" or "below_minimum:<criterion>".
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


@dataclass(frozen=True)
class SeriesRanking:
    """Places in order, those without a place last; progress in sheets."""

    series: str
    rules: RankingRules
    places: tuple[Place, ...]
    expected: int
    submitted: int

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
            "expected": self.expected,
            "submitted": self.submitted,
            "places": [_place_data(place) for place in self.places],
        }


@dataclass
class _Tally:
    """What a proposal's sheets add up to."""

    points: list[_Points] = field(default_factory=list)
    levels: list[_Levels] = field(default_factory=list)
    jurors: set[str] = field(default_factory=set)
    abstained: list[str] = field(default_factory=list)

    @cached_property
    def sums(self) -> list[tuple[Whole, int]]:
        """(sum of levels, number of answers) of each criterion."""
        answers = [
            [level for level in column if level is not None]
            for column in zip(*self.levels, strict=True)
        ]
        return [(sum(column), len(column)) for column in answers]

    @cached_property
    def score(self) -> Fraction:
        parts: dict[int, Whole] = {}
        for points, denominator in self.points:
            parts[denominator] = parts.get(denominator, 0) + points
        shares = [Fraction(points, size * len(self.points)) for size, points in parts.items()]
        return shares[0] if len(shares) == 1 else sum(shares, Fraction(0))

    @cached_property
    def totals(self) -> tuple[list[Whole], int]:
        """Sheet totals over one denominator, lowest first, and that denominator."""
        common = lcm(*{denominator for _, denominator in self.points})
        return sorted(points * (common // size) for points, size in self.points), common

    @property
    def lowest(self) -> Fraction:
        totals, common = self.totals
        return Fraction(totals[0], common)

    @property
    def median(self) -> Fraction:
        totals, common = self.totals
        middle = len(totals) // 2
        return Fraction(totals[middle] + totals[-middle - 1], 2 * common)

    def mean(self, number: int) -> Fraction | None:
        """Mean level on one criterion, by its number among the rules' criteria."""
        total, answers = self.sums[number]
        return Fraction(total, answers) if answers else None

    def means(self, rules: RankingRules) -> tuple[tuple[str, Decimal], ...]:
        return tuple(
            (key, published_ratio(total, answers, rules.places))
            for key, (total, answers) in zip(rules.keys, self.sums, strict=True)
            if answers
        )


def rank(series: Series) -> SeriesRanking:
    """Place the proposals of one series.

    Raises:
        ValueError: a sheet is faulty (see `sheet_total`), given twice, of a proposal that is no
            candidate or of a juror who was not to score it; or a candidate is given twice.
    """
    expected = {candidate.key: candidate.jurors for candidate in series.candidates}
    if len(expected) != len(series.candidates):
        raise ValueError(f"{series.key}: a proposal is given twice")
    tallies = _tally(series, expected)
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
    )


def canonical_json(rankings: Iterable[SeriesRanking]) -> bytes:
    """The ranking as UTF-8 JSON: sorted keys and series, no spaces, one newline at the end.

    Equal input gives equal bytes, in whatever order it came; this is what `recompute` compares.
    """
    ordered = sorted(rankings, key=lambda ranking: ranking.series)
    data = {"format": FORMAT, "rankings": [ranking.to_data() for ranking in ordered]}
    return canonical(data) + b"\n"


class _Reckoner:
    """Totals of sheets, each combination of whole-number levels checked and reckoned once."""

    def __init__(self, rules: RankingRules) -> None:
        self.rules = rules
        self.known: dict[_Levels, _Points | None] = {}
        self.recipes: dict[tuple[bool, ...], Recipe | None] = {}

    def __call__(self, sheet: Sheet) -> tuple[_Levels, _Points | None]:
        levels: _Levels = tuple(map(sheet.levels.get, self.rules.keys))  # type: ignore[arg-type]
        plain = set(map(type, levels)) == {int} and len(sheet.levels) == len(levels)
        if not plain or levels not in self.known:
            levels = levels_of(self.rules, sheet)
            self.known[levels] = self._points(levels)
        return levels, self.known[levels]

    def _points(self, levels: _Levels) -> _Points | None:
        answered = tuple(level is not None for level in levels)
        if answered not in self.recipes:
            self.recipes[answered] = self.rules.recipe(answered)
        recipe = self.recipes[answered]
        if recipe is None:
            return None
        return recipe.points(level or 0 for level in levels), recipe.denominator


def _tally(
    series: Series, expected: Mapping[str, tuple[str, ...] | None]
) -> defaultdict[str, _Tally]:
    rules = series.rules
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    reckon = _Reckoner(rules)
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
        levels, points = reckon(sheet)
        if points is None:
            tally.abstained.append(sheet.juror)
        else:
            tally.points.append(points)
            tally.levels.append(levels)
    return tallies


def _reason(rules: RankingRules, tally: _Tally) -> str | None:
    if not tally.points:
        return NO_SHEETS
    for number, scale in enumerate(rules.scales):
        mean = tally.mean(number) if scale.minimum is not None else None
        if scale.minimum is not None and mean is not None and mean < exact(scale.minimum):
            return f"{BELOW_MINIMUM}:{scale.key}"
    return None


def _settle(series: Series, tallies: Mapping[str, _Tally]) -> list[tuple[str, int, str]]:
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
    step: TieStep, series: Series, tallies: Mapping[str, _Tally]
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
    tally: _Tally,
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
    )


def _place_data(place: Place) -> dict[str, Any]:
    data = dict(vars(place))
    data["score"] = None if place.score is None else str(place.score)
    data["means"] = {name: str(mean) for name, mean in place.means}
    return data
