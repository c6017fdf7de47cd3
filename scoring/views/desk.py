"""The score desk: queue, text and rubric on one screen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.signed_in import person_of
from core import clock
from core.arrival import arrived_at
from core.errors import DomainError, Invalid, NotNow
from ideas import reader, secret_review
from scoring import entries
from scoring.actions import sheets
from scoring.entries import TEXTS
from scoring.models import Assignment, ScoreSheet
from scoring.queries import desk as read
from scoring.queries import others
from scoring.states import ANSWERED, CommentRule, NotApplicable, SheetState
from scoring.views.doors import mine
from scoring.views.ties import behind_the_gate


@behind_the_gate
def sheet(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """The score desk. Works without JavaScript."""
    if request.method != "POST":
        return _desk(request, assignment)
    error, refused = None, None
    try:
        return _save_and_go(request, assignment)
    except Invalid as problem:
        error, status = problem, 400
    except (sheets.StaleSheet, NotNow) as problem:
        refused, status = problem, 409
    fresh = mine(request, assignment.pk)
    return _desk(request, fresh, error=error, refused=refused, typed=request.POST, status=status)


@behind_the_gate
def printed(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """One's own sheet on one page of paper."""
    stored = read.sheet_of(assignment)
    rubric = assignment.round.rubric
    return render(
        request,
        "scoring/print.html",
        {
            "assignment": assignment,
            "idea": assignment.idea,
            "challenge": assignment.idea.challenge,
            "juror": assignment.juror,
            "rows": read.rows_of(assignment),
            "sheet": stored,
            "total": _total(stored, assignment),
            "scale": read.scale_of(rubric),
            "rubric": rubric,
        },
    )


@behind_the_gate
def abstain(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Leave a proposal unscored, with a reason."""
    error, reason = "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            sheets.abstain(
                assignment=assignment,
                reason=reason,
                by=person_of(request),
                at=arrived_at(request),
            )
        except Invalid as problem:
            error = " ".join(problem.errors.get("reason", [str(problem)]))
        else:
            messages.success(request, _("You have abstained; the reason is on the record."))
            return redirect("scoring:queue", assignment.juror_id)
    context = {
        "assignment": assignment,
        "juror": assignment.juror,
        "challenge": assignment.idea.challenge,
        "reason": reason,
        "error": error,
    }
    return render(request, "scoring/abstain.html", context, status=400 if error else 200)


def _changes(request: HttpRequest, assignment: Assignment) -> dict[str, Any]:
    """The whole form as it was sent; criteria without a choice are not named."""
    changes: dict[str, Any] = {}
    for row in read.rows_of(assignment):
        value = request.POST.get(f"c-{row.key}")
        if value is not None:
            changes[row.key] = value
    for name in TEXTS:
        if name in request.POST:
            changes[name] = request.POST[name]
    return changes


def _save_and_go(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Save the form, submit if asked, and go where the pressed button leads."""
    go = request.POST.get("go", "stay")
    found = read.sheet_of(assignment)
    if found and found.state in ANSWERED:
        _refuse_words_too_late(_changes(request, assignment), found)
    else:
        revision = request.POST.get("revision", "")
        sheets.save_sheet(
            assignment=assignment,
            changes=_changes(request, assignment),
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else None,
            by=person_of(request),
            at=arrived_at(request),
        )
        if go == "submit":
            sheets.submit_sheet(
                assignment=assignment, by=person_of(request), at=arrived_at(request)
            )
            messages.success(
                request,
                _("Your scores of “%(title)s” are in and locked.")
                % {"title": assignment.idea.title},
            )
    here = read.queue_of(assignment.juror, current=assignment)
    target = {"next": here.beside(1), "previous": here.beside(-1), "submit": here.first_open}.get(
        go
    )
    if target is not None:
        return redirect("scoring:sheet", target.assignment.pk)
    if go == "stay":
        return redirect("scoring:sheet", assignment.pk)
    if here.ready and here.first_open is None:
        return redirect("scoring:strip", assignment.juror_id)
    return redirect("scoring:queue", assignment.juror_id)


def _refuse_words_too_late(changes: Mapping[str, Any], stored: ScoreSheet) -> None:
    """A window from before the lock that says something else than what was locked: say so."""
    kept = read.as_typed(stored)
    if any(entries.one_line_end(str(said)) != kept.get(key, "") for key, said in changes.items()):
        raise NotNow(_("You have submitted this sheet: it is locked."))


def _desk(
    request: HttpRequest,
    assignment: Assignment,
    *,
    error: Invalid | None = None,
    typed: Mapping[str, str] | None = None,
    refused: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    stored = read.sheet_of(assignment)
    here = read.queue_of(assignment.juror, current=assignment)
    rubric = assignment.round.rubric
    errors = error.errors if error else {}
    rows = read.rows_of(assignment, errors)
    answered = bool(stored and stored.state in ANSWERED)
    closed = not answered and not sheets.is_open(assignment, at=arrived_at(request))
    low, high = read.scale_of(rubric)
    return render(
        request,
        "scoring/desk.html",
        {
            "assignment": assignment,
            "idea": assignment.idea,
            "challenge": assignment.idea.challenge,
            "juror": assignment.juror,
            "text": reader.rows(assignment.idea, reader.Audience.JURY),
            "secret": secret_review.read(
                assignment.idea, reader.Audience.JURY, by=person_of(request), page="desk"
            ),
            "proposer": reader.proposer(assignment.idea, reader.Audience.JURY),
            "blind": reader.hides_proposer(assignment.idea),
            "rows": _typed_rows(rows, typed) if typed and not refused else rows,
            "asked": sum(row.criterion.is_required for row in rows),
            "sheet": stored,
            "locked": answered or closed,
            "closed": closed,
            "reopened": bool(stored and stored.state == SheetState.REOPENED),
            "abstained": bool(stored and stored.state == SheetState.ABSTAINED),
            "may_skip": rubric.not_applicable == NotApplicable.REWEIGHT,
            "total": _total(stored, assignment),
            "scale": (low, high),
            "queue": here,
            "next": here.beside(1),
            "previous": here.beside(-1),
            "errors": errors,
            "texts": _texts(stored, typed if not refused else None),
            "refused": refused,
            "stale": isinstance(refused, sheets.StaleSheet),
            "typed_rows": _in_words(rows, typed) if refused and typed else [],
            "typed_again": _again(typed) if refused and typed else [],
            "rubric": rubric,
            "comment_required": rubric.comment_rule == CommentRule.REQUIRED,
            "comment_levels": rubric.comment_levels,
            "others": others.others_of(assignment, stored),
            "others_rule": others.words_of_rule(assignment),
            "saved_at": clock.local(stored.saved_at) if stored and stored.saved_at else None,
            "autosave_url": reverse("scoring:autosave", args=[assignment.pk]),
        },
        status=status,
    )


def _total(stored: Any, assignment: Assignment) -> Any:
    if stored is None or stored.total is None:
        return None
    return read.on_scale(stored.total, assignment.round.rubric)


def _texts(stored: Any, typed: Mapping[str, str] | None) -> dict[str, str]:
    """Comment, internal comment and note: as typed, or as stored."""
    return {
        name: typed[name] if typed and name in typed else getattr(stored, name, "")
        for name in TEXTS
    }


def _typed_rows(rows: list[read.CriterionRow], typed: Mapping[str, str]) -> list[read.CriterionRow]:
    """The rubric as it was filled in, where that can be shown at all."""
    shown = []
    for row in rows:
        raw = typed.get(f"c-{row.key}", "")
        if row.criterion.is_text and raw:
            shown.append(replace(row, text=raw))
        elif raw == "na":
            shown.append(replace(row, value=None, not_applicable=True))
        elif raw in {str(value) for value, _label, _words in row.levels}:
            shown.append(replace(row, value=int(raw), not_applicable=False))
        else:
            shown.append(row)
    return shown


def _in_words(rows: list[read.CriterionRow], typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed in a window that had grown old, as the juror knows it."""
    said = [(str(row.criterion), _word(row, typed.get(f"c-{row.key}", ""))) for row in rows]
    said += [
        (_("Reason to the proposer"), typed.get("comment", "")),
        (_("Comment to the jury and staff"), typed.get("internal", "")),
        (_("Note to myself"), typed.get("note", "")),
    ]
    return [(label, value) for label, value in said if value]


def _word(row: read.CriterionRow, raw: str) -> str:
    """A choice as it stands on its button."""
    if raw == entries.NOT_APPLICABLE:
        return _("I cannot say")
    return next((label for value, label, _words in row.levels if raw == str(value)), raw)


def _again(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The same as fields, to be sent once more when the juror chooses this window's text."""
    return [(name, typed[name]) for name in typed if name.startswith("c-") or name in TEXTS]
