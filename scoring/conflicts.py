"""Ties that can be seen from the records: what bars an assignment before anybody is asked.

Administrative Procedure Act (434/2003) 27–28 § tells who is disqualified; what the records show is
the same organisation, its business ID or e-mail domain, and being of the proposal's own team.
"""

from collections import defaultdict
from collections.abc import Sequence

from accounts.models import Membership
from accounts.states import MembershipState
from ideas.models import Idea, TeamMember
from scoring.models import Declaration, Juror
from scoring.states import DeclarationKind

# Addresses that tell nothing of an employer.
FREE_MAIL = frozenset(
    {
        "gmail.com", "hotmail.com", "outlook.com", "live.com", "icloud.com", "yahoo.com",
        "luukku.com", "kolumbus.fi", "elisanet.fi", "suomi24.fi", "proton.me",
    }
)  # fmt: skip


def domain(email: str) -> str:
    """The e-mail's domain when it tells of an employer, else ""."""
    _person, at, name = email.lower().rpartition("@")
    return "" if not at or name in FREE_MAIL else name


def known_ties(jurors: Sequence[Juror], ideas: Sequence[Idea]) -> dict[tuple[int, int], str]:
    """(juror pk, idea pk) → why, in a number of queries that does not depend on how many there are.

    Reasons: "declared", "team", "organisation", "domain".
    """
    users = {juror.user_id: juror.pk for juror in jurors if juror.user_id}
    organisations: dict[int, set[int]] = defaultdict(set)
    for user_id, organisation_id in Membership.objects.filter(
        user__in=users, state=MembershipState.ACTIVE
    ).values_list("user_id", "organisation_id"):
        organisations[users[user_id]].add(organisation_id)
    addresses: dict[int, set[str]] = {idea.pk: {idea.contact_email.lower()} for idea in ideas}
    people: dict[int, set[int]] = defaultdict(set)
    for idea_id, email, user_id in TeamMember.objects.filter(
        idea__in=[i.pk for i in ideas]
    ).values_list("idea_id", "email", "user_id"):
        addresses[idea_id].add(email.lower())
        if user_id:
            people[idea_id].add(user_id)
    employers = {pk: {domain(address) for address in found} for pk, found in addresses.items()}
    ties: dict[tuple[int, int], str] = {}
    for juror in jurors:
        email, employer = juror.email.lower(), domain(juror.email)
        for idea in ideas:
            if email in addresses[idea.pk] or juror.user_id in people[idea.pk]:
                ties[juror.pk, idea.pk] = "team"
            elif idea.organisation_id and idea.organisation_id in organisations[juror.pk]:
                ties[juror.pk, idea.pk] = "organisation"
            elif employer and employer in employers[idea.pk]:
                ties[juror.pk, idea.pk] = "domain"
    for juror_id, idea_id in Declaration.objects.filter(
        juror__in=[j.pk for j in jurors],
        kind__in=[DeclarationKind.CONFLICT, DeclarationKind.POTENTIAL],
    ).values_list("juror_id", "idea_id"):
        ties[juror_id, idea_id] = "declared"
    return ties
