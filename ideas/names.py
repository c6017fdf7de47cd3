"""Names that may be shown in public: each person of a team says it of themselves (adr/0020).

The one place that decides it. What is shown is kept on the proposal (`Idea.authors`), so that lists
and files ask nobody's team; `reader.proposer` leaves it out while the jurying is blind.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.rules import acts_for
from core import audit
from core.errors import Denied, Invalid, require
from ideas import rules
from ideas.actions import lock_idea
from ideas.answers import one_line
from ideas.models import Idea, TeamMember
from ideas.named import follow, in_its_language
from ideas.naming import authors_of

LONGEST: Final = 100


@transaction.atomic
def say_of_oneself(
    *, idea: Idea, name: str, partner: Organisation | None, by: User, at: dt.datetime
) -> TeamMember:
    """A member says under which name they may be shown in public ("" for none), and for which
    organisation they take part, which is then shown as a partner. It may be said anew at any time.

    Raises Denied for an organisation that the person does not act for, Invalid (name, partner).
    """
    idea = lock_idea(idea)
    require(rules.can_read_draft(by, idea))
    place = TeamMember.objects.filter(idea=idea, user=by, joined_at__isnull=False).first()
    if place is None:
        raise Denied
    put(place, name=name, partner=partner, by=by, at=at)
    refresh(idea)
    return place


def put(
    place: TeamMember, *, name: str, partner: Organisation | None, by: User, at: dt.datetime
) -> None:
    """Keep what the person said at their place. Inside a transaction; raises as above."""
    idea, name = place.idea, one_line(name)
    if len(name) > LONGEST:
        raise Invalid(errors={"name": [_("At most %(most)s characters.") % {"most": LONGEST}]})
    if partner is not None and partner.pk != place.partner_id:
        require(bool(acts_for(by, partner)))
    if partner is not None and partner.pk == idea.organisation_id:
        raise Invalid(errors={"partner": [_("This organisation proposes already.")]})
    before = (place.shown_as, place.partner_id)
    place.shown_as, place.partner, place.spoke_at = name, partner, at
    place.save(update_fields=["shown_as", "partner", "spoke_at"])
    if idea.is_delivered and before != (name, place.partner_id):
        data = {"name": bool(name), "partner": partner.uid.hex if partner else ""}
        audit.record("team.named", idea, by=by, data=data)


def refresh(idea: Idea, *, was: str | None = None) -> None:
    """Set what is shown right after the team or its words have changed. Inside a transaction.

    `was`: how the names were shown before, when they were changed otherwise too.
    """
    was = in_its_language(idea) if was is None else was
    version = idea.current_version
    idea.authors = authors_of(idea, handed_in_by=version.submitted_by_id if version else None)
    Idea.objects.filter(pk=idea.pk).update(authors=idea.authors)
    follow(idea, was=was)


def remembered(ideas: Iterable[Idea]) -> dict[int, str]:
    """How they are shown, before an erasure changes them."""
    return {idea.pk: in_its_language(idea) for idea in ideas}
