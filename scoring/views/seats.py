"""A juror's seats: invitations and their answers, and the queue of each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.signed_in import person_of
from challenges.states import PhaseKind
from core.arrival import arrived_at
from core.multilingual import text
from scoring.actions import panel, terms
from scoring.queries import desk as read
from scoring.queries.terms import current_terms, must_accept_again
from scoring.states import JurorState
from scoring.views.doors import place


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
    if again and not must_accept_again(juror):
        return redirect("scoring:queue", juror.pk)
    error = ""
    if request.method == "POST":
        if again and request.POST.get("agree"):
            terms.accept_terms(juror=juror, by=person_of(request), at=arrived_at(request))
            return redirect("scoring:queue", juror.pk)
        if not again and request.POST.get("answer") == "no":
            panel.decline_invitation(juror=juror, by=person_of(request), at=arrived_at(request))
            messages.success(request, _("You have declined. Thank you for telling."))
            return redirect("accounts:home")
        if not again and request.POST.get("agree"):
            panel.accept_invitation(juror=juror, by=person_of(request), at=arrived_at(request))
            messages.success(request, _("Welcome to the jury."))
            return redirect("scoring:queue", juror.pk)
        error = _("Confirm that you have read the rules and keep what you read to yourself.")
    found = current_terms(juror.challenge)
    return render(
        request,
        "scoring/invitation.html",
        {
            "juror": juror,
            "challenge": juror.challenge,
            "scoring_phase": juror.challenge.phase(PhaseKind.SCORING),
            "error": error,
            "again": again,
            "promises": text(found.body if found else terms.usual_terms()).splitlines(),
        },
    )


@login_required
@never_cache
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """The juror's desk: ties first, then what to read, then what has been read."""
    juror = place(request, pk)
    if juror.state != JurorState.ACCEPTED or must_accept_again(juror):
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
