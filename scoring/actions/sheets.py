"""Verbs: score, submit."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.states import Act
from core import audit, outbox
from core.canonical import digest
from core.errors import DomainError, Invalid, NotNow, require
from core.multilingual import text
from scoring import rubrics, rules
from scoring.actions import roster
from scoring.models import Assignment, Criterion, Juror, Round, Score, ScoreSheet
from scoring.states import (
    AssignmentState,
    CommentRule,
    DeclarationKind,
    NotApplicable,
    RoundState,
    SheetState,
)

NINE = Decimal("0.000000001")
NOT_APPLICABLE = "na"
LONGEST_VALUE = 4  # digits


@dataclass(frozen=True)
class Saved:
    """What the juror is told after a save. `total` is 0–100 over what is scored, None at first."""

    revision: int
    saved_at: dt.datetime
    total: Decimal | None
    scored: int
    of: int


class StaleSheet(DomainError):
    """Another window saved in between; `stored` is the sheet as it is."""

    def __init__(self, stored: ScoreSheet) -> None:
        super().__init__(
            _("This sheet was changed in another window. Both versions are shown: choose.")
        )
        self.stored = stored


@transaction.atomic
def save_sheet(
    *,
    assignment: Assignment,
    changes: Mapping[str, Any],
    by: User,
    at: dt.datetime,
    revision: int | None = None,
) -> Saved:
    """Keep what the juror changed; the rest stays as it is.

    changes: criterion key → value on its scale, "na" where the rubric allows it, or None to take
    a value back; and the texts "comment" (to the proposer) and "note" (the juror's own).
    revision: what the window knew; a newer one in the database raises StaleSheet.
    """
    require(bool(rules.is_juror(by, assignment)))
    sheet = _open_sheet(assignment, at=at)
    if revision is not None and revision != sheet.revision:
        raise StaleSheet(sheet)
    criteria = {c.key: c for c in rubrics.published_criteria(assignment.round.rubric)}
    allow_na = assignment.round.rubric.not_applicable == NotApplicable.REWEIGHT
    values = _values(changes, criteria, allow_na=allow_na)
    for name in ("comment", "note"):
        if name in changes:
            setattr(sheet, name, _words(str(changes[name] or ""), name))
    stored = {score.criterion_id: score for score in sheet.scores.all()}
    write: list[Score] = []
    for key, value in values.items():
        if value is None:
            stored.pop(criteria[key].pk, None)
            continue
        score = Score(
            sheet=sheet,
            criterion=criteria[key],
            value=None if value == NOT_APPLICABLE else value,
        )
        stored[score.criterion_id] = score
        write.append(score)
    taken_back = [criteria[key].pk for key, value in values.items() if value is None]
    if taken_back:
        sheet.scores.filter(criterion__in=taken_back).delete()
    if write:
        Score.objects.bulk_create(
            write,
            update_conflicts=True,
            unique_fields=["sheet", "criterion"],
            update_fields=["value"],
        )
    total = _total(criteria.values(), {pk: score.value for pk, score in stored.items()})
    sheet.total = None if total is None else _nine(total)
    sheet.scored, sheet.revision, sheet.saved_at = len(stored), sheet.revision + 1, at
    sheet.save()
    return Saved(
        revision=sheet.revision,
        saved_at=at,
        total=sheet.total,
        scored=sheet.scored,
        of=len(criteria),
    )


@transaction.atomic
def submit_sheet(*, assignment: Assignment, by: User, at: dt.datetime) -> ScoreSheet:
    """Lock the sheet. A second press changes nothing."""
    require(bool(rules.is_juror(by, assignment)))
    Round.objects.select_for_update().get(pk=assignment.round_id)
    _lock(assignment)
    sheet = ScoreSheet.objects.filter(assignment=assignment).first()
    if sheet is not None and sheet.state == SheetState.SUBMITTED:
        return sheet
    sheet = _open_sheet(assignment, at=at)
    rubric = assignment.round.rubric
    criteria = rubrics.published_criteria(rubric)
    scores = {score.criterion_id: score.value for score in sheet.scores.all()}
    errors = {
        criterion.key: [_("Choose a level: %(name)s.") % {"name": text(criterion.name)}]
        for criterion in criteria
        if criterion.pk not in scores
    }
    if rubric.comment_rule == CommentRule.REQUIRED and not sheet.comment.strip():
        errors["comment"] = [_("Write a reason to the proposer.")]
    total = _total(criteria, scores)
    if total is None and not errors:
        errors[""] = [_("Score at least one criterion.")]
    if errors:
        raise Invalid(_("The sheet is not complete."), errors=errors)
    assert total is not None  # noqa: S101 - said above, for the type checker
    sheet.total, sheet.state, sheet.submitted_at = _nine(total), SheetState.SUBMITTED, at
    sheet.revision += 1
    sheet.digest = digest(sheet_payload(sheet, criteria, scores))
    sheet.full_clean()
    sheet.save()
    roster.count_idea(assignment.round_id, assignment.idea_id)
    Round.objects.filter(pk=assignment.round_id).update(sheets_submitted=F("sheets_submitted") + 1)
    Juror.objects.filter(pk=assignment.juror_id).update(submitted=F("submitted") + 1)
    audit.record("sheet.submitted", sheet, by=by, data={"sha256": sheet.digest})
    outbox.emit("sheet.submitted", sheet=sheet.pk)
    return sheet


def is_open(assignment: Assignment, *, at: dt.datetime) -> bool:
    """Whether scores of the assignment's round are taken at that moment."""
    return assignment.round.state == RoundState.OPEN and assignment.idea.challenge.allows(
        Act.SCORE, at=at
    )


def sheet_payload(
    sheet: ScoreSheet, criteria: Any, scores: Mapping[int, int | None]
) -> dict[str, Any]:
    """What a submitted sheet's SHA-256 is taken over."""
    assignment = sheet.assignment
    return {
        "round": assignment.round_id,
        "juror": assignment.juror_id,
        "idea": str(assignment.idea.uid),
        "rubric": assignment.round.rubric.digest,
        "scores": {criterion.key: scores.get(criterion.pk) for criterion in criteria},
        "comment": sheet.comment,
        "submitted_at": sheet.submitted_at.isoformat() if sheet.submitted_at else None,
    }


def _open_sheet(assignment: Assignment, *, at: dt.datetime) -> ScoreSheet:
    """The sheet, new at first need, under its assignment's lock; refuses when it is too late."""
    now = _lock(assignment)
    require(now.state == AssignmentState.CONFIRMED)
    if now.declared != DeclarationKind.NONE:
        raise NotNow(_("Declare your ties to this proposal first."))
    assignment.round.state = now.round.state
    if not is_open(assignment, at=at):
        raise NotNow(_("This round is closed. What you wrote is kept."))
    sheet = ScoreSheet.objects.filter(assignment=assignment).first()
    if sheet is None:
        sheet = ScoreSheet.objects.create(assignment=assignment, saved_at=at)
    sheet.assignment = assignment
    if sheet.state == SheetState.SUBMITTED:
        raise NotNow(_("You have submitted this sheet: it is locked."))
    return sheet


def _lock(assignment: Assignment) -> Assignment:
    """The assignment as it is now. Two windows of one juror wait for each other here."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("round")
    return rows.get(pk=assignment.pk)


def _values(
    changes: Mapping[str, Any], criteria: Mapping[str, Criterion], *, allow_na: bool
) -> dict[str, int | str | None]:
    """The changed values, checked against their scales; raises Invalid by criterion."""
    values: dict[str, int | str | None] = {}
    errors: dict[str, list[str]] = {}
    for key, raw in changes.items():
        if key in ("comment", "note"):
            continue
        criterion = criteria.get(key)
        if criterion is None:
            errors[key] = [_("The rubric has no such criterion.")]
        elif raw is None or raw == "":
            values[key] = None
        elif raw == NOT_APPLICABLE and allow_na:
            values[key] = NOT_APPLICABLE
        elif (value := _whole(raw)) is not None and criterion.low <= value <= criterion.high:
            values[key] = value
        else:
            errors[key] = [
                _("Choose a level from %(low)s to %(high)s.")
                % {"low": criterion.low, "high": criterion.high}
            ]
    if errors:
        raise Invalid(errors=errors)
    return values


def _whole(raw: Any) -> int | None:
    """A value as it was sent: 4, "4"; anything else is no level."""
    digits = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    return int(digits) if digits.isdecimal() and len(digits) <= LONGEST_VALUE else None


def _words(words: str, name: str) -> str:
    """What can be stored: no NUL, no halves of characters, not longer than the field."""
    words = words.replace("\x00", "").encode("utf-8", "replace").decode()
    limit = getattr(ScoreSheet._meta.get_field(name), "max_length", None) or 0
    if len(words) > limit:
        raise Invalid(
            errors={name: [_("Shorten the text to %(limit)s characters.") % {"limit": limit}]}
        )
    return words


def _total(criteria: Any, scores: Mapping[int, int | None]) -> Fraction | None:
    """Weighted mean on 0–100 over the criteria scored so far (scoring.totals tells the formula)."""
    weighed = points = Fraction(0)
    for criterion in criteria:
        value = scores.get(criterion.pk)
        if value is None:
            continue
        weight = Fraction(criterion.weight)
        weighed += weight
        points += weight * Fraction(value - criterion.low, criterion.high - criterion.low)
    return 100 * points / weighed if weighed else None


def _nine(value: Fraction) -> Decimal:
    """For the database: nine decimals. The ranking itself is computed from the scores, exactly."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(NINE)
