"""Joining a public proposal of somebody else: asked once, answered by who is responsible.

Whoever is accepted gets a place in the team and joins it as an invited colleague does, so that what
they write together, and whether they are named, is said there. Their own draft stays as it is.
"""

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.states import Act
from core import audit, mail
from core.errors import Denied, Invalid, NotNow, require
from ideas import links, rules, team
from ideas.actions import lock_idea
from ideas.answers import plain
from ideas.models import Idea, JoinRequest, TeamMember
from ideas.states import IdeaState, TeamRole

REFUSED: Final = ""  # instead of a role


def may_be_asked(idea: Idea, *, at: dt.datetime) -> bool:
    """Its team takes askers, and it is public as a whole, can still be changed, and is of no series
    that is judged blind: there nobody learns who proposes. `challenge` and `series` at hand.
    """
    return (
        idea.takes_askers
        and idea.is_public
        and idea.whole_text_public
        and not idea.is_judged_blind
        and idea.state == IdeaState.SUBMITTED
        and idea.merged_into_id is None
        and idea.challenge.allows(Act.SUBMIT, at=at)
    )


def own_request(user: User, idea: Idea) -> JoinRequest | None:
    return JoinRequest.objects.filter(idea=idea, person=user).first()


def waiting(idea: Idea) -> list[JoinRequest]:
    """Those that have no answer yet, the first that came first. One query."""
    return list(idea.join_requests.filter(answered_at=None).select_related("person"))


@transaction.atomic
def take_askers(*, idea: Idea, takes: bool, by: User) -> None:
    """Whoever is responsible says whether others may ask. Raises NotNow in a blind series."""
    idea = lock_idea(idea)
    require(bool(rules.is_responsible(by, idea)))
    if takes and idea.is_judged_blind:
        raise NotNow(_("In this series nobody learns who proposes, so nobody can ask to join."))
    if Idea.objects.filter(pk=idea.pk).exclude(takes_askers=takes).update(takes_askers=takes):
        _record("team.takes_askers", idea, by=by, takes=takes)


@transaction.atomic
def ask_to_join(*, idea: Idea, message: str, by: User, at: dt.datetime) -> JoinRequest:
    """Ask once, with a few words to whoever is responsible, who gets a letter.

    Raises Invalid (message), NotNow when the team takes no askers now, or the person has asked
    or has a place there already.
    """
    require(rules.is_open_to(by, idea))
    idea = lock_idea(idea)
    if not may_be_asked(idea, at=at):
        raise NotNow(_("This team takes no new people now."))
    if team.place_for(by, idea) is not None:
        raise NotNow(_("You have a place in this team already: see your own page."))
    if own_request(by, idea) is not None:
        raise NotNow(_("You have asked already, and the answer comes by letter."))
    request = JoinRequest(idea=idea, person=by, message=plain(message).strip(), asked_at=at)
    try:
        request.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    request.save()
    audit.record("team.asked", idea, by=by)
    _tell_responsible(request)
    return request


@transaction.atomic
def answer_request(*, request: JoinRequest, role: str, by: User, at: dt.datetime) -> None:
    """Take the person to write or to read, or refuse (`REFUSED`); a letter tells which.

    Raises Invalid for another role, NotNow when it has been answered or the team is full.
    """
    idea = lock_idea(request.idea)
    require(bool(rules.is_responsible(by, idea)))
    rows = JoinRequest.objects.select_for_update(of=("self",)).select_related("person")
    found = rows.filter(pk=request.pk, idea=idea).first()
    if found is None:
        raise Denied
    if found.answered_at is not None:
        raise NotNow(_("It has been answered already."))
    if role not in (REFUSED, *team.GIVEN):
        raise Invalid(errors={"role": [_("Choose one.")]})
    if role:
        _give_place(idea, found.person, role, at)
    found.answered_at, found.accepted = at, bool(role)
    found.save(update_fields=["answered_at", "accepted"])
    _record("team.answered", idea, by=by, accepted=bool(role))
    _tell_asker(found, idea)


def _give_place(idea: Idea, person: User, role: str, at: dt.datetime) -> None:
    """It may be there already: they have been invited in between."""
    if team.place_for(person, idea) is None:
        team.require_room(idea)
        TeamMember.objects.create(idea=idea, email=person.email, role=role, invited_at=at)


def _record(verb: str, idea: Idea, *, by: User, **data: bool) -> None:
    if idea.is_delivered:
        audit.record(verb, idea, by=by, data=data)


def _tell_responsible(request: JoinRequest) -> None:
    idea = request.idea
    owner = idea.team.filter(role=TeamRole.OWNER).select_related("user").first()
    if owner is None or idea.is_demo:
        return
    language = owner.user.language if owner.user else idea.language
    with translation.override(language):
        address = links.absolute(reverse("ideas:own_team", args=[idea.uid]))
    mail.send(
        to=owner.email,
        template="join_asked",
        language=language,
        context={"idea": idea, "person": request.person, "asked": request, "address": address},
        about=idea,
    )


def _tell_asker(request: JoinRequest, idea: Idea) -> None:
    person = request.person
    with translation.override(person.language):
        address = links.absolute(reverse("ideas:own_join", args=[idea.uid]))
    mail.send(
        to=person.email,
        template="join_answered",
        language=person.language,
        context={"idea": idea, "accepted": request.accepted, "address": address},
        about=idea,
    )
