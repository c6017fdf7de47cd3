"""The plan of rounds that a rubric freezes: what follows what, who advances, what is carried over.

In the rubric it is a list of `{"kind", "reviews", "advance": {"by", "value"}, "carry_over",
"live"}`; an empty list is one scoring round, as most challenges have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from scoring.models import Rubric
from scoring.states import RoundKind

BEST: Final = "best"
THRESHOLD: Final = "threshold"
ALL: Final = "all"
MOST_REVIEWS: Final = 60
MOST_STAGES: Final = 8


@dataclass(frozen=True)
class Advance:
    """Who goes on: the `best` value, those with a score of at least value (0–100), or all."""

    by: str = ALL
    value: Decimal = Decimal(0)

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> "Advance":
        given = data or {}
        return cls(str(given.get("by") or ALL), _decimal(given.get("value") or 0))

    def to_data(self) -> dict[str, str]:
        return {"by": self.by, "value": f"{self.value:f}"}


@dataclass(frozen=True)
class Stage:
    """One round of the plan. `carry_over` is the weight, 0–1, of the earlier rounds' score."""

    kind: str
    reviews: int
    advance: Advance = Advance()
    carry_over: Decimal = Decimal(0)
    live: bool = False

    @property
    def is_scored(self) -> bool:
        """By jurors, on sheets. Eligibility is found by staff, proposal by proposal."""
        return self.kind != RoundKind.ELIGIBILITY


def plan_of(rubric: Rubric) -> tuple[Stage, ...]:
    """The stages in order; never empty."""
    given = _rows(rubric)
    if not given:
        return (Stage(RoundKind.SCREENING, rubric.reviews),)
    return tuple(
        Stage(
            kind=str(row["kind"]),
            reviews=int(row.get("reviews") or rubric.reviews),
            advance=Advance.of(row.get("advance")),
            carry_over=_decimal(row.get("carry_over") or 0),
            live=bool(row.get("live")),
        )
        for row in given
    )


def is_planned(rubric: Rubric) -> bool:
    """Whether the rubric says which rounds there are; else there is one, and room for a grey."""
    return bool(_rows(rubric))


def problems(rounds: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with a plan before it is frozen, each in words for staff."""
    if len(rounds) > MOST_STAGES:
        yield _("There are more than %(most)s rounds.") % {"most": MOST_STAGES}
        return
    scored = [row for row in rounds if row.get("kind") != RoundKind.ELIGIBILITY]
    if rounds and not scored:
        yield _("The plan of rounds has no round that jurors score.")
    for number, row in enumerate(rounds, start=1):
        first = bool(scored) and row is scored[0]
        last = number == len(rounds)
        for words in _row_problems(row, first=first, last=last, number=number):
            yield _("Round %(number)s: %(problem)s") % {"number": number, "problem": words}


def _row_problems(row: Mapping[str, Any], *, first: bool, last: bool, number: int) -> Iterator[str]:
    kind = row.get("kind")
    if kind not in RoundKind.values:
        yield _("unknown kind of round.")
        return
    if kind == RoundKind.ELIGIBILITY and number > 1:
        yield _("eligibility can only come first.")
    if kind == RoundKind.GREY and first:
        yield _("a grey zone needs a round before it.")
    if kind == RoundKind.FINAL and not last:
        yield _("the final can only come last.")
    reviews = row.get("reviews")
    if not isinstance(reviews, int) or not 1 <= reviews <= MOST_REVIEWS:
        yield _("reviews per proposal must be from 1 to %(most)s.") % {"most": MOST_REVIEWS}
    try:
        carried, advance = _decimal(row.get("carry_over") or 0), Advance.of(row.get("advance"))
    except InvalidOperation:
        yield _("write weights and limits as numbers.")
        return
    if not 0 <= carried <= 1 or carried != round(carried, 4):
        yield _("the weight of earlier scores must be from 0 to 1, with at most four decimals.")
    if carried and (first or kind in (RoundKind.ELIGIBILITY, RoundKind.GREY)):
        yield _("there is no earlier score to carry over.")
    if kind != RoundKind.ELIGIBILITY:
        yield from _advance_problems(advance, last=last)


def _advance_problems(advance: Advance, *, last: bool) -> Iterator[str]:
    if advance.by not in (BEST, THRESHOLD, ALL):
        yield _("say who advances: the best, those above a limit, or all.")
    elif last and advance.by != ALL:
        yield _("nobody advances from the last round.")
    elif advance.by == BEST and (advance.value < 1 or advance.value % 1):
        yield _("the number of those who advance must be at least 1.")
    elif advance.by == THRESHOLD and not 0 <= advance.value <= 100:
        yield _("the limit must be from 0 to 100.")


def _rows(rubric: Rubric) -> list[Mapping[str, Any]]:
    return list(rubric.rounds or [])


def _decimal(given: Any) -> Decimal:
    """Raises InvalidOperation for what is not a finite number."""
    value = Decimal(str(given))
    if not value.is_finite():
        raise InvalidOperation(str(given))
    return value
