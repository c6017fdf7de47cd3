"""Verbs: give proposals to jurors, and repair what a recusal leaves open."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Series
from challenges.states import ChallengeState
from core import audit, lazy, mail, outbox
from core.errors import NotNow, require
from ideas.models import Idea
from ideas.states import IdeaState
from scoring import rules
from scoring.conflicts import known_ties
from scoring.models import Assignment, IdeaScore, Juror, Round
from scoring.queries.rubric import current_rubric
from scoring.states import AssignmentState, JurorState, RoundState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring import assignment as pure

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
else:  # NumPy and SciPy: half a second and sixty megabytes, for a deed of once a challenge
    np = lazy.module("numpy")
    pure = lazy.module("scoring.assignment")

SEEDS = 2**31


@dataclass(frozen=True)
class Plan:
    """An assignment before it is confirmed. Loads by juror; proposals that lack reviews."""

    jurors: tuple[Juror, ...]
    ideas: tuple[Idea, ...]
    result: pure.Assignment
    barred: int

    @property
    def loads(self) -> list[tuple[Juror, int]]:
        return [(juror, int(n)) for juror, n in zip(self.jurors, self.result.load, strict=True)]

    @property
    def unstaffed(self) -> list[tuple[Idea, int]]:
        """Proposals with the number of reviews that cannot be given."""
        return [(idea, int(n)) for idea, n in zip(self.ideas, self.result.unmet, strict=True) if n]


@transaction.atomic
def ensure_round(*, series: Series, by: User) -> Round:
    """The series' round, planned at first need: its rubric, reviews and seed are recorded then."""
    require(bool(rules.can_run_jury(by, series.challenge)))
    Series.objects.select_for_update().get(pk=series.pk)
    found = series.rounds.order_by("-number").first()
    if found:
        return found
    rubric = current_rubric(series)
    if rubric is None or series.challenge.state != ChallengeState.OPENED:
        raise NotNow(_("The challenge must be open and its rubric published first."))
    made = Round.objects.create(
        series=series, rubric=rubric, reviews=rubric.reviews, seed=secrets.randbelow(SEEDS)
    )
    audit.record("round.planned", made, by=by, data={"seed": made.seed, "rubric": rubric.digest})
    return made


def plan(round_: Round) -> Plan:
    """What `assign_round` would do now.

    Eligible proposals × jurors who have accepted. Given pairs stay. The round's seed makes it
    repeatable.
    """
    jurors = tuple(
        Juror.objects.filter(series=round_.series_id, state=JurorState.ACCEPTED)
        .order_by("pk")
        .select_related("user")
        .prefetch_related("expertise")
    )
    ideas = tuple(
        Idea.objects.filter(series=round_.series_id, state=IdeaState.ELIGIBLE).order_by("number")
    )
    ties = known_ties(jurors, ideas)
    rows = {idea.pk: n for n, idea in enumerate(ideas)}
    columns = {juror.pk: n for n, juror in enumerate(jurors)}
    shape = (len(ideas), len(jurors))
    conflict = np.zeros(shape, dtype=bool)
    affinity = np.zeros(shape)
    for juror_id, idea_id in ties:
        if idea_id in rows and juror_id in columns:
            conflict[rows[idea_id], columns[juror_id]] = True
    for juror in jurors:
        themes = {theme.pk for theme in juror.expertise.all()}
        for idea in ideas:
            if idea.theme_id in themes:
                affinity[rows[idea.pk], columns[juror.pk]] = 1.0
    fixed, wanted = _given(round_, rows, columns, conflict)
    capacity = [len(ideas) if j.capacity is None else j.capacity for j in jurors]
    result = (
        pure.assign(affinity, conflict, wanted, capacity, round_.seed, fixed=fixed)
        if ideas and jurors
        else _nothing_given(wanted, jurors=len(jurors), seed=round_.seed)
    )
    return Plan(jurors=jurors, ideas=ideas, result=result, barred=int(conflict.sum()))


def _given(
    round_: Round, rows: dict[int, int], columns: dict[int, int], conflict: Bools
) -> tuple[list[tuple[int, int]], Ints]:
    """Pairs that stay, and the reviews wanted of each proposal; marks in `conflict` whom it left.

    What was submitted by somebody who is off the panel counts: nobody need do it again.
    """
    fixed: list[tuple[int, int]] = []
    wanted = np.full(len(rows), round_.reviews, dtype=np.int64)
    for idea_id, juror_id, state in round_.assignments.values_list("idea_id", "juror_id", "state"):
        row, column = rows.get(idea_id), columns.get(juror_id)
        stays = state == AssignmentState.CONFIRMED
        if row is None:
            continue
        if column is not None:
            conflict[row, column] = not stays
            if stays:
                fixed.append((row, column))
        elif stays and wanted[row]:
            wanted[row] -= 1
    return fixed, wanted


def _nothing_given(wanted: Ints, *, jurors: int, seed: int) -> pure.Assignment:
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


@transaction.atomic
def assign_round(*, round_: Round, by: User, at: dt.datetime) -> Plan:
    """Give every eligible proposal its reviews and open the round to its jurors.

    May be repeated, for late proposals or new jurors: what has been given stays.
    """
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.state == RoundState.CLOSED:
        raise NotNow(_("The round is closed."))
    made = plan(round_)
    if not made.ideas:
        raise NotNow(_("No proposal has been checked yet."))
    if not made.jurors:
        raise NotNow(_("No juror has accepted the invitation yet."))
    added = _write(round_, made)
    round_.state, round_.assigned_at = RoundState.OPEN, at
    round_.assignment_report = _report(made)
    round_.save(update_fields=["state", "assigned_at", "assignment_report"])
    audit.record(
        "round.assigned",
        round_,
        by=by,
        data={"seed": round_.seed, "pairs": added, "unmet": int(made.result.unmet.sum())},
    )
    outbox.emit("round.assigned", round=round_.pk)
    _tell(round_, made, added)
    return made


@transaction.atomic
def close_round(*, round_: Round, by: User, at: dt.datetime) -> Round:
    """No more scores. Missing sheets stay missing, and the ranking says so."""
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.state != RoundState.OPEN:
        raise NotNow(_("The round is not open."))
    round_.state = RoundState.CLOSED
    round_.save(update_fields=["state"])
    audit.record(
        "round.closed",
        round_,
        by=by,
        data={"wanted": round_.sheets_wanted, "submitted": round_.sheets_submitted},
    )
    return round_


def give_up(
    assignments: Sequence[Assignment],
    *,
    state: AssignmentState,
    at: dt.datetime,
    declared: str = "",
) -> None:
    """Take assignments off their juror and give the proposals to others who can take them."""
    rounds = lock_rounds({one.round_id for one in assignments})
    for one in assignments:
        was_declared = bool(one.declared)
        one.state = state
        one.declared = declared or one.declared
        one.save(update_fields=["state", "declared"])
        IdeaScore.objects.filter(round=one.round_id, idea=one.idea_id).update(
            wanted=F("wanted") - 1
        )
        Round.objects.filter(pk=one.round_id).update(sheets_wanted=F("sheets_wanted") - 1)
        Juror.objects.filter(pk=one.juror_id).update(
            to_read=F("to_read") - 1,
            undeclared=F("undeclared") - (0 if was_declared else 1),
            recused=F("recused") + (1 if state == AssignmentState.RECUSED else 0),
        )
    for round_ in rounds:
        if round_.state == RoundState.OPEN:
            made = plan(round_)
            added = _write(round_, made)
            if added:
                audit.record("round.repaired", round_, by=None, data={"pairs": added})
                _tell(round_, made, added)


def lock_rounds(pks: Iterable[int]) -> list[Round]:
    """The rounds under lock. Whoever locks rows of a round's sheets and jurors begins here."""
    found = Round.objects.select_for_update(of=("self",)).filter(pk__in=set(pks)).order_by("pk")
    return list(found.select_related("series__challenge"))


def _tell(round_: Round, made: Plan, added: list[tuple[int, int]]) -> None:
    """A letter to each juror who got something new to read."""
    counts = Counter(juror_id for _idea, juror_id in added)
    for juror in made.jurors:
        if counts[juror.pk]:
            mail.send(
                to=juror.email,
                template="juror_assigned",
                language=juror.user.language if juror.user else "fi",
                context={"count": counts[juror.pk], "challenge": round_.series.challenge},
                about=juror,
            )


def _write(round_: Round, made: Plan) -> list[tuple[int, int]]:
    """Store the new pairs and the sums that follow; (idea pk, juror pk) of each."""
    pairs = [(made.ideas[int(i)].pk, made.jurors[int(j)].pk) for i, j in made.result.added]
    order = Counter(round_.assignments.values_list("juror_id", flat=True))
    rows: list[Assignment] = []
    for idea_id, juror_id in _shuffled(pairs, seed=round_.seed):
        rows.append(
            Assignment(round=round_, juror_id=juror_id, idea_id=idea_id, order=order[juror_id])
        )
        order[juror_id] += 1
    Assignment.objects.bulk_create(rows)
    IdeaScore.objects.bulk_create(
        [IdeaScore(round=round_, idea=idea) for idea in made.ideas], ignore_conflicts=True
    )
    for idea_id, n in Counter(idea_id for idea_id, _juror in pairs).items():
        IdeaScore.objects.filter(round=round_, idea=idea_id).update(wanted=F("wanted") + n)
    for juror_id, n in Counter(juror_id for _idea, juror_id in pairs).items():
        Juror.objects.filter(pk=juror_id).update(
            to_read=F("to_read") + n, undeclared=F("undeclared") + n
        )
    Round.objects.filter(pk=round_.pk).update(sheets_wanted=F("sheets_wanted") + len(pairs))
    return sorted(pairs)


def _shuffled(pairs: list[tuple[int, int]], *, seed: int) -> list[tuple[int, int]]:
    """Each juror reads in an order of their own, so that no proposal always comes last."""
    dice = np.random.RandomState(seed)
    return [pairs[int(n)] for n in dice.permutation(len(pairs))]


def _report(made: Plan) -> dict[str, object]:
    return {
        "loads": {str(juror.pk): n for juror, n in made.loads},
        "unmet": {str(idea.pk): n for idea, n in made.unstaffed},
        "comparability": round(float(made.result.comparability), 4),
        "connected": bool(made.result.connected),
        "barred": made.barred,
    }
