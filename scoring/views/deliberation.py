"""A juror's part in the talk: reasons that were asked for, and the agenda of the meeting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from accounts.signed_in import person_of
from core.arrival import arrived_at
from core.errors import Invalid, require
from scoring import rules
from scoring.actions import signs as verbs
from scoring.models import Juror
from scoring.queries import deliberation as read
from scoring.views.doors import place


@login_required
@never_cache
def reasons(request: HttpRequest, pk: int) -> HttpResponse:
    """What staff asked about one's own scores, with a field for each. Scores are not changed."""
    juror = _seat(request, pk)
    asked = list(
        juror.signs.filter(asked_at__isnull=False)
        .select_related("idea")
        .order_by("answered_at", "asked_at", "pk")
    )
    errors: dict[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        typed = {
            sign.pk: request.POST[f"reason-{sign.pk}"]
            for sign in asked
            if f"reason-{sign.pk}" in request.POST
        }
        try:
            given = verbs.give_reasons(
                juror=juror, reasons=typed, by=person_of(request), at=arrived_at(request)
            )
        except Invalid as error:
            errors, status = dict(error.errors), 400
            for sign in asked:
                sign.reason = typed.get(sign.pk, sign.reason)
        else:
            messages.success(
                request,
                ngettext(
                    "Thank you: %(n)s reason was saved.",
                    "Thank you: %(n)s reasons were saved.",
                    given,
                )
                % {"n": given},
            )
            return redirect("scoring:reasons", juror.pk)
    rows = [(sign, errors.get(f"reason-{sign.pk}", [])) for sign in asked]
    return render(
        request,
        "scoring/reasons.html",
        {"juror": juror, "challenge": juror.challenge, "rows": rows, "errors": errors},
        status=status,
    )


@login_required
@never_cache
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda. Of a proposal that one has a tie to, only that it is there."""
    juror = _seat(request, pk)
    found = read.agenda_for(juror)
    if found is None:
        raise Http404
    return render(
        request,
        "scoring/meeting.html",
        {
            "juror": juror,
            "challenge": juror.challenge,
            "meeting": found[0],
            "topics": found[1],
            "here": found[0].present.filter(pk=juror.pk).exists(),
        },
    )


def _seat(request: HttpRequest, pk: int) -> Juror:
    juror = place(request, pk)
    require(bool(rules.sits_on(request.user, juror)))
    return juror
