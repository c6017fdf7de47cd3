"""Reads: what a juror sees at the desk."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from core.multilingual import text
from ideas.states import IN_JURY
from scoring import rubrics
from scoring.entries import TEXTS
from scoring.models import Assignment, Criterion, Declaration, Juror, Rubric, ScoreSheet
from scoring.states import (
    AssignmentState,
    DeclarationKind,
    GateAnswer,
    JurorState,
    RoundState,
    SheetState,
)

TENTH = Decimal("0.1")
PACE_FROM = 3  # sheets before one's own pace says anything
PAUSE = dt.timedelta(minutes=40)  # a longer gap between two sheets was a break
DRIFT_FROM, DRIFT_AT_MOST = 6, 5  # sheets before a drift is told of; sheets at each end
LOOK_AGAIN = range(5, 8)  # sheets after which the first two are worth another look
FILLED = ("ready", "done")


@dataclass(frozen=True)
class QueueItem:
    """One proposal in the juror's queue.

    `state`: todo, half, ready (every criterion answered, not locked), done, abstained, tie (waits
    for the chair). `score` on the rubric's own scale, None while there is none.
    """

    assignment: Assignment
    number: int
    state: str
    score: Decimal | None
    current: bool
    reopened: bool = False

    @property
    def title(self) -> str:
        return str(self.assignment.idea.title)

    @property
    def is_closed(self) -> bool:
        """Nothing more is asked of the juror."""
        return self.state in ("done", "abstained")


@dataclass(frozen=True)
class Drift:
    """How one's own scores have moved: the averages of the first and the last `count` sheets."""

    count: int
    first: Decimal
    last: Decimal


@dataclass(frozen=True)
class Queue:
    items: tuple[QueueItem, ...]
    minutes_left: int | None

    @property
    def current(self) -> QueueItem | None:
        return next((item for item in self.items if item.current), None)

    @property
    def done(self) -> int:
        return sum(item.is_closed for item in self.items)

    @property
    def filled(self) -> tuple[QueueItem, ...]:
        """Those that have a score from every criterion, locked or not, in the queue's order."""
        return tuple(i for i in self.items if i.state in FILLED and i.score is not None)

    @property
    def ready(self) -> tuple[QueueItem, ...]:
        return tuple(item for item in self.items if item.state == "ready")

    @property
    def first_open(self) -> QueueItem | None:
        return next((item for item in self.items if item.state in ("todo", "half")), None)

    @property
    def average(self) -> Decimal | None:
        """Of all that one has scored, one decimal."""
        return _mean([item.score for item in self.filled if item.score is not None])

    @property
    def drift(self) -> Drift | None:
        scores = [item.score for item in self.filled if item.score is not None]
        count = min(DRIFT_AT_MOST, len(scores) // 2)
        if len(scores) < DRIFT_FROM:
            return None
        first, last = _mean(scores[:count]), _mean(scores[-count:])
        return Drift(count, first, last) if first is not None and last is not None else None

    @property
    def look_again(self) -> tuple[QueueItem, ...]:
        """The first two, while they may still be changed, when one has found one's own scale."""
        if len(self.filled) not in LOOK_AGAIN:
            return ()
        return tuple(item for item in self.filled[:2] if item.state == "ready" and not item.current)

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
    text: str = ""
    errors: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.criterion.key

    @property
    def levels(self) -> list[tuple[int, str, str]]:
        """(value, what stands on its button, its description) from the lowest; a gate's yes
        first."""
        words = {level.value: text(level.description) for level in self.criterion.levels.all()}
        if self.criterion.is_gate:
            order = (GateAnswer.YES, GateAnswer.NO, GateAnswer.CLARIFY)
            return [
                (one.value, str(one.label), words.get(one.value) or str(one.label)) for one in order
            ]
        return [
            (value, str(value), words.get(value, ""))
            for value in range(self.criterion.low, self.criterion.high + 1)
        ]

    @property
    def label(self) -> str:
        """What was chosen, as it stands on its button."""
        return next((label for value, label, _words in self.levels if value == self.value), "")

    @property
    def chosen(self) -> str:
        return next((words for value, _label, words in self.levels if value == self.value), "")

    @property
    def below_minimum(self) -> bool:
        minimum = self.criterion.minimum
        return minimum is not None and self.value is not None and self.value < minimum

    @property
    def answered(self) -> bool:
        return self.value is not None or self.not_applicable or bool(self.text)


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
        .select_related(
            "idea__organisation",
            "idea__theme",
            "idea__series",
            "idea__challenge",
            "sheet",
            "round__rubric",
        )
        .order_by("round__series__order", "-round__number", "order", "pk")
    )


def queue_of(juror: Juror, *, current: Assignment | None = None) -> Queue:
    """What is being scored now, in one query: open rounds, or the round of `current`, or all.

    Proposals with a tie under decision stay in it, closed.
    """
    found = list(assignments_of(juror))
    open_ = [one for one in found if one.round.state == RoundState.OPEN]
    if current is not None and current.round.state != RoundState.OPEN:
        open_ = [one for one in found if one.round_id == current.round_id]
    items = [
        _item(one, number, current=current) for number, one in enumerate(open_ or found, start=1)
    ]
    saved_at = [
        sheet.saved_at
        for item in items
        if item.state in FILLED and (sheet := sheet_of(item.assignment)) and sheet.saved_at
    ]
    left = sum(item.state in ("todo", "half") for item in items)
    return Queue(items=tuple(items), minutes_left=_minutes_left(sorted(saved_at), left))


def _item(assignment: Assignment, number: int, *, current: Assignment | None) -> QueueItem:
    sheet = sheet_of(assignment)
    rubric = assignment.round.rubric
    state, score = "todo", None
    if assignment.declared == DeclarationKind.POTENTIAL:
        state = "tie"
    elif sheet and sheet.state == SheetState.ABSTAINED:
        state = "abstained"
    elif sheet and sheet.state == SheetState.SUBMITTED:
        state = "done"
    elif sheet and sheet.scored:
        wanted = sum(c.is_required for c in rubrics.asked_of_jurors(rubric))
        state = "ready" if sheet.scored >= wanted else "half"
    if sheet and state in FILLED and sheet.total is not None:
        score = on_scale(sheet.total, rubric)
    return QueueItem(
        assignment=assignment,
        number=number,
        state=state,
        score=score,
        current=current is not None and assignment.pk == current.pk,
        reopened=bool(sheet and sheet.state == SheetState.REOPENED),
    )


def _mean(scores: Sequence[Decimal]) -> Decimal | None:
    if not scores:
        return None
    return (sum(scores, Decimal(0)) / len(scores)).quantize(TENTH, ROUND_HALF_UP)


def sheet_of(assignment: Assignment) -> ScoreSheet | None:
    """The assignment's sheet, None before the first save."""
    return getattr(assignment, "sheet", None)


def as_typed(stored: ScoreSheet) -> dict[str, str]:
    """A sheet as the page's script knows it: criterion or text → what is in its field."""
    values = {}
    for score in stored.scores.select_related("criterion"):
        value = "na" if score.value is None else str(score.value)
        values[score.criterion.key] = score.text or value
    return {**values, **{name: getattr(stored, name) for name in TEXTS}}


def on_scale(total: Decimal, rubric: Rubric) -> Decimal:
    """A total of 0–100 on the criteria's own scale when they share one (4.4 of 5), one decimal."""
    low, high = scale_of(rubric)
    return (low + total * (high - low) / 100).quantize(TENTH, ROUND_HALF_UP)


def scale_of(rubric: Rubric) -> tuple[int, int]:
    """(low, high) that all criteria that weigh share; (0, 100) when they share none."""
    scales = {(c.low, c.high) for c in rubrics.published_criteria(rubric) if c.weighs}
    return scales.pop() if len(scales) == 1 else (0, 100)


def rows_of(
    assignment: Assignment, errors: Mapping[str, Sequence[str]] | None = None
) -> list[CriterionRow]:
    """The rubric with the juror's values in it, and what is wrong with each."""
    return rows_with(assignment.round.rubric, sheet_of(assignment), errors)


def rows_with(
    rubric: Rubric,
    sheet: ScoreSheet | None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> list[CriterionRow]:
    """The rubric's criteria with a sheet's values in them."""
    scores = {s.criterion_id: s for s in sheet.scores.all()} if sheet else {}
    return [
        CriterionRow(
            criterion=criterion,
            value=scores[criterion.pk].value if criterion.pk in scores else None,
            not_applicable=criterion.pk in scores
            and scores[criterion.pk].value is None
            and not criterion.is_text,
            text=scores[criterion.pk].text if criterion.pk in scores else "",
            errors=tuple((errors or {}).get(criterion.key, ())),
        )
        for criterion in rubrics.asked_of_jurors(rubric)
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
        .annotate(
            challenge_state=F("idea__challenge__state"),
            tie_is_open=Exists(
                Declaration.objects.filter(
                    juror=OuterRef("juror"), idea=OuterRef("idea"), kind=DeclarationKind.POTENTIAL
                )
            ),
        )
        .first()
    )


def is_cleared(assignment: Any) -> bool:
    """No ties, by the juror's word or the chair's; of an assignment got by `my_assignment`.

    A possible tie told of in a later round closes what was read in an earlier one too.
    """
    return bool(assignment.declared == DeclarationKind.NONE and not assignment.tie_is_open)


def _minutes_left(submitted_at: list[dt.datetime], left: int) -> int | None:
    """By one's own pace: the median gap between sheets, breaks left out, times what is left."""
    gaps = [later - earlier for earlier, later in pairwise(submitted_at) if later - earlier < PAUSE]
    if len(submitted_at) < PACE_FROM or not gaps or not left:
        return None
    return max(1, round(median(gap.total_seconds() for gap in gaps) * left / 60))
