"""The chair's pages: ties to settle, sheets to open again, the register of declarations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.signed_in import person_of
from challenges.models import Challenge
from core.arrival import arrived_at
from core.errors import DomainError, Invalid
from scoring.actions import panel, reopening
from scoring.queries import chair as read
from scoring.views.doors import own_chair

PER_PAGE = 100
ANSWERS = ("conflict", "none")


@own_chair
def chair(request: HttpRequest, challenge: Challenge) -> HttpResponse:
    """What waits for the chair's word; POST settles a possible tie."""
    user = person_of(request)
    if request.method == "POST":
        number, answer = request.POST.get("declaration", ""), request.POST.get("answer", "")
        if not number.isdecimal() or len(number) > 18 or answer not in ANSWERS:
            raise Http404
        declaration = get_object_or_404(read.register(challenge, user), pk=int(number))
        try:
            panel.settle_declaration(
                declaration=declaration,
                conflict=answer == "conflict",
                by=user,
                at=arrived_at(request),
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The tie has been settled."))
        return redirect("scoring:chair", challenge.slug)
    sheets = Paginator(read.locked_sheets(challenge, user), PER_PAGE)
    register = Paginator(read.register(challenge, user), PER_PAGE)
    return render(
        request,
        "scoring/chair.html",
        {
            "challenge": challenge,
            "ties": read.ties_to_settle(challenge, user),
            "reopened": read.reopened_sheets(challenge, user),
            "sheets": sheets.get_page(request.GET.get("page")),
            "register": register.get_page(request.GET.get("register")),
        },
    )


@own_chair
def reopen(request: HttpRequest, challenge: Challenge, pk: int) -> HttpResponse:
    """Open one sheet again, with a written reason that the juror gets."""
    assignment = get_object_or_404(read.locked_sheets(challenge, person_of(request)), pk=pk)
    error, reason = "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            reopening.reopen_sheet(
                assignment=assignment,
                reason=reason,
                by=person_of(request),
                at=arrived_at(request),
            )
        except Invalid as problem:
            error = " ".join(problem.errors.get("reason", [str(problem)]))
        except DomainError as problem:
            messages.error(request, str(problem))
            return redirect("scoring:chair", challenge.slug)
        else:
            messages.success(request, _("The sheet is open again; the juror gets a letter."))
            return redirect("scoring:chair", challenge.slug)
    context = {"challenge": challenge, "assignment": assignment, "reason": reason, "error": error}
    return render(request, "scoring/reopen.html", context, status=400 if error else 200)
