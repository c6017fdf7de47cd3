"""Reads: an assignment before it is confirmed, its inputs, and whether a kept run gives the same.

`plan` writes nothing: the page that previews it and the action that confirms it ask the same.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core import lazy
from core.canonical import digest
from ideas.models import Idea
from scoring.conflicts import Ties, ties_of
from scoring.models import Assignment, AssignmentRun, Juror, Round
from scoring.queries.rounds import candidates, pooled_rounds
from scoring.states import AssignmentState, JurorState, RoundKind, RoundState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring import assignment as pure

    Bools = NDArray[np.bool_]
else:  # NumPy and SciPy: half a second and sixty megabytes, for a deed of once a challenge
    np = lazy.module("numpy")
    pure = lazy.module("scoring.assignment")

FORMAT = "talkoot-assignment/1"
TIGHT, LOOSE = 0.3, 0.1
MOST_BINS = 12


@dataclass(frozen=True)
class Inputs:
    """The arguments of one run, as plain numbers: rows are proposals, columns are jurors.

    `known` and `barred` list [row, column] of expertise and of ties; `fixed` what stays.
    """

    ideas: tuple[str, ...]
    jurors: tuple[int, ...]
    known: tuple[tuple[int, int], ...]
    barred: tuple[tuple[int, int], ...]
    reviews: tuple[int, ...]
    capacity: tuple[int, ...]
    fixed: tuple[tuple[int, int], ...]
    seed: int

    def to_data(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "ideas": list(self.ideas),
            "jurors": list(self.jurors),
            "known": [list(pair) for pair in self.known],
            "barred": [list(pair) for pair in self.barred],
            "reviews": list(self.reviews),
            "capacity": list(self.capacity),
            "fixed": [list(pair) for pair in self.fixed],
            "seed": self.seed,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Inputs:
        """Raises KeyError, TypeError or ValueError when it is not of the shape of `to_data`."""

        def pairs(name: str) -> tuple[tuple[int, int], ...]:
            return tuple((int(row), int(column)) for row, column in data[name])

        if data["format"] != FORMAT:
            raise ValueError(f"unknown format {data['format']}")
        return cls(
            ideas=tuple(data["ideas"]),
            jurors=tuple(data["jurors"]),
            known=pairs("known"),
            barred=pairs("barred"),
            reviews=tuple(data["reviews"]),
            capacity=tuple(data["capacity"]),
            fixed=pairs("fixed"),
            seed=data["seed"],
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what a preview is known by."""
        return digest(self.to_data())

    def run(self) -> pure.Assignment:
        """The same inputs give the same pairs, on any machine."""
        shape = (len(self.ideas), len(self.jurors))
        wanted = np.array(self.reviews, dtype=np.int64)
        if not all(shape):
            return _nothing_given(wanted, jurors=shape[1], seed=self.seed)
        affinity, conflict = np.zeros(shape), np.zeros(shape, dtype=bool)
        for pairs, array in ((self.known, affinity), (self.barred, conflict)):
            if pairs:
                rows, columns = zip(*pairs, strict=True)
                array[list(rows), list(columns)] = 1
        return pure.assign(
            affinity,
            conflict,
            wanted,
            np.array(self.capacity, dtype=np.int64),
            self.seed,
            fixed=self.fixed,
        )


@dataclass(frozen=True)
class Gap:
    """Proposals that cannot get all their reviews for one reason. `jurors`: whose limits bind."""

    constraint: str
    ideas: tuple[Idea, ...]
    jurors: tuple[Juror, ...]
    missing: int


@dataclass(frozen=True)
class Plan:
    """An assignment before it is confirmed. Loads by juror; proposals that lack reviews."""

    round: Round
    jurors: tuple[Juror, ...]
    ideas: tuple[Idea, ...]
    inputs: Inputs
    result: pure.Assignment
    ties: Ties
    already: tuple[int, ...]

    @property
    def barred(self) -> int:
        return len(self.inputs.barred)

    @property
    def loads(self) -> list[tuple[Juror, int]]:
        """In this round; a grey zone's earlier reading is not counted."""
        return [
            (juror, int(n) - before)
            for juror, n, before in zip(self.jurors, self.result.load, self.already, strict=True)
        ]

    @property
    def histogram(self) -> list[tuple[int, int]]:
        """(proposals to read, number of jurors), from the least to the most, gaps filled."""
        counts = Counter(n for _juror, n in self.loads)
        if not counts:
            return []
        return [(n, counts[n]) for n in range(min(counts), max(counts) + 1)]

    @property
    def bins(self) -> list[tuple[str, int]]:
        """The same for a chart, with at most MOST_BINS columns."""
        counts = self.histogram
        width = -(-len(counts) // MOST_BINS) or 1
        groups = [counts[n : n + width] for n in range(0, len(counts), width)]
        return [
            (str(g[0][0]) if len(g) == 1 else f"{g[0][0]}–{g[-1][0]}", sum(n for _load, n in g))
            for g in groups
        ]

    @property
    def unstaffed(self) -> list[tuple[Idea, int]]:
        """Proposals with the number of reviews that cannot be given."""
        return [(idea, int(n)) for idea, n in zip(self.ideas, self.result.unmet, strict=True) if n]

    @property
    def gaps(self) -> list[Gap]:
        """Why, and what to relax."""
        return [
            Gap(
                one.constraint,
                tuple(self.ideas[n] for n in one.ideas),
                tuple(self.jurors[n] for n in one.jurors),
                one.missing,
            )
            for one in self.result.shortages
        ]

    @property
    def expertise(self) -> int | None:
        """Per cent of the new reviews that go to somebody who knows the field."""
        share = self.result.expertise
        return None if math.isnan(share) else round(100 * share)

    @property
    def comparable(self) -> str:
        """tight, enough, loose or apart: how well the jurors can be compared with each other."""
        if not self.result.connected:
            return "apart"
        found = self.result.comparability
        return "tight" if found >= TIGHT else "enough" if found >= LOOSE else "loose"

    def pairs(self) -> list[tuple[int, int]]:
        """The new (idea pk, juror pk)."""
        return [(self.ideas[int(i)].pk, self.jurors[int(j)].pk) for i, j in self.result.added]


def plan(round_: Round, *, extra: dict[int, int] | None = None, only: Any = None) -> Plan:
    """What giving the round's proposals out would do now; writes nothing.

    The round's proposals × jurors who have accepted. Given pairs stay. The round's seed makes it
    repeatable. In a grey zone, `extra` is the number of further reviews by proposal pk and `only`
    the pks of the jurors asked; both default to what the round was opened with.
    """
    jurors = tuple(
        Juror.objects.filter(series=round_.series_id, state=JurorState.ACCEPTED)
        .order_by("pk")
        .select_related("user")
        .prefetch_related("expertise")
    )
    ideas = tuple(candidates(round_).order_by("number").select_related("organisation"))
    rows = {idea.pk: n for n, idea in enumerate(ideas)}
    columns = {juror.pk: n for n, juror in enumerate(jurors)}
    ties = ties_of(jurors, ideas)
    barred = {(rows[idea], columns[juror]) for juror, idea in ties.barring}
    known = []
    for juror in jurors:
        themes = {theme.pk for theme in juror.expertise.all()}
        known += [(rows[i.pk], columns[juror.pk]) for i in ideas if i.theme_id in themes]
    more = round_.assignment_report.get("extra", {}) if extra is None else extra
    asked = round_.assignment_report.get("asked") if only is None else only
    given = _given(round_, rows, columns)
    barred = (barred | given.left) - set(given.fixed)
    if round_.kind == RoundKind.GREY:
        wanted = list(given.before)
        for idea, n in more.items():
            if int(idea) in rows:
                wanted[rows[int(idea)]] += n
    else:
        wanted = [round_.reviews] * len(ideas)
        for pk in _anchors(round_):
            if pk in rows:
                wanted[rows[pk]] = sum((rows[pk], n) not in barred for n in range(len(jurors)))
    wanted = [max(n - gone, 0) for n, gone in zip(wanted, given.by_others, strict=True)]
    inputs = Inputs(
        ideas=tuple(idea.uid.hex for idea in ideas),
        jurors=tuple(columns),
        known=tuple(sorted(known)),
        barred=tuple(sorted(barred)),
        reviews=tuple(wanted),
        capacity=_capacities(round_, jurors, asked=asked, most=len(ideas)),
        fixed=tuple(sorted(given.fixed)),
        seed=round_.seed,
    )
    already = Counter(column for _row, column in given.earlier)
    return Plan(
        round=round_,
        jurors=jurors,
        ideas=ideas,
        inputs=inputs,
        result=inputs.run(),
        ties=ties,
        already=tuple(already[n] for n in range(len(jurors))),
    )


@dataclass(frozen=True)
class Replay:
    """A kept run made again. `same` is None for what was moved by hand."""

    run: AssignmentRun
    same: bool | None


def replay(run: AssignmentRun) -> Replay:
    """Make the run again from its inputs and seed, and compare pair by pair."""
    if not run.inputs:
        return Replay(run, None)
    inputs = Inputs.from_data(run.inputs)
    again = [[int(row), int(column)] for row, column in inputs.run().added]
    kept = digest({"inputs": run.inputs, "pairs": run.pairs})
    return Replay(run, again == run.pairs and run.digest == kept)


@dataclass(frozen=True)
class _Given:
    """What is given out already, as rows and columns.

    `fixed` stays; `earlier` are those of it from the round that a grey zone clears up; `left` are
    pairs that somebody was taken off; `before` counts reviews of the earlier round and `by_others`
    those by people who are off the panel: what they have submitted need not be done again.
    """

    fixed: tuple[tuple[int, int], ...]
    earlier: tuple[tuple[int, int], ...]
    left: set[tuple[int, int]]
    before: list[int]
    by_others: list[int]


def _given(round_: Round, rows: dict[int, int], columns: dict[int, int]) -> _Given:
    earlier_rounds = {one.pk for one in pooled_rounds(round_)[1:]}
    pool = earlier_rounds | ({round_.pk} if round_.pk else set())
    fixed: list[tuple[int, int]] = []
    earlier: list[tuple[int, int]] = []
    left: set[tuple[int, int]] = set()
    before, by_others = [0] * len(rows), [0] * len(rows)
    for idea, juror, state, of in Assignment.objects.filter(round__in=pool).values_list(
        "idea_id", "juror_id", "state", "round_id"
    ):
        row, column = rows.get(idea), columns.get(juror)
        if row is None:
            continue
        stays = state == AssignmentState.CONFIRMED
        if stays and of in earlier_rounds:
            before[row] += 1
        if column is None:
            by_others[row] += stays
        elif not stays:
            left.add((row, column))
        else:
            fixed.append((row, column))
            if of in earlier_rounds:
                earlier.append((row, column))
    return _Given(tuple(fixed), tuple(earlier), left, before, by_others)


def _anchors(round_: Round) -> list[int]:
    return list(round_.anchors.values_list("pk", flat=True)) if round_.pk else []


def _capacities(
    round_: Round, jurors: tuple[Juror, ...], *, asked: Any, most: int
) -> tuple[int, ...]:
    """Most reviews per juror in this round, what they read in the open rounds of other series off.

    A juror who is not asked has none.
    """
    busy: Counter[int] = Counter(
        Assignment.objects.filter(
            juror__in=[juror.pk for juror in jurors],
            state=AssignmentState.CONFIRMED,
            round__state=RoundState.OPEN,
        )
        .exclude(round__series=round_.series_id)
        .values_list("juror_id", flat=True)
    )
    return tuple(
        0
        if asked is not None and juror.pk not in asked
        else most
        if juror.capacity is None
        else max(juror.capacity - busy[juror.pk], 0)
        for juror in jurors
    )


def _nothing_given(wanted: Any, *, jurors: int, seed: int) -> pure.Assignment:
    """There is nothing to read, or nobody to read it."""
    none = np.zeros((0, 2), dtype=np.int64)
    return pure.Assignment(
        pairs=none,
        added=none,
        unmet=wanted,
        load=np.zeros(jurors, dtype=np.int64),
        comparability=0.0,
        connected=False,
        expertise=float("nan"),
        shortages=(),
        seed=seed,
    )


def readers(round_: Round, idea: Idea) -> dict[int, Assignment]:
    """Who has the proposal in the round, by juror pk, whatever became of it."""
    found = round_.assignments.filter(idea=idea).select_related("juror", "sheet")
    return {one.juror_id: one for one in found}


def runs_of(round_: Round) -> list[AssignmentRun]:
    return list(round_.runs.select_related("by"))


def loads_by_juror(round_: Round) -> dict[int, int]:
    """Confirmed reviews in the round, by juror pk."""
    loads: dict[int, int] = defaultdict(int)
    for juror in round_.assignments.filter(state=AssignmentState.CONFIRMED).values_list(
        "juror_id", flat=True
    ):
        loads[juror] += 1
    return loads
