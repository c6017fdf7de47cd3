"""The letter's address: somebody who was invited takes their place in the team."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.arrival import arrived_at
from ideas.flow import keep_private
from ideas.models import Idea
from ideas.states import TeamRole
from ideas.team import join_team, place_for
from ideas.team_forms import OwnNameForm


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Asks once, then joins. Whoever was not invited learns nothing, not even that it exists."""
    if not isinstance(request.user, User):
        path = request.get_full_path()
        return keep_private(redirect_to_login(path))
    idea = Idea.objects.for_writing().filter(uid=uid, withdrawn_at=None).first()
    place = place_for(request.user, idea) if idea is not None else None
    if idea is None or place is None:
        told = {"email": request.user.email}
        return keep_private(render(request, "ideas/not_invited.html", told, status=404))
    if place.joined_at is not None:
        return keep_private(redirect("ideas:own_home", idea.uid))
    place.idea = idea
    sent = request.POST if request.method == "POST" else None
    form = OwnNameForm(sent, person=request.user, place=place)
    if form.is_valid():
        join_team(idea=idea, by=request.user, at=arrived_at(request), **form.said)
        if place.role == TeamRole.READER:
            messages.success(request, _("You are in the team, and you read what the others write."))
        else:
            messages.success(
                request, _("You are in the team. What you write is seen by all of you.")
            )
        return keep_private(redirect("ideas:own_home", idea.uid))
    context = {"idea": idea, "challenge": idea.challenge, "place": place, "form": form}
    status = 422 if form.errors else 200
    return keep_private(render(request, "ideas/join.html", context, status=status))
