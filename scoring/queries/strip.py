"""Reads: all that a juror has scored, on one strip, to be compared before locking."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import prefetch_related_objects

from scoring.models import Juror
from scoring.queries.desk import CriterionRow, QueueItem, queue_of, rows_of, scale_of

WIDTH, SIDE, DOT = 1000, 30, 13  # units of the picture: its width, its margins, a dot's radius


@dataclass(frozen=True)
class Dot:
    """A proposal's place on the strip, in the picture's units; equals are stacked."""

    item: QueueItem
    x: int
    y: int


@dataclass(frozen=True)
class Strip:
    """One scale with everything that is scored on it, best first."""

    low: int
    high: int
    dots: tuple[Dot, ...]
    height: int

    @property
    def marks(self) -> tuple[tuple[int, int], ...]:
        """(value, x) of the scale's whole numbers; of a long scale its tens."""
        step = 1 if self.high - self.low <= 10 else 10
        return tuple((v, _x(v, self.low, self.high)) for v in range(self.low, self.high + 1, step))


@dataclass(frozen=True)
class Line:
    """A proposal in the list under the strip, with what was chosen."""

    item: QueueItem
    rows: tuple[CriterionRow, ...]

    @property
    def at(self) -> int | None:
        """Its place on a line of its own, in units of 1/300 of it: the strip of a narrow screen."""
        if self.item.score is None:
            return None
        low, high = scale_of(self.item.assignment.round.rubric)
        return 7 + round(286 * (float(self.item.score) - low) / (high - low))

    @property
    def is_open(self) -> bool:
        return self.item.state in ("ready", "half")


def strips_of(juror: Juror) -> tuple[list[Strip], list[Line]]:
    """The juror's own results: a strip for each scale, and the proposals from the best.

    The cost does not grow with the number of proposals.
    """
    queue = queue_of(juror)
    scored = [i for i in queue.items if i.state in ("ready", "half", "done", "abstained")]
    sheets = [i.assignment.sheet for i in scored]
    prefetch_related_objects(sheets, "scores")
    best_first = sorted(scored, key=lambda i: (i.score is None, -(i.score or 0), i.number))
    by_scale: dict[tuple[int, int], list[QueueItem]] = {}
    for item in best_first:
        if item.score is not None:
            scale = scale_of(item.assignment.round.rubric)
            by_scale.setdefault(scale, []).append(item)
    strips = [_strip(low, high, items) for (low, high), items in by_scale.items()]
    return strips, [Line(item, tuple(rows_of(item.assignment))) for item in best_first]


def _strip(low: int, high: int, items: list[QueueItem]) -> Strip:
    """Dots that would touch stand on each other."""
    stacked: Counter[int] = Counter()
    placed: list[tuple[QueueItem, int, int]] = []
    for item in items:
        x = _x(item.score or Decimal(0), low, high)
        column = x // (2 * DOT)
        placed.append((item, column * 2 * DOT + DOT, stacked[column]))
        stacked[column] += 1
    height = 2 * DOT * max(stacked.values(), default=1) + 8
    dots = tuple(Dot(item, x, height - DOT - 4 - 2 * DOT * level) for item, x, level in placed)
    return Strip(low=low, high=high, dots=dots, height=height)


def _x(value: Decimal | int, low: int, high: int) -> int:
    return SIDE + int((WIDTH - 2 * SIDE) * (float(value) - low) / (high - low))
