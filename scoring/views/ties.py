"""The gate before every proposal: the juror's word on ties, for all at once or one by one."""

from itertools import chain

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.signed_in import person_of
from core.arrival import arrived_at
from core.errors import Invalid
from ideas import reader
from scoring.actions import panel
from scoring.models import Assignment
from scoring.queries import desk as read
from scoring.states import DeclarationKind
from scoring.views.doors import mine, place

TIES = (DeclarationKind.NONE, DeclarationKind.POTENTIAL, DeclarationKind.CONFLICT)


@login_required
@never_cache
def ties(request: HttpRequest, pk: int) -> HttpResponse:
    """Ties to every proposal in the queue on one page: titles and proposers, no content yet."""
    juror = place(request, pk)
    waiting = [a for a in read.assignments_of(juror) if not a.declared]
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
    rows = [
        {
            "assignment": a,
            "proposer": reader.proposer(a.idea, reader.Audience.JURY),
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
@require_POST
def tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare ties to one proposal, at its gate or later from the desk."""
    assignment = mine(request, pk)
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
    row = {
        "assignment": assignment,
        "proposer": reader.proposer(assignment.idea, reader.Audience.JURY),
        "kind": kind,
        "reason": reason,
        "error": words,
    }
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


def given_tie(request: HttpRequest, assignment: Assignment) -> tuple[str, str]:
    return (
        request.POST.get(f"kind-{assignment.pk}", ""),
        request.POST.get(f"reason-{assignment.pk}", ""),
    )
