"""The juror's pages: invitations, ties, the score desk."""

import json
from collections.abc import Mapping
from itertools import chain
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.signed_in import person_of
from challenges.states import PhaseKind
from core import clock
from core.arrival import arrived_at
from core.errors import DomainError, Invalid, NotNow
from ideas import reader
from scoring.actions import panel, sheets
from scoring.models import Assignment, Juror
from scoring.queries import desk as read
from scoring.states import CommentRule, DeclarationKind, JurorState, NotApplicable, SheetState

TIES = (DeclarationKind.NONE, DeclarationKind.POTENTIAL, DeclarationKind.CONFLICT)


@login_required
@never_cache
def juries(request: HttpRequest) -> HttpResponse:
    """All of one's seats: what to answer, what to read."""
    return render(request, "scoring/juries.html", {"places": read.places_of(person_of(request))})


@login_required
@never_cache
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules of the jury, and yes or no."""
    juror = _place(request, pk)
    if juror.state == JurorState.ACCEPTED:
        return redirect("scoring:queue", juror.pk)
    error = ""
    if request.method == "POST":
        if request.POST.get("answer") == "no":
            panel.decline_invitation(juror=juror, by=person_of(request), at=arrived_at(request))
            messages.success(request, _("You have declined. Thank you for telling."))
            return redirect("accounts:home")
        if request.POST.get("agree"):
            panel.accept_invitation(juror=juror, by=person_of(request), at=arrived_at(request))
            messages.success(request, _("Welcome to the jury."))
            return redirect("scoring:queue", juror.pk)
        error = _("Confirm that you have read the rules and keep what you read to yourself.")
    return render(
        request,
        "scoring/invitation.html",
        {
            "juror": juror,
            "challenge": juror.challenge,
            "scoring_phase": juror.challenge.phase(PhaseKind.SCORING),
            "error": error,
        },
    )


@login_required
@never_cache
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """The juror's desk: ties first, then what to read, then what has been read."""
    juror = _place(request, pk)
    if juror.state != JurorState.ACCEPTED:
        return redirect("scoring:invitation", juror.pk)
    found = read.queue_of(juror)
    return render(
        request,
        "scoring/queue.html",
        {
            "juror": juror,
            "challenge": juror.challenge,
            "queue": found,
            "undeclared": [i for i in found.items if not i.assignment.declared],
            "scoring_phase": juror.challenge.phase(PhaseKind.SCORING),
        },
    )


@login_required
@never_cache
def ties(request: HttpRequest, pk: int) -> HttpResponse:
    """Ties to every proposal in the queue on one page: titles and proposers, no content yet."""
    juror = _place(request, pk)
    waiting = [a for a in read.assignments_of(juror) if not a.declared]
    errors: dict[int, str] = {}
    given = {a.pk: _given(request, a) for a in waiting}
    if request.method == "POST":
        for assignment in waiting:
            kind, reason = given[assignment.pk]
            if not kind:
                errors[assignment.pk] = _("Choose one.")
                continue
            try:
                panel.declare(
                    juror=juror,
                    idea=assignment.idea,
                    kind=kind,
                    reason=reason,
                    by=person_of(request),
                    at=arrived_at(request),
                )
            except Invalid as error:
                errors[assignment.pk] = " ".join(chain.from_iterable(error.errors.values()))
        if not errors:
            messages.success(request, _("Your declarations are in the record."))
            return redirect("scoring:queue", juror.pk)
    rows = [
        {
            "assignment": a,
            "kind": given[a.pk][0],
            "reason": given[a.pk][1],
            "error": errors.get(a.pk, ""),
        }
        for a in waiting
        if request.method != "POST" or a.pk in errors
    ]
    return render(
        request,
        "scoring/ties.html",
        {"juror": juror, "challenge": juror.challenge, "rows": rows, "kinds": TIES},
        status=400 if errors else 200,
    )


@login_required
@never_cache
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The score desk: queue, text and rubric on one screen. Works without JavaScript."""
    assignment = _mine(request, pk)
    if assignment.declared != DeclarationKind.NONE:
        return _gate(request, assignment)
    error: Invalid | None = None
    if request.method == "POST":
        try:
            return _save_and_go(request, assignment)
        except sheets.StaleSheet as stale:
            return _desk(request, _mine(request, pk), typed=request.POST, stale=stale, status=409)
        except Invalid as problem:
            error = problem
        except NotNow as problem:
            messages.error(request, str(problem))
            return _desk(request, _mine(request, pk), typed=request.POST, status=409)
        assignment = _mine(request, pk)
    return _desk(
        request,
        assignment,
        error=error,
        typed=request.POST if error else None,
        status=400 if error else 200,
    )


@require_POST
@never_cache
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep what changed: {"revision": n, "changes": {…}} → what was kept, or why not.

    401 when the session has ended, 404 what is not one's own, 409 another window's text, 400 a
    value that does not do. The page keeps the change until a 200 comes.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"message": _("Your session has ended. Sign in again.")}, status=401)
    assignment = read.my_assignment(request.user, pk)
    if assignment is None:
        return JsonResponse({"message": _("This page does not exist.")}, status=404)
    try:
        body = json.loads(request.body)
        changes, revision = dict(body["changes"]), int(body["revision"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JsonResponse({"message": _("The change could not be read.")}, status=400)
    try:
        saved = sheets.save_sheet(
            assignment=assignment,
            changes=changes,
            revision=revision,
            by=request.user,
            at=arrived_at(request),
        )
    except sheets.StaleSheet as stale:
        return JsonResponse(
            {
                "message": str(stale),
                "revision": stale.stored.revision,
                "stored": _stored(stale.stored),
            },
            status=409,
        )
    except Invalid as error:
        return JsonResponse({"message": str(error), "errors": error.errors}, status=400)
    except DomainError as error:
        return JsonResponse({"message": str(error), "locked": True}, status=423)
    total = None
    if saved.total is not None:
        total = number_format(read.on_scale(saved.total, assignment.round.rubric))
    return JsonResponse(
        {
            "revision": saved.revision,
            "saved_at": date_format(clock.local(saved.saved_at), "H.i"),
            "total": total,
            "scored": saved.scored,
            "of": saved.of,
        }
    )


@login_required
@require_POST
def tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare ties to one proposal, at its gate or later from the desk."""
    assignment = _mine(request, pk)
    kind, reason = _given(request, assignment)
    try:
        panel.declare(
            juror=assignment.juror,
            idea=assignment.idea,
            kind=kind,
            reason=reason,
            by=person_of(request),
            at=arrived_at(request),
        )
    except Invalid as error:
        return _gate(request, assignment, error=error, kind=kind, reason=reason)
    if kind == DeclarationKind.NONE:
        return redirect("scoring:sheet", assignment.pk)
    messages.success(request, _("Your declaration is in the record."))
    return redirect("scoring:queue", assignment.juror_id)


def _place(request: HttpRequest, pk: int) -> Juror:
    return get_object_or_404(
        read.places_of(person_of(request)).select_related("challenge__owner"), pk=pk
    )


def _mine(request: HttpRequest, pk: int) -> Assignment:
    assignment: Assignment | None = read.my_assignment(person_of(request), pk)
    if assignment is None:
        raise Http404
    return assignment


def _given(request: HttpRequest, assignment: Assignment) -> tuple[str, str]:
    return (
        request.POST.get(f"kind-{assignment.pk}", ""),
        request.POST.get(f"reason-{assignment.pk}", ""),
    )


def _gate(
    request: HttpRequest,
    assignment: Assignment,
    *,
    error: Invalid | None = None,
    kind: str = "",
    reason: str = "",
) -> HttpResponse:
    """Title and proposer only, and the question of ties."""
    words = " ".join(chain.from_iterable(error.errors.values())) if error else ""
    row = {"assignment": assignment, "kind": kind, "reason": reason, "error": words}
    return render(
        request,
        "scoring/gate.html",
        {
            "row": row,
            "kinds": TIES,
            "juror": assignment.juror,
            "challenge": assignment.idea.challenge,
        },
        status=400 if error else 200,
    )


def _changes(request: HttpRequest, assignment: Assignment) -> dict[str, Any]:
    """The whole form as it was sent; criteria without a choice are not named."""
    changes: dict[str, Any] = {}
    for row in read.rows_of(assignment):
        value = request.POST.get(f"c-{row.key}")
        if value is not None:
            changes[row.key] = value
    for name in ("comment", "note"):
        if name in request.POST:
            changes[name] = request.POST[name]
    return changes


def _save_and_go(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Save the form, submit if asked, and go where the pressed button leads."""
    go = request.POST.get("go", "stay")
    locked = (found := read.sheet_of(assignment)) and found.state == SheetState.SUBMITTED
    if not locked:
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
    return redirect("scoring:queue", assignment.juror_id)


def _desk(
    request: HttpRequest,
    assignment: Assignment,
    *,
    error: Invalid | None = None,
    typed: Mapping[str, str] | None = None,
    stale: sheets.StaleSheet | None = None,
    status: int = 200,
) -> HttpResponse:
    stored = read.sheet_of(assignment)
    here = read.queue_of(assignment.juror, current=assignment)
    rubric = assignment.round.rubric
    errors = error.errors if error else {}
    rows = read.rows_of(assignment, errors)
    submitted = bool(stored and stored.state == SheetState.SUBMITTED)
    closed = not submitted and not sheets.is_open(assignment, at=arrived_at(request))
    return render(
        request,
        "scoring/desk.html",
        {
            "assignment": assignment,
            "idea": assignment.idea,
            "challenge": assignment.idea.challenge,
            "juror": assignment.juror,
            "text": reader.rows(assignment.idea, reader.Audience.JURY),
            "proposer": reader.proposer(assignment.idea, reader.Audience.JURY),
            "rows": rows,
            "sheet": stored,
            "locked": submitted or closed,
            "closed": closed,
            "may_skip": rubric.not_applicable == NotApplicable.REWEIGHT,
            "total": read.on_scale(stored.total, rubric)
            if stored and stored.total is not None
            else None,
            "queue": here,
            "next": here.beside(1),
            "previous": here.beside(-1),
            "errors": errors,
            "typed": typed,
            "typed_rows": _in_words(rows, typed) if stale and typed else [],
            "stale": stale,
            "comment_required": rubric.comment_rule == CommentRule.REQUIRED,
            "saved_at": clock.local(stored.saved_at) if stored and stored.saved_at else None,
            "autosave_url": reverse("scoring:autosave", args=[assignment.pk]),
        },
        status=status,
    )


def _in_words(rows: list[read.CriterionRow], typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed in a window that had grown old, as the juror knows it."""
    said = [(str(row.criterion), typed.get(f"c-{row.key}", "")) for row in rows]
    said += [
        (_("Reason to the proposer"), typed.get("comment", "")),
        (_("Note to myself"), typed.get("note", "")),
    ]
    return [(label, value) for label, value in said if value]


def _stored(stored: Any) -> dict[str, Any]:
    """A sheet as the page's script knows it."""
    values = {
        score.criterion.key: "na" if score.value is None else str(score.value)
        for score in stored.scores.select_related("criterion")
    }
    return {**values, "comment": stored.comment, "note": stored.note}
