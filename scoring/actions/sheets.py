"""Verbs: score, submit, abstain."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.states import Act
from core import audit, outbox
from core.canonical import digest
from core.errors import DomainError, Invalid, NotNow, require
from scoring import entries, rubrics, rules
from scoring.actions import roster
from scoring.actions.terms import TermsFirst
from scoring.models import Assignment, Criterion, Juror, Round, Score, ScoreSheet, SheetVersion
from scoring.queries.terms import newer_terms
from scoring.states import (
    ANSWERED,
    AssignmentState,
    DeclarationKind,
    NotApplicable,
    RoundState,
    SheetState,
)

LONGEST_REASON = 1000


@dataclass(frozen=True)
class Saved:
    """What the juror is told after a save. `total` is 0–100 over what is scored, None at first.

    `scored` of `of` criteria that ask for an answer have one.
    """

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

    changes: criterion key → level (of a gate 1 yes, 0 no, 2 to be clarified; words where the
    criterion asks for them), "na" where the rubric allows it, or None to take an answer back; and
    the texts "comment" (to the proposer), "internal" (to jury and staff), "note" (one's own).
    revision: what the window knew; another one in the database raises StaleSheet.
    """
    require(bool(rules.is_juror(by, assignment)))
    sheet = _open_sheet(assignment, at=at)
    if revision is not None and revision != sheet.revision:
        raise StaleSheet(sheet)
    rubric = assignment.round.rubric
    criteria = {c.key: c for c in rubrics.asked_of_jurors(rubric)}
    allow_na = rubric.not_applicable == NotApplicable.REWEIGHT
    given = entries.read_entries(changes, criteria, allow_na=allow_na)
    for name, words in entries.read_texts(changes, rubric).items():
        setattr(sheet, name, words)
    stored = _write(sheet, {criteria[key].pk: entry for key, entry in given.items()})
    total = entries.total(criteria.values(), stored)
    asked = {criterion.pk for criterion in criteria.values() if criterion.is_required}
    sheet.total, sheet.scored = entries.nine(total), len(asked & stored.keys())
    sheet.revision, sheet.saved_at = sheet.revision + 1, at
    sheet.save(
        update_fields=["comment", "internal", "note", "total", "scored", "revision", "saved_at"]
    )
    return Saved(
        revision=sheet.revision,
        saved_at=at,
        total=sheet.total,
        scored=sheet.scored,
        of=len(asked),
    )


def _write(sheet: ScoreSheet, given: Mapping[int, entries.Entry | None]) -> dict[int, int | None]:
    """Store the answers; all values of the sheet after that, by criterion's primary key."""
    stored = dict(sheet.scores.values_list("criterion_id", "value"))
    taken_back = [pk for pk, entry in given.items() if entry is None and pk in stored]
    for pk in taken_back:
        del stored[pk]
    if taken_back:
        sheet.scores.filter(criterion__in=taken_back).delete()
    write = [
        Score(sheet=sheet, criterion_id=pk, value=entry.value, text=entry.text)
        for pk, entry in given.items()
        if entry is not None
    ]
    if write:
        Score.objects.bulk_create(
            write,
            update_conflicts=True,
            unique_fields=["sheet", "criterion"],
            update_fields=["value", "text"],
        )
    return stored | {score.criterion_id: score.value for score in write}


@transaction.atomic
def submit_sheet(*, assignment: Assignment, by: User, at: dt.datetime) -> ScoreSheet:
    """Lock the sheet. A second press changes nothing."""
    require(bool(rules.is_juror(by, assignment)))
    sheet = _answerable(assignment, at=at)
    if sheet.state == SheetState.SUBMITTED:
        return sheet
    _require_unlocked(sheet)
    rubric = assignment.round.rubric
    criteria = rubrics.asked_of_jurors(rubric)
    scores = {score.criterion_id: score for score in sheet.scores.all()}
    values = {pk: score.value for pk, score in scores.items()}
    errors = entries.lacking(sheet, rubric, criteria, values)
    if errors:
        raise Invalid(_("The sheet is not complete."), errors=errors)
    sheet.total = entries.nine(entries.total(criteria, values))
    sheet.abstained_because = ""
    _answer(sheet, SheetState.SUBMITTED, criteria, scores, by=by, at=at)
    return sheet


def submit_all(
    *, assignments: Iterable[Assignment], by: User, at: dt.datetime
) -> tuple[int, list[Assignment]]:
    """Lock all sheets that are complete: how many, and those that lack something.

    Each is a transaction of its own: what has been locked stays so, whatever comes after.
    """
    locked, left = 0, []
    for assignment in assignments:
        try:
            submit_sheet(assignment=assignment, by=by, at=at)
        except Invalid:
            left.append(assignment)
        else:
            locked += 1
    return locked, left


@transaction.atomic
def abstain(*, assignment: Assignment, reason: str, by: User, at: dt.datetime) -> ScoreSheet:
    """Leave the proposal unscored, with a reason. It is answered, but counts in no mean.

    The scores entered so far stay on the sheet, should the chair reopen it.
    """
    require(bool(rules.is_juror(by, assignment)))
    sheet = _answerable(assignment, at=at)
    if sheet.state == SheetState.ABSTAINED:
        return sheet
    _require_unlocked(sheet)
    sheet.abstained_because = reason_of(reason)
    criteria = rubrics.asked_of_jurors(assignment.round.rubric)
    sheet.total = None
    _answer(sheet, SheetState.ABSTAINED, criteria, {}, by=by, at=at)
    return sheet


def reason_of(words: str) -> str:
    """A written reason, as it can be stored. Raises Invalid at «reason»."""
    try:
        words = entries.clean(words, LONGEST_REASON).strip()
    except Invalid as error:
        raise Invalid(errors={"reason": error.errors[""]}) from error
    if not words:
        raise Invalid(errors={"reason": [_("Write the reason.")]})
    return words


def _answerable(assignment: Assignment, *, at: dt.datetime) -> ScoreSheet:
    """The sheet to be answered with, round and assignment locked; one that is answered as it is."""
    Round.objects.select_for_update().get(pk=assignment.round_id)
    _lock(assignment)
    sheet = ScoreSheet.objects.filter(assignment=assignment).first()
    if sheet is not None and sheet.state in ANSWERED:
        sheet.assignment = assignment
        return sheet
    return _open_sheet(assignment, at=at)


def _answer(
    sheet: ScoreSheet,
    state: SheetState,
    criteria: Iterable[Criterion],
    scores: Mapping[int, Score],
    *,
    by: User,
    at: dt.datetime,
) -> None:
    """Lock the sheet as it is: version, digest, sums, record."""
    assignment = sheet.assignment
    sheet.state, sheet.submitted_at = state, at
    sheet.revision, sheet.number = sheet.revision + 1, sheet.number + 1
    payload = sheet_payload(sheet, criteria, scores)
    sheet.digest = digest(payload)
    sheet.full_clean()
    sheet.save()
    SheetVersion.objects.create(
        sheet=sheet,
        number=sheet.number,
        payload=payload,
        digest=sheet.digest,
        at=at,
        reason=sheet.reopened_because,
    )
    roster.count_idea(assignment.round_id, assignment.idea_id)
    Round.objects.filter(pk=assignment.round_id).update(sheets_submitted=F("sheets_submitted") + 1)
    Juror.objects.filter(pk=assignment.juror_id).update(submitted=F("submitted") + 1)
    verb = f"sheet.{state.value}"
    audit.record(verb, sheet, by=by, data={"sha256": sheet.digest, "version": sheet.number})
    outbox.emit(verb, sheet=sheet.pk)


def is_open(assignment: Assignment, *, at: dt.datetime) -> bool:
    """Whether scores of the assignment's round are taken at that moment."""
    return assignment.round.state == RoundState.OPEN and assignment.idea.challenge.allows(
        Act.SCORE, at=at
    )


def sheet_payload(
    sheet: ScoreSheet, criteria: Iterable[Criterion], scores: Mapping[int, Score]
) -> dict[str, Any]:
    """What a submitted sheet's SHA-256 is taken over. The juror's own note is not in it.

    Versions of before there were texts, internal comments and abstentions lack those keys.
    """
    assignment = sheet.assignment
    criteria = list(criteria)
    abstained = sheet.state == SheetState.ABSTAINED
    return {
        "round": assignment.round_id,
        "juror": assignment.juror_id,
        "idea": str(assignment.idea.uid),
        "rubric": assignment.round.rubric.digest,
        "version": sheet.number,
        "state": str(sheet.state),
        "scores": {
            c.key: scores[c.pk].value if c.pk in scores else None
            for c in criteria
            if not c.is_text and not abstained
        },
        "texts": {c.key: scores[c.pk].text for c in criteria if c.is_text and c.pk in scores},
        "comment": sheet.comment,
        "internal": sheet.internal,
        "abstained": sheet.abstained_because if abstained else "",
        "reopened": sheet.reopened_because,
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
        raise NotNow(
            _("This round is closed: it takes no more changes. What was saved before is kept.")
        )
    sheet = ScoreSheet.objects.filter(assignment=assignment).first()
    if sheet is None:
        sheet = ScoreSheet.objects.create(assignment=assignment, saved_at=at)
    sheet.assignment = assignment
    _require_unlocked(sheet)
    return sheet


def _require_unlocked(sheet: ScoreSheet) -> None:
    if sheet.state in ANSWERED:
        raise NotNow(_("You have submitted this sheet: it is locked."))


def _lock(assignment: Assignment) -> Assignment:
    """The assignment as it is now. Two windows of one juror wait for each other here.

    Raises TermsFirst while newer terms wait for the juror's yes.
    """
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("round")
    now = rows.annotate(terms_wait=newer_terms()).get(pk=assignment.pk)
    if now.terms_wait:
        raise TermsFirst
    return now
