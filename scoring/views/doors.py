"""The doors of the juror's pages: one's own seat or assignment, or a 404; the terms before all."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts.signed_in import person_of
from challenges.models import Challenge
from challenges.states import PhaseKind
from core.arrival import arrived_at
from core.errors import require
from core.multilingual import text
from core.views import typed_fields
from scoring import rules
from scoring.actions import terms
from scoring.models import Assignment, Juror
from scoring.queries import desk as read
from scoring.queries.terms import current_terms, must_accept_again
from scoring.states import JurorState

View = Callable[[HttpRequest, int], HttpResponse]
OWN_FIELDS = ("agree", "answer", "terms")  # of the page of terms itself


def own_seat(view: Callable[[HttpRequest, Juror], HttpResponse]) -> View:
    """A page of a seat that the person has taken; before that it is the invitation."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        juror = place(request, pk)
        if juror.state != JurorState.ACCEPTED:
            return redirect("scoring:invitation", juror.pk)
        require(bool(rules.sits_on(request.user, juror)))
        return _first_the_terms(request, juror) or view(request, juror)

    return guarded


def own_sheet(view: Callable[[HttpRequest, Assignment], HttpResponse]) -> View:
    """A page of a proposal that the person has been given to score."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        assignment = mine(request, pk)
        return _first_the_terms(request, assignment.juror) or view(request, assignment)

    return guarded


def own_chair(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the chair and the host's staff, by the challenge's slug. A chair who sits on the
    jury accepts the jury's newest terms first, as on any page of the seat.
    """

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, slug: str, **kwargs: int) -> HttpResponse:
        person = person_of(request)
        challenge = get_object_or_404(Challenge.objects.select_related("owner"), slug=slug)
        require(bool(rules.can_chair(person, challenge)))
        seat = challenge.jurors.filter(user=person, state=JurorState.ACCEPTED).first()
        waits = None
        if seat is not None:
            seat.challenge = challenge
            waits = _first_the_terms(request, seat)
        return waits or view(request, challenge, **kwargs)

    return guarded


def place(request: HttpRequest, pk: int) -> Juror:
    return get_object_or_404(
        read.places_of(person_of(request)).select_related("challenge__owner"), pk=pk
    )


def mine(request: HttpRequest, pk: int) -> Assignment:
    assignment: Assignment | None = read.my_assignment(person_of(request), pk)
    if assignment is None:
        raise Http404
    return assignment


def to_terms(juror: Juror, then: str) -> str:
    """Where newer terms are accepted, and from there on to where the juror was going."""
    url = reverse("scoring:invitation", args=[juror.pk])
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: then})}"


def terms_page(
    request: HttpRequest, juror: Juror, *, again: bool, error: str = "", status: int = 200
) -> HttpResponse:
    """The rules of the jury. A form that was sent before they were accepted goes along with yes."""
    found = current_terms(juror.challenge)
    fields = typed_fields(request) if request.method == "POST" else []
    return render(
        request,
        "scoring/invitation.html",
        {
            "juror": juror,
            "challenge": juror.challenge,
            "scoring_phase": juror.challenge.phase(PhaseKind.SCORING),
            "error": error,
            "again": again,
            "fields": [
                field for field in fields if field["name"] not in ("agree", "answer", "terms")
            ],
            "promises": text(found.body if found else terms.usual_terms()).splitlines(),
        },
        status=status,
    )


def _first_the_terms(request: HttpRequest, juror: Juror) -> HttpResponse | None:
    """The newest terms, until they are accepted. What a form brought is not lost on the way."""
    if not must_accept_again(juror):
        return None
    if request.method != "POST":
        return redirect(to_terms(juror, request.get_full_path()))
    if not request.POST.get("agree"):
        error = terms.confirm_first() if "terms" in request.POST else ""
        return terms_page(request, juror, again=True, error=error, status=409)
    terms.accept_terms(juror=juror, by=person_of(request), at=arrived_at(request))
    juror.refresh_from_db(fields=["terms"])
    return None
