"""Reads: what the other jurors gave to the same proposal, as far as the rubric shows it."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from scoring.models import Assignment, ScoreSheet
from scoring.queries.desk import CriterionRow, on_scale, rows_with
from scoring.states import ROUND_DONE, AssignmentState, SheetState, ShowOthers


@dataclass(frozen=True)
class OtherSheet:
    """Another juror's submitted sheet; `total` on the rubric's own scale."""

    juror: str
    total: Decimal | None
    rows: tuple[CriterionRow, ...]
    comment: str
    internal: str


def are_shown(assignment: Assignment, own: ScoreSheet | None) -> bool:
    """Whether the rubric lets this juror see the others' sheets now.

    After one's own: once a version of it has been submitted, so that nothing can be unseen.
    """
    rule = assignment.round.rubric.show_others
    if rule == ShowOthers.AFTER_OWN:
        return own is not None and own.state == SheetState.SUBMITTED
    return rule == ShowOthers.AFTER_ROUND and assignment.round.state in ROUND_DONE


def others_of(assignment: Assignment, own: ScoreSheet | None) -> list[OtherSheet]:
    """The others' submitted sheets of the same round, empty while they are not shown."""
    if not are_shown(assignment, own):
        return []
    sheets = (
        ScoreSheet.objects.filter(
            assignment__round=assignment.round_id,
            assignment__idea=assignment.idea_id,
            assignment__state=AssignmentState.CONFIRMED,
            state=SheetState.SUBMITTED,
        )
        .exclude(assignment__juror=assignment.juror_id)
        .select_related("assignment__juror")
        .prefetch_related("scores")
        .order_by("assignment__juror__name", "pk")
    )
    return [_other(sheet, assignment) for sheet in sheets]


def _other(sheet: ScoreSheet, assignment: Assignment) -> OtherSheet:
    rubric = assignment.round.rubric
    return OtherSheet(
        juror=str(sheet.assignment.juror),
        total=on_scale(sheet.total, rubric) if sheet.total is not None else None,
        rows=tuple(rows_with(rubric, sheet)),
        comment=sheet.comment,
        internal=sheet.internal,
    )


def words_of_rule(assignment: Assignment) -> str:
    """When the juror sees the others' scores, in a sentence."""
    return {
        ShowOthers.AFTER_OWN.value: _("You see the others' scores once yours are locked."),
        ShowOthers.AFTER_ROUND.value: _("You see the others' scores when the round has closed."),
    }.get(assignment.round.rubric.show_others, _("Jurors do not see each other's scores."))
