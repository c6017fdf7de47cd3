"""What the sheets of one proposal add up to, in whole numbers and fractions."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm

from scoring.totals import RankingRules, Recipe, Sheet, Whole, levels_of, published_ratio

Levels = tuple[Whole | None, ...]
Points = tuple[Whole, int]  # numerator and denominator, not in lowest terms


@dataclass
class Tally:
    """What a proposal's sheets add up to."""

    points: list[Points] = field(default_factory=list)
    levels: list[Levels] = field(default_factory=list)
    jurors: set[str] = field(default_factory=set)
    abstained: list[str] = field(default_factory=list)
    gates: dict[str, int] = field(default_factory=dict)  # gate → sheets of yes less those of no
    carried: Fraction | None = None
    weight: Fraction = Fraction(0)

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
        if self.carried is None:
            return self.own
        return self.weight * self.carried + (1 - self.weight) * self.own

    @cached_property
    def own(self) -> Fraction:
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


class Reckoner:
    """Totals of sheets, each combination of whole-number levels checked and reckoned once."""

    def __init__(self, rules: RankingRules) -> None:
        self.rules = rules
        self.known: dict[Levels, Points | None] = {}
        self.recipes: dict[tuple[bool, ...], Recipe | None] = {}

    def __call__(self, sheet: Sheet) -> tuple[Levels, Points | None]:
        levels: Levels = tuple(map(sheet.levels.get, self.rules.keys))  # type: ignore[arg-type]
        plain = set(map(type, levels)) == {int} and len(sheet.levels) == len(levels)
        if not plain or levels not in self.known:
            levels = levels_of(self.rules, sheet)
            self.known[levels] = self._points(levels)
        return levels, self.known[levels]

    def _points(self, levels: Levels) -> Points | None:
        answered = tuple(level is not None for level in levels)
        if answered not in self.recipes:
            self.recipes[answered] = self.rules.recipe(answered)
        recipe = self.recipes[answered]
        if recipe is None:
            return None
        return recipe.points(level or 0 for level in levels), recipe.denominator
