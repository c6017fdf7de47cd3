"""Reads: what a juror sees at the desk."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from core.multilingual import text
from ideas.states import IN_JURY
from scoring import rubrics
from scoring.models import Assignment, Criterion, Juror, Rubric, ScoreSheet
from scoring.states import AssignmentState, DeclarationKind, JurorState, RoundState, SheetState

TENTH = Decimal("0.1")
PACE_FROM = 3  # sheets before one's own pace says anything
PAUSE = dt.timedelta(minutes=40)  # a longer gap between two sheets was a break


@dataclass(frozen=True)
class QueueItem:
    """One proposal in the juror's queue. `state`: todo, half, done, tie (waits for staff)."""

    assignment: Assignment
    number: int
    state: str
    score: Decimal | None
    current: bool

    @property
    def title(self) -> str:
        return str(self.assignment.idea.title)


@dataclass(frozen=True)
class Queue:
    items: tuple[QueueItem, ...]
    minutes_left: int | None
    average: Decimal | None

    @property
    def current(self) -> QueueItem | None:
        return next((item for item in self.items if item.current), None)

    @property
    def done(self) -> int:
        return sum(item.state == "done" for item in self.items)

    @property
    def first_open(self) -> QueueItem | None:
        return next((item for item in self.items if item.state in ("todo", "half")), None)

    def beside(self, step: int) -> QueueItem | None:
        """The next (1) or previous (-1) item in the queue, None at its ends."""
        here = self.current
        if here is None:
            return None
        place = self.items.index(here) + step
        return self.items[place] if 0 <= place < len(self.items) else None


@dataclass(frozen=True)
class CriterionRow:
    """A criterion on the sheet, with what the juror has chosen."""

    criterion: Criterion
    value: int | None
    not_applicable: bool
    errors: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.criterion.key

    @property
    def levels(self) -> list[tuple[int, str]]:
        """(value, description) from the lowest."""
        words = {level.value: text(level.description) for level in self.criterion.levels.all()}
        return [
            (value, words.get(value, ""))
            for value in range(self.criterion.low, self.criterion.high + 1)
        ]

    @property
    def chosen(self) -> str:
        return dict(self.levels).get(self.value, "") if self.value is not None else ""

    @property
    def answered(self) -> bool:
        return self.value is not None or self.not_applicable


def places_of(user: User) -> QuerySet[Juror]:
    """The person's seats on juries: waiting for an answer, or taken, with their progress."""
    return (
        Juror.objects.filter(email__iexact=user.email)
        .filter(state__in=[JurorState.INVITED, JurorState.ACCEPTED])
        .select_related("challenge__owner")
        .prefetch_related("challenge__phases")
        .order_by("-pk")
    )


def assignments_of(juror: Juror) -> QuerySet[Assignment]:
    """What the juror is to read, in their own order; sheets and proposals at hand."""
    return (
        Assignment.objects.filter(
            juror=juror, state=AssignmentState.CONFIRMED, idea__state__in=IN_JURY
        )
        .exclude(round__state=RoundState.PLANNED)
        .select_related("idea__organisation", "idea__theme", "sheet", "round__rubric")
        .order_by("round__series__order", "order", "pk")
    )


def queue_of(juror: Juror, *, current: Assignment | None = None) -> Queue:
    """The whole queue in one query. Proposals with a tie under decision stay in it, closed."""
    items: list[QueueItem] = []
    submitted_at: list[dt.datetime] = []
    scores: list[Decimal] = []
    for number, assignment in enumerate(assignments_of(juror), start=1):
        sheet = sheet_of(assignment)
        state, score = "todo", None
        if assignment.declared == DeclarationKind.POTENTIAL:
            state = "tie"
        elif sheet and sheet.state == SheetState.SUBMITTED:
            state = "done"
        elif sheet and sheet.scored:
            state = "half"
        if sheet and state == "done" and sheet.total is not None and sheet.submitted_at:
            score = on_scale(sheet.total, assignment.round.rubric)
            submitted_at.append(sheet.submitted_at)
            scores.append(score)
        items.append(
            QueueItem(
                assignment=assignment,
                number=number,
                state=state,
                score=score,
                current=current is not None and assignment.pk == current.pk,
            )
        )
    left = sum(item.state in ("todo", "half") for item in items)
    return Queue(
        items=tuple(items),
        minutes_left=_minutes_left(sorted(submitted_at), left),
        average=(sum(scores, Decimal(0)) / len(scores)).quantize(TENTH, ROUND_HALF_UP)
        if scores
        else None,
    )


def sheet_of(assignment: Assignment) -> ScoreSheet | None:
    """The assignment's sheet, None before the first save."""
    return getattr(assignment, "sheet", None)


def on_scale(total: Decimal, rubric: Rubric) -> Decimal:
    """A total of 0–100 on the criteria's own scale when they share one (4.4 of 5), one decimal."""
    scales = {(c.low, c.high) for c in rubrics.published_criteria(rubric)}
    if len(scales) != 1:
        return total.quantize(TENTH, ROUND_HALF_UP)
    low, high = scales.pop()
    return (low + total * (high - low) / 100).quantize(TENTH, ROUND_HALF_UP)


def rows_of(
    assignment: Assignment, errors: Mapping[str, Sequence[str]] | None = None
) -> list[CriterionRow]:
    """The rubric with the juror's values in it, and what is wrong with each."""
    sheet = sheet_of(assignment)
    scores = {s.criterion_id: s.value for s in sheet.scores.all()} if sheet else {}
    return [
        CriterionRow(
            criterion=criterion,
            value=scores.get(criterion.pk),
            not_applicable=criterion.pk in scores and scores[criterion.pk] is None,
            errors=tuple((errors or {}).get(criterion.key, ())),
        )
        for criterion in rubrics.published_criteria(assignment.round.rubric)
    ]


def my_assignment(user: User, pk: int) -> Any:
    """The person's own open assignment or None; the one door to the desk's pages."""
    return (
        Assignment.objects.of_juror(user)
        .filter(pk=pk)
        .select_related(
            "juror",
            "round__rubric",
            "idea__series",
            "idea__challenge__owner",
            "idea__theme",
            "idea__organisation",
            "idea__current_version",
            "idea__form",
            "sheet",
        )
        .annotate(challenge_state=F("idea__challenge__state"))
        .first()
    )


def _minutes_left(submitted_at: list[dt.datetime], left: int) -> int | None:
    """By one's own pace: the median gap between sheets, breaks left out, times what is left."""
    gaps = [later - earlier for earlier, later in pairwise(submitted_at) if later - earlier < PAUSE]
    if len(submitted_at) < PACE_FROM or not gaps or not left:
        return None
    return max(1, round(median(gap.total_seconds() for gap in gaps) * left / 60))
