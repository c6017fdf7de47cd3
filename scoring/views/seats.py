"""A juror's seats: invitations and their answers, and the queue of each."""

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.signed_in import person_of
from challenges.states import PhaseKind
from core.arrival import arrived_at
from scoring.actions import panel, terms
from scoring.models import Juror
from scoring.queries import desk as read
from scoring.queries.terms import must_accept_again
from scoring.states import JurorState
from scoring.views.doors import own_seat, place, terms_page


@login_required
@never_cache
def juries(request: HttpRequest) -> HttpResponse:
    """All of one's seats: what to answer, what to read."""
    return render(request, "scoring/juries.html", {"places": read.places_of(person_of(request))})


@login_required
@never_cache
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules of the jury, and yes or no."""
    juror = place(request, pk)
    again = juror.state == JurorState.ACCEPTED
    onward = _onward(request, juror)
    if again and not must_accept_again(juror):
        return redirect(onward)
    error = ""
    if request.method == "POST":
        if again and request.POST.get("agree"):
            terms.accept_terms(juror=juror, by=person_of(request), at=arrived_at(request))
            return redirect(onward)
        if not again and request.POST.get("answer") == "no":
            panel.decline_invitation(juror=juror, by=person_of(request), at=arrived_at(request))
            messages.success(request, _("You have declined. Thank you for telling."))
            return redirect("accounts:home")
        if not again and request.POST.get("agree"):
            panel.accept_invitation(juror=juror, by=person_of(request), at=arrived_at(request))
            messages.success(request, _("Welcome to the jury."))
            return redirect("scoring:queue", juror.pk)
        error = terms.confirm_first()
    return terms_page(request, juror, again=again, error=error)


def _onward(request: HttpRequest, juror: Juror) -> str:
    """Where one was going when newer terms came in between, else one's queue."""
    then = request.GET.get(REDIRECT_FIELD_NAME, "")
    if url_has_allowed_host_and_scheme(then, {request.get_host()}, request.is_secure()):
        return then
    return reverse("scoring:queue", args=[juror.pk])


@own_seat
def queue(request: HttpRequest, juror: Juror) -> HttpResponse:
    """The juror's desk: ties first, then what to read, then what has been read."""
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
