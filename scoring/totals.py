"""What one sheet adds up to, exactly, by the rules that its rubric published.

Proposal i, juror j, criterion c, level x on [lo, hi], weight w::

    y_ij = 100 · Σ_c w_c (x_ijc − lo_c)/(hi_c − lo_c) / Σ_c w_c

All arithmetic is on whole numbers and fractions. "Not applicable" is never zero in silence: the
rules either refuse it or leave the criterion out of that sheet and share its weight among the
rest. Source: the rubric as published to entrants (a weighted additive value model; R. L. Keeney
and H. Raiffa, "Decisions with Multiple Objectives", 1976, ch. 3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from operator import mul
from typing import Any, Final

Number = int | str | Decimal | Fraction
"""An exact number; text is read as a decimal ("2.5") or a fraction ("5/2"). Floats are refused."""

Whole = int | Fraction
"""An exact number in the quickest shape: whole numbers as `int`."""

COMPETITION: Final = "competition"
ORDERED: Final = "ordered"
EXACT: Final = "exact"
PUBLISHED: Final = "published"
REFUSE: Final = "refuse"
REWEIGHT: Final = "reweight"
TIE_STEPS: Final = ("criterion", "median", "lowest", "lot")


def exact(number: Number) -> Fraction:
    """The number as a fraction.

    Raises:
        ValueError: a float or a truth value, text that is no number, or not finite.
    """
    if isinstance(number, bool | float):
        raise ValueError(f"{number!r} is not an exact number")
    try:
        return Fraction(number)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError) as problem:
        raise ValueError(f"{number!r} is not an exact number") from problem


@lru_cache(maxsize=4096, typed=True)
def whole(number: Number) -> Whole:
    """`exact`, with whole numbers as `int`. Levels repeat, so they are remembered."""
    fraction = exact(number)
    return fraction.numerator if fraction.denominator == 1 else fraction


def published(value: Fraction, places: int = 2) -> Decimal:
    """Rounded half up (towards the better score) to `places` decimals, exactly."""
    return published_ratio(value, 1, places)


def published_ratio(value: Whole, divisor: int, places: int = 2) -> Decimal:
    """value ÷ divisor (> 0) rounded as by `published`, without making the fraction first."""
    below = 2 * value.denominator * divisor
    return Decimal((2 * value.numerator * 10**places + below // 2) // below).scaleb(-places)


@dataclass(frozen=True)
class Scale:
    """A scored criterion: levels low…high, weight ≥ 0 on any common scale (their sum is divided
    out), and the smallest mean level with which a proposal may be placed, if there is one."""

    key: str
    weight: Number
    low: Number
    high: Number
    minimum: Number | None = None

    def __post_init__(self) -> None:
        if exact(self.low) >= exact(self.high):
            raise ValueError(f"{self.key}: the highest level must be above the lowest")
        if exact(self.weight) < 0:
            raise ValueError(f"{self.key}: a weight cannot be negative")


@dataclass(frozen=True)
class TieStep:
    """One link of the tie chain.

    by: "criterion" (higher mean on criterion `key`), "median" (higher median of sheet totals),
    "lowest" (higher lowest sheet total) or "lot" (lower SHA-256 of "seed\\nseries\\nproposal").
    """

    by: str
    key: str = ""
    seed: str = ""

    def __post_init__(self) -> None:
        if self.by not in TIE_STEPS:
            raise ValueError(f"ties cannot be broken by {self.by!r}")
        if self.by == "criterion" and not self.key:
            raise ValueError("a tie step by criterion names the criterion")
        if self.by == "lot" and not self.seed:
            raise ValueError("a lot needs its recorded seed")

    @property
    def name(self) -> str:
        return f"{self.by}:{self.key}" if self.key else self.by

    def to_data(self) -> dict[str, str]:
        data = {"by": self.by, "key": self.key, "seed": self.seed}
        return {name: value for name, value in data.items() if value}


@dataclass(frozen=True)
class RankingRules:
    """What a rubric says of arithmetic.

    Attributes:
        scales: criteria with weights; at least one weight above zero.
        gates: questions of yes or no; a proposal to whose gate more sheets answer no than yes is
            not placed.
        ties: the chain, applied in order to whatever is still equal.
        not_applicable: "refuse" (a missing answer is an error) or "reweight".
        order: "competition" (equals share a place: 1, 2, 2, 4) or "ordered" (everyone has their
            own place; the chain then ends in a lot).
        compare: "exact" (scores equal only as fractions) or "published" (equal as published).
        places: decimals of the published score.

    Raises:
        ValueError: any of this is not so.
    """

    scales: tuple[Scale, ...]
    ties: tuple[TieStep, ...] = ()
    not_applicable: str = REFUSE
    order: str = COMPETITION
    compare: str = EXACT
    places: int = 2
    gates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        keys = [scale.key for scale in self.scales]
        named = [*keys, *self.gates]
        if len(set(named)) != len(named):
            raise ValueError("two criteria have the same key")
        if not any(exact(scale.weight) for scale in self.scales):
            raise ValueError("some criterion needs a weight above zero")
        for step in self.ties:
            if step.by == "criterion" and step.key not in keys:
                raise ValueError(f"the tie chain names an unknown criterion {step.key!r}")
        if self.not_applicable not in (REFUSE, REWEIGHT):
            raise ValueError(f"unknown policy for not applicable: {self.not_applicable!r}")
        if self.order not in (COMPETITION, ORDERED) or self.compare not in (EXACT, PUBLISHED):
            raise ValueError("unknown order or comparison")
        if self.order == ORDERED and not (self.ties and self.ties[-1].by == "lot"):
            raise ValueError("places of one's own need a tie chain that ends in a lot")
        if self.places < 0:
            raise ValueError("decimals cannot be negative")

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "RankingRules":
        """From the shape that `to_data` gives, e.g. ties `[{"by": "median"}, …]`."""
        known = ("scales", "ties", "gates")
        rest = {key: value for key, value in data.items() if key not in known}
        return cls(
            scales=tuple(Scale(**scale) for scale in data["scales"]),
            ties=tuple(TieStep(**step) for step in data.get("ties", ())),
            gates=tuple(data.get("gates", ())),
            **rest,
        )

    def to_data(self) -> dict[str, Any]:
        """Plain data for JSON; numbers as exact text, so that 25 and 25.0 give the same bytes.

        Gates are named when there are any: rules without them keep the bytes of format 1.
        """
        gates = {"gates": list(self.gates)} if self.gates else {}
        return gates | {
            "scales": [
                {
                    name: value if name == "key" else str(exact(value))
                    for name, value in vars(scale).items()
                    if value is not None
                }
                for scale in self.scales
            ],
            "ties": [step.to_data() for step in self.ties],
            "not_applicable": self.not_applicable,
            "order": self.order,
            "compare": self.compare,
            "places": self.places,
        }

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(scale.key for scale in self.scales)

    @cached_property
    def lows(self) -> tuple[Whole, ...]:
        return tuple(whole(scale.low) for scale in self.scales)

    @cached_property
    def highs(self) -> tuple[Whole, ...]:
        return tuple(whole(scale.high) for scale in self.scales)

    def recipe(self, answered: tuple[bool, ...]) -> "Recipe | None":
        """Whole-number coefficients when these criteria are answered; None if none weighs."""
        weights = [
            exact(scale.weight) if applies else Fraction(0)
            for scale, applies in zip(self.scales, answered, strict=True)
        ]
        total = sum(weights)
        if not total:
            return None
        factors = [
            100 * weight / total / (high - low)
            for weight, low, high in zip(weights, self.lows, self.highs, strict=True)
        ]
        offset = sum(map(mul, factors, self.lows), Fraction(0))
        common = lcm(offset.denominator, *(factor.denominator for factor in factors))
        return Recipe(
            tuple(int(factor * common) for factor in factors), int(offset * common), common
        )


@dataclass(frozen=True)
class Recipe:
    """Total of a sheet = (Σ factor · level − offset) / denominator, over the rules' criteria."""

    factors: tuple[int, ...]
    offset: int
    denominator: int

    def points(self, levels: Iterable[Whole]) -> Whole:
        """The total times `denominator`."""
        total: Whole = sum(map(mul, self.factors, levels))
        return total - self.offset


@dataclass(frozen=True)
class Sheet:
    """One juror's submitted sheet: a level per criterion key, None where not applicable.

    gates: answer per gate: 1 yes, 0 no, 2 to be clarified, None not answered.
    """

    idea: str
    juror: str
    levels: Mapping[str, Number | None]
    gates: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.idea}, {self.juror}"


def sheet_total(rules: RankingRules, sheet: Sheet) -> Fraction | None:
    """y_ij of one sheet, points 0–100, exactly; None if no weighted criterion applies.

    Raises:
        ValueError: a criterion is missing or unknown, a level is off its scale or not an exact
            number, or "not applicable" is used although the rules refuse it.
    """
    levels = levels_of(rules, sheet)
    recipe = rules.recipe(tuple(level is not None for level in levels))
    if recipe is None:
        return None
    return Fraction(recipe.points(level or 0 for level in levels), recipe.denominator)


def levels_of(rules: RankingRules, sheet: Sheet) -> tuple[Whole | None, ...]:
    """The sheet's levels in the order of the rules' criteria, checked.

    Raises:
        ValueError: see `sheet_total`.
    """
    given = sheet.levels
    if len(given) != len(rules.keys) or any(key not in given for key in rules.keys):
        wrong = ", ".join(sorted(given.keys() ^ set(rules.keys)))
        raise ValueError(f"{sheet.name}: criteria missing or unknown: {wrong}")
    levels: list[Whole | None] = []
    for key, low, high in zip(rules.keys, rules.lows, rules.highs, strict=True):
        level = given[key]
        if level is None:
            if rules.not_applicable == REFUSE:
                raise ValueError(f"{sheet.name}: {key} must be answered")
        else:
            level = level if type(level) is int else whole(level)
            if not low <= level <= high:
                raise ValueError(f"{sheet.name}: {key} is not between {low} and {high}")
        levels.append(level)
    return tuple(levels)
