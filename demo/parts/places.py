"""Pages of the site, themes, municipalities and organisations with their people."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify

from accounts.actions import create_organisation, ensure_user, grant_role
from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from challenges.hosting import ensure_host
from challenges.models import Theme
from cms.setup import setup_site
from core import audit, clock
from core.municipalities import municipality
from demo import people
from demo.data import challenges, load
from demo.quiet import in_the_past
from demo.recipes import story_blocks
from search.models import SynonymGroup

COORDINATOR = "Digiyhdyshenkilö (keksitty)"
CONTACT = "Yhteyshenkilö (keksitty)"
LONG_AGO = dt.timedelta(days=400)


def site() -> None:
    """The pages that the footer leads to, themes and synonyms."""
    setup_site(
        {
            "slug": page["slug"],
            "title": page["title"],
            "lead": page["lead"],
            "body": story_blocks(page["sections"]),
        }
        for page in load("pages")
        if page["slug"]
    )
    for order, theme in enumerate(load("themes"), start=1):
        Theme.objects.get_or_create(
            key=theme["key"],
            defaults={"name": theme["name"], "description": theme["description"], "order": order},
        )
    for words in load("synonyms"):
        group = SynonymGroup(words=words, note="Demo")
        group.full_clean()
        group.save()


def municipalities() -> None:
    """The platform's owner makes them; each has somebody who speaks for it."""
    owner = ensure_user(email=people.OWNER_EMAIL, name=people.OWNER_NAME)
    owner.is_superuser = owner.is_demo = True
    owner.save(update_fields=["is_superuser", "is_demo"])
    rows = [row for row in load("organisations") if row["kind"] == "municipality"]
    for row in rows:
        place = municipality(row["name"])
        made = Organisation(
            kind=OrganisationKind.MUNICIPALITY,
            name=row["name"],
            slug=slugify(row["name"]),
            email_domain=row["domain"],
            municipality=row["name"],
            region=place.region if place else "",
            population=place.population if place else None,
            is_demo=True,
        )
        made.full_clean()
        made.save()
        audit.record("organisation.created", made, by=owner)
        _member(made, coordinator_email(row["domain"]), COORDINATOR, Role.MEMBER)
    _member(
        Organisation.objects.get(name=people.MUNICIPALITY),
        people.MUNICIPALITY_EMAIL,
        people.MUNICIPALITY_PERSON,
        Role.MEMBER,
    )


def hosts() -> None:
    """Each has its pages and two people, so that a second one can approve a decision."""
    for data in challenges():
        host = Organisation.objects.get(name=data["host"])
        ensure_host(host)
        for person in data["staff"]:
            role = Role.ADMIN if person["role"] == "approver" else Role.STAFF
            _member(host, person["email"], person["name"], role)


def organisations() -> None:
    """Firms and associations, each founded by the person who proposes for it."""
    with in_the_past(clock.now() - LONG_AGO):
        for row in load("organisations"):
            if row["kind"] != "municipality":
                _organisation(row)


def _organisation(row: Mapping[str, Any]) -> None:
    name = people.COMPANY_PERSON if row["name"] == people.COMPANY else CONTACT
    founder = _person(people.contact_of(row["name"]), name)
    made = create_organisation(
        by=founder,
        name=row["name"],
        kind=row["kind"],
        business_id=row["business_id"] or "",
        municipality=row["municipality"],
    ).organisation
    place = municipality(row["municipality"])
    made.email_domain, made.is_demo = row["domain"], True
    made.region = place.region if place else ""
    made.save(update_fields=["email_domain", "region", "is_demo"])


def coordinator_email(domain: str) -> str:
    return f"digi@{domain}"


def coordinator(organisation: Organisation) -> User:
    """Who tells what the municipality uses."""
    return User.objects.get(email=coordinator_email(organisation.email_domain))


def staff(data: Mapping[str, Any]) -> tuple[User, User]:
    """(who runs the challenge, who approves the decision)."""
    first, second = data["staff"]
    return User.objects.get(email=first["email"]), User.objects.get(email=second["email"])


def _person(email: str, name: str) -> User:
    user = ensure_user(email=email, name=name)
    user.is_demo = True
    user.save(update_fields=["is_demo"])
    return user


def _member(organisation: Organisation, email: str, name: str, role: str) -> User:
    user = _person(email, name)
    grant_role(organisation=organisation, user=user, role=role, by=None)
    return user


def juror_person(person: Mapping[str, Any]) -> User:
    return _person(person["email"], person["name"])
