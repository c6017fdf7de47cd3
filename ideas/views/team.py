"""The team of a proposal: who writes and who reads, who is invited, off or responsible."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import person_of
from core import ratelimit
from core.arrival import arrived_at
from core.errors import Invalid, NotNow, require
from core.forms import show_errors
from ideas import asking, rules
from ideas.flow import Desk
from ideas.models import TeamMember
from ideas.names import say_of_oneself
from ideas.states import TeamRole
from ideas.team import give_role, hand_over, invite_colleague, remove_member
from ideas.team_forms import InviteForm, OwnNameForm

INVITATIONS_PER_HOUR = 30
NAMINGS_PER_HOUR = 20  # of one person: each may have the compilation made anew


@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who is in the team, and a letter to one more."""
    if request.method != "POST":
        return _page(request, desk)
    require(bool(rules.can_invite(request.user, desk.idea)))
    form = InviteForm(request.POST)
    if form.is_valid():
        if not ratelimit.allow(
            "team-invite", desk.idea.uid.hex, limit=INVITATIONS_PER_HOUR, seconds=3600
        ):
            form.add_error("email", _("Very many have been invited just now. Wait a while."))
        else:
            try:
                place = invite_colleague(
                    idea=desk.idea,
                    by=person_of(request),
                    at=arrived_at(request),
                    **form.cleaned_data,
                )
            except Invalid as refusal:
                show_errors(form, refusal)
            except NotNow as refusal:
                form.add_error("email", str(refusal))
            else:
                words = _("The invitation is on its way to %(email)s.") % {"email": place.email}
                messages.success(request, words)
                return redirect(desk.paths.team)
    return _page(request, desk, invite=form)


def _page(request: HttpRequest, desk: Desk, **bound: Any) -> HttpResponse:
    """With the form that was sent, if it could not be taken."""
    members = list(desk.idea.team.select_related("user", "partner").order_by("invited_at", "pk"))
    responsible = rules.is_responsible(request.user, desk.idea)
    own = next(one for one in members if one.user_id == request.user.pk)
    own.idea = desk.idea
    forms = {
        "invite": InviteForm(),
        "own": OwnNameForm(person=person_of(request), place=own),
        **bound,
    }
    context = {
        "desk": desk,
        "idea": desk.idea,
        "challenge": desk.idea.challenge,
        "form": next(iter(bound.values()), None),
        "forms": forms,
        "members": [
            (one, one.role != TeamRole.OWNER and (responsible or one.user_id == request.user.pk))
            for one in members
        ],
        "responsible": responsible,
        "askers": asking.waiting(desk.idea) if responsible else [],
        "may_take_askers": responsible and not desk.idea.is_judged_blind,
    }
    return render(request, "ideas/team.html", context, status=422 if bound else 200)


@require_POST
def own_name(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A member says whether they are named in public, and for whom they take part."""
    person = person_of(request)
    place = desk.idea.team.select_related("partner").get(user=person, joined_at__isnull=False)
    place.idea = desk.idea
    form = OwnNameForm(request.POST, person=person, place=place)
    if form.is_valid():
        if any(form.said.values()) and _names_too_often(request):  # taking it back always goes
            form.add_error("name", _often())
        else:
            try:
                say_of_oneself(idea=desk.idea, by=person, at=arrived_at(request), **form.said)
            except Invalid as refusal:
                show_errors(form, refusal)
            else:
                messages.success(request, _("Kept. You can change it here at any time."))
                return redirect(desk.paths.team)
    return _page(request, desk, own=form)


@require_POST
def leave(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a member off, or leave oneself."""
    found = _member(request, desk)
    if found is None:  # pressed twice
        return redirect(desk.paths.team)
    remove_member(member=found, by=person_of(request))
    if found.user_id == getattr(request.user, "pk", None):
        messages.success(request, _("You have left the team."))
        return redirect("accounts:home")
    messages.success(request, _("%(email)s is off the team.") % {"email": found.email})
    return redirect(desk.paths.team)


@require_POST
def role(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let a member write, or read only."""
    found = _member(request, desk)
    if found is not None and _names_too_often(request):
        messages.error(request, _often())
    elif found is not None:
        given = request.POST.get("role", "")
        give_role(member=found, role=given, by=person_of(request))
        words = (
            _("%(email)s reads from now on.")
            if given == TeamRole.READER
            else _("%(email)s writes from now on.")
        )
        messages.success(request, words % {"email": found.email})
    return redirect(desk.paths.team)


@require_POST
def responsibility(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Make another member the responsible one."""
    found = _member(request, desk)
    if found is not None:
        hand_over(member=found, by=person_of(request))
        messages.success(request, _("%(email)s is responsible now.") % {"email": found.email})
    return redirect(desk.paths.team)


def _names_too_often(request: HttpRequest) -> bool:
    """Of what changes how many or who are named; whoever is refused finds it as it was."""
    who = str(request.user.pk)
    return not ratelimit.allow("team-name", who, limit=NAMINGS_PER_HOUR, seconds=3600)


def _often() -> str:
    return _("Very much has been sent from here. Wait a while and send it again.")


def _member(request: HttpRequest, desk: Desk) -> TeamMember | None:
    pk = request.POST.get("member", "")
    found = desk.idea.team.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
    if found is not None:
        found.idea = desk.idea
    return found
