"""Reads: the jury's dashboard. Every part of it is a window, so that its rows do not grow.

The grid shows some proposals × some jurors; sums and calibrated columns are stored, not added up.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Q, QuerySet, Subquery

from challenges.models import Challenge
from challenges.states import PhaseKind
from scoring.models import (
    Assignment,
    Declaration,
    IdeaScore,
    IdeaStanding,
    Juror,
    Reminder,
    Round,
    RoundStanding,
    Sign,
)
from scoring.queries.rounds import scored_rounds
from scoring.states import (
    ANSWERED,
    AssignmentState,
    DeclarationKind,
    JurorState,
    RoundState,
    SheetState,
)

PROPOSALS, JURORS = 40, 20  # the grid's window
DAY = dt.timedelta(days=1)

DONE, DRAFT, NOT_BEGUN, LATE, RECUSED, ABSTAINED, REOPENED = (
    "done", "draft", "open", "late", "recused", "abstained", "reopened",
)  # fmt: skip
STATES = (DONE, DRAFT, NOT_BEGUN, LATE, REOPENED, ABSTAINED, RECUSED)
ORDERS: dict[str, tuple[Any, ...]] = {
    "mean": (F("mean").desc(nulls_last=True), "idea_id"),
    "number": ("idea__number", "idea_id"),
    "missing": ("submitted", F("mean").desc(nulls_last=True), "idea_id"),
}


@dataclass(frozen=True)
class Progress:
    """How far a round is; from its stored sums."""

    round: Round

    @property
    def missing(self) -> int:
        return self.round.sheets_wanted - self.round.sheets_submitted

    @property
    def percent(self) -> int:
        wanted = self.round.sheets_wanted
        return 100 * self.round.sheets_submitted // wanted if wanted else 0


@dataclass(frozen=True)
class Clocks:
    """What time is left, and what waits for somebody's word."""

    ends_at: dt.datetime | None
    days_left: int | None
    ties: int
    asked: int
    unasked: int
    reminded_at: dt.datetime | None

    @property
    def is_over(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class GridRow:
    """A proposal: its stored sums, where it stands, and the state of each juror's sheet."""

    score: IdeaScore
    standing: IdeaStanding | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    round: Round
    standing: RoundStanding | None
    rows: tuple[GridRow, ...]
    proposals: "Page[IdeaScore]"
    jurors: "Page[Juror]"


@dataclass
class Behind:
    """A juror whose sheets are missing, series by series."""

    juror: Juror
    rounds: list[tuple[Round, int]] = field(default_factory=list)
    reminded_at: dt.datetime | None = None

    @property
    def missing(self) -> int:
        return sum(number for _round, number in self.rounds)


def progress_of(challenge: Challenge) -> list[Progress]:
    return [Progress(one) for one in scored_rounds(challenge).select_related("standing")]


def ends_at(challenge: Challenge) -> dt.datetime | None:
    phase = challenge.phase(PhaseKind.SCORING)
    return phase.ends_at if phase else None


def clocks_of(challenge: Challenge, *, at: dt.datetime) -> Clocks:
    ends = ends_at(challenge)
    signs = Sign.objects.filter(round__series__challenge=challenge, answered_at=None)
    ties = Declaration.objects.filter(juror__challenge=challenge, kind=DeclarationKind.POTENTIAL)
    reminders = Reminder.objects.filter(juror__challenge=challenge).order_by("-at")
    (found,) = Challenge.objects.filter(pk=challenge.pk).values(  # one query for all
        asked=_number(signs.filter(asked_at__isnull=False), "round__series__challenge"),
        unasked=_number(
            signs.filter(asked_at__isnull=True, standing=True), "round__series__challenge"
        ),
        ties=_number(ties, "juror__challenge"),
        reminded_at=Subquery(reminders.values("at")[:1]),
    )
    return Clocks(
        ends_at=ends,
        days_left=None if ends is None else (ends - at) // DAY,
        ties=found["ties"] or 0,
        asked=found["asked"] or 0,
        unasked=found["unasked"] or 0,
        reminded_at=found["reminded_at"],
    )


def _number(rows: "QuerySet[Any]", of: str) -> Subquery:
    """How many rows there are, as a part of another query; NULL for none."""
    return Subquery(rows.order_by().values(of).annotate(n=Count("pk")).values("n"))


def grid_of(
    round_: Round,
    *,
    at: dt.datetime,
    order: str = "mean",
    page: str | None = None,
    juror_page: str | None = None,
    without: Collection[int] = (),
) -> Grid:
    """One window of the grid. Seven queries whatever the challenge's size.

    `without`: proposals (primary keys) whose rows are left out.
    """
    proposals = Paginator(
        round_.scores.exclude(idea__in=without)
        .select_related("idea")
        .only("round_id", "wanted", "submitted", "mean", "lowest", "highest",
              "idea__title", "idea__reference", "idea__number")
        .order_by(*ORDERS.get(order, ORDERS["mean"])),
        PROPOSALS,
    ).get_page(page)  # fmt: skip
    jurors = Paginator(
        Juror.objects.filter(
            series=round_.series_id, state__in=[JurorState.ACCEPTED, JurorState.REMOVED]
        ).order_by("name", "email", "pk"),
        JURORS,
    ).get_page(juror_page)
    shown = list(proposals)
    places = {juror.pk: column for column, juror in enumerate(jurors)}
    late = (found := ends_at(round_.series.challenge)) is not None and found <= at
    cells: dict[int, list[str]] = defaultdict(lambda: [""] * len(places))
    for idea, juror, state, sheet in Assignment.objects.filter(
        round=round_, idea__in=[score.idea_id for score in shown], juror__in=list(places)
    ).values_list("idea_id", "juror_id", "state", "sheet__state"):
        cells[idea][places[juror]] = cell_of(state, sheet, late=late or round_.is_done)
    standings = {
        one.idea_id: one
        for one in round_.standings.filter(idea__in=[score.idea_id for score in shown])
    }
    return Grid(
        round=round_,
        standing=getattr(round_, "standing", None),
        rows=tuple(
            GridRow(score, standings.get(score.idea_id), tuple(cells[score.idea_id]))
            for score in shown
        ),
        proposals=proposals,
        jurors=jurors,
    )


def cell_of(assignment: str, sheet: str | None, *, late: bool) -> str:
    """How one juror's sheet of one proposal is; "" where there is none to be."""
    if assignment == AssignmentState.RECUSED:
        return RECUSED
    if sheet == SheetState.SUBMITTED:  # it counts, whoever has left since
        return DONE
    if assignment != AssignmentState.CONFIRMED:
        return ""
    if sheet == SheetState.ABSTAINED:
        return ABSTAINED
    if late:
        return LATE
    if sheet == SheetState.REOPENED:
        return REOPENED
    return DRAFT if sheet == SheetState.DRAFT else NOT_BEGUN


def behind(challenge: Challenge, *, only: Iterable[int] | None = None) -> list[Behind]:
    """Jurors with sheets missing in rounds that are open, by name. Three queries."""
    rounds = {
        round_.pk: round_ for round_ in scored_rounds(challenge).filter(state=RoundState.OPEN)
    }
    missing = (
        Assignment.objects.filter(
            round__in=list(rounds),
            state=AssignmentState.CONFIRMED,
            juror__state=JurorState.ACCEPTED,
        )
        .exclude(sheet__state__in=ANSWERED)
        .order_by("round__series__order", "round_id")
        .values_list("juror_id", "round_id")
        .annotate(number=Count("pk"))
    )
    if only is not None:
        missing = missing.filter(juror__in=list(only))
    found: dict[int, list[tuple[Round, int]]] = defaultdict(list)
    for juror, round_id, number in missing:
        found[juror].append((rounds[round_id], number))
    return [
        Behind(juror=juror, rounds=found[juror.pk], reminded_at=juror.reminded_at)
        for juror in Juror.objects.filter(pk__in=list(found))
        .select_related("user")
        .annotate(reminded_at=Max("reminders__at"))
        .order_by("name", "email", "pk")
    ]


def signs_of(round_: Round, *, without: Collection[int] = ()) -> list[Sign]:
    """What asks for a reason: the unanswered first, then the answered.

    `without`: proposals (primary keys) whose signs are left out; a juror's own signs stay.
    """
    return list(
        round_.signs.filter(Q(idea=None) | ~Q(idea__in=without))
        .select_related("juror", "idea")
        .order_by(
            F("answered_at").asc(nulls_first=True), "juror__name", "juror_id", "kind", "idea_id"
        )
    )
