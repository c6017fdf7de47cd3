"""The chair's verb: open a submitted sheet again, with a written reason."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from core.errors import NotNow, require
from scoring import rules
from scoring.actions import roster, sheets
from scoring.models import Assignment, Juror, Round, ScoreSheet
from scoring.states import ANSWERED, AssignmentState, SheetState


@transaction.atomic
def reopen_sheet(*, assignment: Assignment, reason: str, by: User, at: dt.datetime) -> ScoreSheet:
    """Let the juror change the sheet and submit it again; the version of before is kept.

    Nobody opens their own sheet, and the chair none of a proposal that is closed to them. The
    juror gets a letter with the reason. Until the sheet is back it counts as missing.
    """
    require(bool(rules.can_chair_over(by, assignment.idea)))
    if assignment.juror.user_id == by.pk:
        raise NotNow(_("Somebody else must open your own sheet."))
    why = sheets.reason_of(reason)
    round_ = Round.objects.select_for_update().get(pk=assignment.round_id)
    rows = Assignment.objects.select_for_update(of=("self",))
    assignment = rows.select_related("juror", "idea__challenge", "round").get(pk=assignment.pk)
    require(assignment.state == AssignmentState.CONFIRMED)
    sheet = ScoreSheet.objects.filter(assignment=assignment).first()
    if sheet is None or sheet.state not in ANSWERED:
        raise NotNow(_("The sheet is not locked."))
    assignment.round = round_
    if not sheets.is_open(assignment, at=at):
        raise NotNow(_("The round is closed: its sheets stay as they are."))
    sheet.assignment = assignment
    sheet.state, sheet.revision = SheetState.REOPENED, sheet.revision + 1
    sheet.reopened_at, sheet.reopened_because = at, why
    sheet.save(update_fields=["state", "revision", "reopened_at", "reopened_because"])
    roster.count_idea(round_.pk, assignment.idea_id)
    Round.objects.filter(pk=round_.pk).update(sheets_submitted=F("sheets_submitted") - 1)
    Juror.objects.filter(pk=assignment.juror_id).update(submitted=F("submitted") - 1)
    audit.record("sheet.reopened", sheet, by=by, data={"version": sheet.number, "reason": why})
    outbox.emit("sheet.reopened", sheet=sheet.pk)
    return sheet
