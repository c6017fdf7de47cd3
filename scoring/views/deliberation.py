"""A juror's part in the talk: reasons that were asked for, and the agenda of the meeting."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from accounts.signed_in import person_of
from core.arrival import arrived_at
from core.errors import Invalid
from scoring.actions import signs as verbs
from scoring.models import Juror
from scoring.queries import deliberation as read
from scoring.views.doors import own_seat


@own_seat
def reasons(request: HttpRequest, juror: Juror) -> HttpResponse:
    """What staff asked about one's own scores, with a field for each. Scores are not changed."""
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


@own_seat
def meeting(request: HttpRequest, juror: Juror) -> HttpResponse:
    """The agenda. Of a proposal that one has a tie to, only that it is there."""
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
