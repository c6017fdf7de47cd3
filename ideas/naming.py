"""How those who propose are called in public, by what each has said (names.py)."""

from typing import Any

from django.utils.translation import ngettext

from ideas.models import Idea
from ideas.states import WRITES


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
    email = idea.contact_email.casefold()
    contact = next((one for one in team if email and one.email.casefold() == email), None)
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
