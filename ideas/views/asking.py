"""Asking to join a public proposal's team, and the answers of whoever is responsible for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.signed_in import person_of
from core import clock, robots
from core.arrival import arrived_at
from core.errors import DomainError
from core.forms import show_errors
from ideas import asking
from ideas import team as teams
from ideas.flow import Desk, keep_private, to_sign_in
from ideas.team_forms import AskForm
from ideas.views.public import public_or_404
from ideas.views.voices import TOO_MANY, trouble_of


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, uid: str) -> HttpResponse:
    """A few words to whoever is responsible; the answer goes to the account's address."""
    idea, person = public_or_404(request, uid), request.user
    if not isinstance(person, User):
        return keep_private(to_sign_in(request))
    form, status = AskForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            if trouble := trouble_of(request, "join"):
                form.add_error(None, trouble)
                status = TOO_MANY
            else:
                try:
                    asking.ask_to_join(
                        idea=idea, by=person, at=arrived_at(request), **form.cleaned_data
                    )
                except DomainError as refusal:
                    show_errors(form, refusal)
                else:
                    return keep_private(redirect("ideas:ask", uid))
    context = {
        "idea": idea,
        "form": form,
        "asked": asking.own_request(person, idea),
        "has_place": teams.place_for(person, idea) is not None,
        "takes": asking.may_be_asked(idea, at=arrived_at(request)),
        "opened": robots.opened("join", clock.now()),
    }
    return keep_private(render(request, "ideas/ask.html", context, status=status))


@require_POST
def takes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whether others may ask to join."""
    asking.take_askers(
        idea=desk.idea, takes=request.POST.get("takes") == "yes", by=person_of(request)
    )
    return redirect(desk.paths.team)


@require_POST
def answer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Accept somebody who has asked, to write or to read; or refuse."""
    pk = request.POST.get("request", "")
    found = desk.idea.join_requests.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
    if found is not None:
        role = request.POST.get("role", "")
        asking.answer_request(
            request=found, role=role, by=person_of(request), at=arrived_at(request)
        )
        messages.success(request, _("The answer is on its way by letter."))
    return redirect(desk.paths.team)
