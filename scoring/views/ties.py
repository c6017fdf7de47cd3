"""The gate before every proposal: the juror's word on ties, for all at once or one by one."""

from collections.abc import Callable
from itertools import chain
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.signed_in import person_of
from core.arrival import arrived_at
from core.errors import Invalid
from ideas import reader
from scoring.actions import panel
from scoring.conflicts import hints_for
from scoring.models import Assignment, Juror
from scoring.queries import desk as read
from scoring.states import DeclarationKind
from scoring.views.doors import View, own_seat, own_sheet

TIES = (DeclarationKind.NONE, DeclarationKind.POTENTIAL, DeclarationKind.CONFLICT)


def behind_the_gate(view: Callable[[HttpRequest, Assignment], HttpResponse]) -> View:
    """A page with the proposal's content or one's scores: closed until ties are cleared."""

    @own_sheet
    def guarded(request: HttpRequest, assignment: Assignment) -> HttpResponse:
        if not read.is_cleared(assignment):
            return gate(request, assignment)
        return view(request, assignment)

    return guarded


@own_seat
def ties(request: HttpRequest, juror: Juror) -> HttpResponse:
    """Ties to every proposal in the queue on one page: titles and proposers, no content yet."""
    waiting = [i.assignment for i in read.queue_of(juror).items if not i.assignment.declared]
    errors: dict[int, str] = {}
    given = {a.pk: given_tie(request, a) for a in waiting}
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
    shown = [a for a in waiting if request.method != "POST" or a.pk in errors]
    hints = hints_for(juror, [a.idea for a in shown])
    rows = [
        _row(a, *given[a.pk], error=errors.get(a.pk, ""), hints=hints[a.idea_id]) for a in shown
    ]
    return render(
        request,
        "scoring/ties.html",
        {"juror": juror, "challenge": juror.challenge, "rows": rows, "kinds": TIES},
        status=400 if errors else 200,
    )


@login_required
@require_POST
@own_sheet
def tie(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Declare ties to one proposal, at its gate or later from the desk."""
    kind, reason = given_tie(request, assignment)
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
        return gate(request, assignment, error=error, kind=kind, reason=reason)
    if kind == DeclarationKind.NONE:
        return redirect("scoring:sheet", assignment.pk)
    messages.success(request, _("Your declaration is in the record."))
    return redirect("scoring:queue", assignment.juror_id)


def gate(
    request: HttpRequest,
    assignment: Assignment,
    *,
    error: Invalid | None = None,
    kind: str = "",
    reason: str = "",
) -> HttpResponse:
    """Title and proposer only, and the question of ties."""
    words = " ".join(chain.from_iterable(error.errors.values())) if error else ""
    waits = bool(assignment.declared) and not read.is_cleared(assignment)
    hints = [] if waits else hints_for(assignment.juror, [assignment.idea])[assignment.idea_id]
    return render(
        request,
        "scoring/gate.html",
        {
            "row": _row(assignment, kind, reason, error=words, hints=hints),
            "waits": waits,
            "kinds": TIES,
            "juror": assignment.juror,
            "challenge": assignment.idea.challenge,
        },
        status=400 if error else 200,
    )


def given_tie(request: HttpRequest, assignment: Assignment) -> tuple[str, str]:
    return (
        request.POST.get(f"kind-{assignment.pk}", ""),
        request.POST.get(f"reason-{assignment.pk}", ""),
    )


def _row(
    assignment: Assignment, kind: str, reason: str, *, error: str, hints: list[str]
) -> dict[str, Any]:
    """What `_tie.html` shows of one proposal."""
    return {
        "assignment": assignment,
        "proposer": reader.proposer(assignment.idea, reader.Audience.JURY),
        "kind": kind,
        "reason": reason,
        "error": error,
        "hints": hints,
    }
