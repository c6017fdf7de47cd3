"""Who writes a proposal together: invite a colleague, join, leave, say who writes and who reads,
hand the responsibility over.

A place in the team gives this one proposal, not the organisation. Before a proposal is handed in,
these leave no audit row: a draft is its writers' own.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core import audit, mail
from core.errors import Denied, Invalid, NotNow, require
from ideas import links, names, rules
from ideas.actions import lock_idea
from ideas.answers import clean_email
from ideas.models import Idea, TeamMember
from ideas.states import WRITES, TeamRole

PLACES = 20
GIVEN = (TeamRole.WRITER, TeamRole.READER)  # by whoever is responsible; that itself is handed over


@transaction.atomic
def invite_colleague(
    *, idea: Idea, email: str, by: User, at: dt.datetime, role: str = TeamRole.WRITER
) -> TeamMember:
    """Write a letter to a colleague, who may then sign in and write, or only read.

    Inviting the same address again sends the letter again and leaves the role as it is. Raises
    Invalid for a wrong address or role, NotNow when the person is in the team or the team is full.
    """
    require(rules.can_invite(by, idea))
    idea = lock_idea(idea)
    try:
        address = clean_email(email).lower()
    except ValidationError as error:
        raise Invalid(errors={"email": error.messages}) from error
    _require_given(role)
    known = TeamMember.objects.filter(idea=idea, email__iexact=address).first()
    if known is not None and known.joined_at is not None:
        raise NotNow(_("%(email)s is in the team already.") % {"email": address})
    if known is None:
        require_room(idea)
        known = TeamMember(idea=idea, email=address, role=role, invited_at=at)
        known.full_clean(exclude=["idea", "joined_at"])
        known.save()
        _record("team.invited", idea, by=by)
    _write_letter(known, by)
    return known


def require_room(idea: Idea) -> None:
    """Raises NotNow when the team is full."""
    if TeamMember.objects.filter(idea=idea).count() >= PLACES:
        raise NotNow(_("The team is full: %(places)s people fit.") % {"places": PLACES})


def _write_letter(member: TeamMember, by: User) -> None:
    person = User.objects.filter(email__iexact=member.email).first()
    language = person.language if person else (get_language() or member.idea.language)
    with translation.override(language):
        url = links.absolute(reverse("ideas:own_join", args=[member.idea.uid]))
    mail.send(
        to=member.email,
        template="team_invited",
        language=language,
        context={
            "idea": member.idea,
            "challenge": member.idea.challenge,
            "inviter": by,
            "email": member.email,
            "url": url,
            "reads": member.role == TeamRole.READER,
        },
        about=member.idea,
    )


def place_for(user: Any, idea: Idea) -> TeamMember | None:
    """The place that waits for this person, known by the address they sign in with."""
    if not user.is_authenticated:
        return None
    return TeamMember.objects.filter(idea=idea, email__iexact=user.email).first()


@transaction.atomic
def join_team(
    *,
    idea: Idea,
    by: User,
    at: dt.datetime,
    name: str = "",
    partner: Organisation | None = None,
) -> TeamMember:
    """Take the place that was offered to one's address; joining twice is joining once. What one
    says of one's name and organisation, and what is raised of it: `names.say_of_oneself`.
    """
    idea = lock_idea(idea)
    place = place_for(by, idea)
    if place is None:
        raise Denied
    if place.joined_at is None:
        place.user, place.joined_at, place.idea = by, at, idea
        place.save(update_fields=["user", "joined_at"])
        _record("team.joined", idea, by=by)
        names.put(place, name=name, partner=partner, by=by, at=at)
        names.refresh(idea)
    return place


@transaction.atomic
def remove_member(*, member: TeamMember, by: User) -> None:
    """Leave the team, or take somebody off it. Whoever is responsible stays."""
    require(rules.can_remove_member(by, member))
    idea = lock_idea(member.idea)
    if member.role == TeamRole.OWNER:
        raise NotNow(_("Whoever began the proposal is responsible for it and stays in the team."))
    TeamMember.objects.filter(pk=member.pk).delete()
    _record("team.left", idea, by=by)
    names.refresh(idea)


@transaction.atomic
def give_role(*, member: TeamMember, role: str, by: User) -> None:
    """Whoever is responsible says that a member, also an invited one, writes or only reads.

    Raises Invalid for another role, NotNow of the responsible one. Once more changes nothing.
    """
    idea = lock_idea(member.idea)
    require(rules.is_responsible(by, idea))
    _require_given(role)
    found = TeamMember.objects.filter(pk=member.pk, idea=idea).first()
    if found is None:
        raise Denied
    if found.role == TeamRole.OWNER:
        raise NotNow(_("Whoever is responsible writes. Hand the responsibility over first."))
    if TeamMember.objects.filter(pk=found.pk).exclude(role=role).update(role=role):
        _record("team.role_given", idea, by=by, role=role)
        names.refresh(idea)


@transaction.atomic
def hand_over(*, member: TeamMember, by: User) -> None:
    """Make another writer the responsible one; whoever was it becomes a writer.

    Raises NotNow for somebody who has not joined yet or only reads. Once more changes nothing.
    """
    idea = lock_idea(member.idea)
    require(rules.is_responsible(by, idea))  # still, now that nobody else can
    heir = TeamMember.objects.filter(pk=member.pk, idea=idea).first()
    if heir is None:
        raise Denied
    if heir.joined_at is None:
        raise NotNow(_("Only somebody who has joined can become responsible."))
    if heir.role not in WRITES:
        raise NotNow(_("Only somebody who may write can become responsible. Let them write first."))
    if heir.role == TeamRole.OWNER:
        return
    TeamMember.objects.filter(idea=idea, role=TeamRole.OWNER).update(role=TeamRole.WRITER)
    TeamMember.objects.filter(pk=heir.pk).update(role=TeamRole.OWNER)
    _record("team.handed_over", idea, by=by)


def _require_given(role: str) -> None:
    if role not in GIVEN:
        raise Invalid(errors={"role": [_("Choose one.")]})


def _record(verb: str, idea: Idea, *, by: User, **data: str) -> None:
    if idea.is_delivered:
        audit.record(verb, idea, by=by, data=data)
