"""How those who propose are called in public, by what each has said (names.py)."""

from typing import Any

from django.utils.translation import ngettext

from ideas.models import Idea, TeamMember
from ideas.states import WRITES


def contact_in(
    team: list[TeamMember], idea: Idea, *, handed_in_by: int | None
) -> TeamMember | None:
    """Whose name the form tells: who has the contact's address, else who handed in, for letters may
    go to another address than one signs in with. Where nobody handed in yet, or it was done by the
    secret link, that is the only writer.
    """
    email = idea.contact_email.casefold()
    found = [one for one in team if email and one.email.casefold() == email]
    if not found and handed_in_by is not None:
        found = [one for one in team if one.user_id == handed_in_by]
    elif not found:
        writers = [one for one in team if one.role in WRITES]
        found = writers if len(writers) == 1 else []
    return found[0] if found else None


def name_by_form(place: TeamMember) -> str:
    """The form's name, if it is shown as this member's, who has said nothing else. One query."""
    idea, version = place.idea, place.idea.current_version
    name = "" if place.spoke_at else form_names(idea)
    if not name or place.email.casefold() == idea.contact_email.casefold():
        return name
    team = list(idea.team.filter(joined_at__isnull=False).order_by("joined_at", "pk"))
    by = version.submitted_by_id if version else None
    return name if contact_in(team, idea, handed_in_by=by) == place else ""


def authors_of(idea: Idea, *, handed_in_by: int | None) -> dict[str, Any]:
    """What `Idea.authors` keeps. One query.

    `people` and `partners` are names, `others` how many writers are not named. `contact` false: the
    form's name is not shown, for its person is in the team and has said otherwise or not at all.
    Whoever hands in their own proposal, or has its secret link, says it by the form's answer.
    """
    joined = idea.team.filter(joined_at__isnull=False).select_related("partner")
    team = list(joined.order_by("joined_at", "pk"))
    if not team:
        return {}
    contact = contact_in(team, idea, handed_in_by=handed_in_by)
    by_form = contact is None or (
        contact.spoke_at is None and handed_in_by in (None, contact.user_id)
    )
    people = [one.shown_as for one in team if one.shown_as]
    partners = {
        one.partner.pk: one.partner.name
        for one in team
        if one.partner is not None and one.partner.pk != idea.organisation_id
    }
    unnamed = [
        one
        for one in team
        if one.role in WRITES
        and not one.shown_as
        and not (one is contact and by_form and idea.name_public)
    ]
    return {
        "people": list(dict.fromkeys(people)),
        "partners": list(partners.values()),
        "others": len(unnamed),
        "contact": by_form,
    }


def form_names(idea: Idea) -> str:
    """The name of the form's contact, if it may be shown; of an organisation's proposal none."""
    if idea.organisation_id or not idea.name_public or not idea.authors.get("contact", True):
        return ""
    return idea.contact_name


def shown(idea: Idea) -> str:
    """Who proposes, as anybody may know; "" when nobody is named. In the active language.

    Ask `reader.proposer`: before the decision of a blind series nobody is to know.
    """
    contact, named = form_names(idea), idea.authors.get("people", [])
    people = [contact, *named] if contact and contact not in named else list(named)
    partners = idea.authors.get("partners", [])
    if idea.organisation_id and idea.organisation:
        names = ", ".join([idea.organisation.name, *partners])
        return f"{names} ({', '.join(people)})" if people else names
    others = idea.authors.get("others", 0)
    words = ", ".join(people)
    if people and others:
        words = ngettext(
            "%(names)s and %(count)s other", "%(names)s and %(count)s others", others
        ) % {"names": words, "count": others}
    return ", ".join(part for part in (words, *partners) if part)
