"""Ties that can be seen from the records: what bars an assignment before anybody is asked.

Administrative Procedure Act (434/2003) 27–28 § tells who is disqualified. The records show the
same organisation, the proposer's or a partner's, its business ID or e-mail domain, being of the
proposal's own team, and having written another proposal of the challenge together: these bar.
Living or working in the same municipality bars nobody (a municipality's own jury would be empty):
it is a hint, which the juror sees before answering.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from accounts.states import MembershipState
from ideas.models import Idea, TeamMember
from ideas.reader import hides_proposer
from scoring.models import Declaration, Juror
from scoring.states import DeclarationKind

Pair = tuple[int, int]  # juror pk, idea pk

# Addresses that tell nothing of an employer.
FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "hotmail.com", "hotmail.fi", "outlook.com", "outlook.fi",
        "live.com", "live.fi", "msn.com", "icloud.com", "me.com", "mac.com", "yahoo.com",
        "yahoo.fi", "aol.com", "gmx.com", "gmx.net", "mail.com", "zoho.com", "proton.me",
        "protonmail.com", "tutanota.com", "fastmail.com", "luukku.com", "kolumbus.fi",
        "elisanet.fi", "saunalahti.fi", "suomi24.fi", "welho.com", "dnainternet.net",
        "netti.fi", "nic.fi", "pp.inet.fi", "inet.fi", "wippies.com", "telia.com", "bredband.net",
    }
)  # fmt: skip

REASONS: dict[str, str | Promise] = {
    "declared": _("told of a tie"),
    "team": _("is in the proposal's team"),
    "organisation": _("acts for the same organisation"),
    "business_id": _("acts for an organisation with the same business ID"),
    "domain": _("has the same e-mail domain"),
    "coauthor": _("has written another proposal with its team"),
    "municipality": _("is of the same municipality"),
}


# What the juror is asked at the gate: questions, and it is their answer that counts.
QUESTIONS: dict[str, str | Promise] = {
    "team": _("You are named in the proposal's team. Is it yours?"),
    "organisation": _("Is the proposer an organisation that you act for?"),
    "business_id": _("Does the proposer have the same business ID as an organisation of yours?"),
    "domain": _("Your e-mail and the proposer's have the same domain. Do you work together?"),
    "coauthor": _("You have written another proposal with one of its team. Are you close?"),
    "municipality": _("The proposer is of the same municipality as you. Do you know each other?"),
}


@dataclass(frozen=True)
class Ties:
    """`barring`: (juror pk, idea pk) → a key of REASONS, the strongest. `hints`: all keys that make
    one ask, those that bar nobody among them."""

    barring: dict[Pair, str]
    hints: dict[Pair, tuple[str, ...]]


def domain(email: str) -> str:
    """The e-mail's domain when it tells of an employer, else ""."""
    _person, at, name = email.lower().rpartition("@")
    return "" if not at or name in FREE_MAIL else name


def known_ties(jurors: Sequence[Juror], ideas: Sequence[Idea]) -> dict[Pair, str]:
    """Those ties that bar."""
    return ties_of(jurors, ideas).barring


def hints_for(juror: Juror, ideas: Sequence[Idea]) -> dict[int, list[str]]:
    """What the records make one ask the juror about each proposal, by idea's primary key.

    Nothing where the jury works blind: a question would tell who proposes.
    """
    seen = [idea for idea in ideas if not hides_proposer(idea)]
    hints = ties_of([juror], seen).hints
    return {
        idea.pk: [str(QUESTIONS[key]) for key in hints.get((juror.pk, idea.pk), ())]
        for idea in ideas
    }


def ties_of(jurors: Sequence[Juror], ideas: Sequence[Idea]) -> Ties:
    """Every tie between them, in a number of queries that does not depend on how many there are."""
    seats = {juror.user_id: juror.pk for juror in jurors if juror.user_id}
    people = _people(ideas)
    employers = _employers(seats)
    business = _business_ids(ideas)
    together = _together(seats, ideas, people)
    barring: dict[Pair, str] = {}
    hints: dict[Pair, tuple[str, ...]] = {}
    for juror in jurors:
        seat = _Seat.of(juror, employers[juror.pk])
        for idea in ideas:
            pair = (juror.pk, idea.pk)
            bars = (*seat.ties_to(idea, people[idea.pk], business.get(idea.pk)),)
            if pair in together:
                bars += ("coauthor",)
            if bars:
                barring[pair] = bars[0]
            near = ("municipality",) if seat.is_neighbour(idea) else ()
            if bars or near:
                hints[pair] = bars + near
    for juror_id, idea_id in Declaration.objects.filter(
        juror__in=[j.pk for j in jurors],
        idea__in=[i.pk for i in ideas],
        kind__in=[DeclarationKind.CONFLICT, DeclarationKind.POTENTIAL],
    ).values_list("juror_id", "idea_id"):
        barring[juror_id, idea_id] = "declared"
    return Ties(barring, hints)


@dataclass(frozen=True)
class _People:
    addresses: set[str]
    users: set[int]
    domains: set[str]
    partners: set[int]  # organisations; a business ID is of one only, so theirs tells no more


@dataclass(frozen=True)
class _Seat:
    """A juror, with whom they act for."""

    email: str
    user: int | None
    domain: str
    organisations: set[int]
    business_ids: set[str]
    homes: set[str]

    @classmethod
    def of(cls, juror: Juror, work: Sequence[Organisation]) -> "_Seat":
        return cls(
            email=juror.email.lower(),
            user=juror.user_id,
            domain=domain(juror.email),
            organisations={one.pk for one in work},
            business_ids={one.business_id for one in work if one.business_id},
            homes={one.municipality.casefold() for one in work if one.municipality},
        )

    def ties_to(self, idea: Idea, of: _People, business_id: str | None) -> Iterator[str]:
        """Strongest first."""
        if self.email in of.addresses or self.user in of.users:
            yield "team"
        if self.organisations & {idea.organisation_id, *of.partners}:
            yield "organisation"
        if business_id in self.business_ids:
            yield "business_id"
        if self.domain and self.domain in of.domains:
            yield "domain"

    def is_neighbour(self, idea: Idea) -> bool:
        theirs = idea.organisation.municipality if self.homes and idea.organisation else ""
        return bool(theirs) and theirs.casefold() in self.homes


def _people(ideas: Sequence[Idea]) -> dict[int, _People]:
    """Who stands behind each proposal."""
    found = {
        idea.pk: _People(
            {idea.contact_email.lower()} - {""},
            set(),
            {domain(idea.contact_email)} - {""},
            set(),
        )
        for idea in ideas
    }
    members = TeamMember.objects.filter(idea__in=list(found)).values_list(
        "idea_id", "email", "user_id", "joined_at", "partner_id"
    )
    for idea_id, email, user_id, joined_at, partner_id in members:
        one = found[idea_id]
        if joined_at and partner_id:
            one.partners.add(partner_id)
        one.addresses.add(email.lower())
        one.domains.update({domain(email)} - {""})
        if user_id:
            one.users.add(user_id)
    return found


def _employers(seats: dict[int, int]) -> dict[int, list[Organisation]]:
    """The organisations that each juror acts for, by juror pk."""
    found: dict[int, list[Organisation]] = defaultdict(list)
    for one in Membership.objects.filter(
        user__in=seats, state=MembershipState.ACTIVE
    ).select_related("organisation"):
        found[seats[one.user_id]].append(one.organisation)
    return found


def _business_ids(ideas: Sequence[Idea]) -> dict[int, str]:
    """The business ID that was handed in with a proposal, even if its organisation is gone."""
    versions = dict(
        Idea.objects.filter(pk__in=[idea.pk for idea in ideas]).values_list(
            "pk", "current_version__payload__organisation__business_id"
        )
    )
    return {pk: number for pk, number in versions.items() if number}


def _together(
    seats: dict[int, int], ideas: Sequence[Idea], people: dict[int, _People]
) -> set[Pair]:
    """Jurors who wrote another proposal of the challenge with one of the team."""
    challenges = {idea.challenge_id for idea in ideas}
    teams: dict[int, set[int]] = defaultdict(set)
    for idea_id, user_id in TeamMember.objects.filter(
        idea__challenge__in=challenges, user__isnull=False
    ).values_list("idea_id", "user_id"):
        teams[idea_id].add(user_id)
    mates: dict[int, set[int]] = defaultdict(set)
    for team in teams.values():
        for user in team & seats.keys():
            mates[user] |= team - {user}
    return {
        (seats[user], idea)
        for user, others in mates.items()
        for idea, one in people.items()
        if one.users & others
    }
