"""Who can be signed in with one press, and how they are called."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from demo.data import challenge, load

OWNER_EMAIL = "omistaja@talkoot.example"
OWNER_NAME = "Vuokko Talkoonen"
COMPANY = "Kyytikutomo Oy"
COMPANY_PERSON = "Sampo Esimerkkikoski"
MUNICIPALITY = "Joensuu"
MUNICIPALITY_PERSON = "Helmi Talkoojärvi"
MUNICIPALITY_EMAIL = "helmi.talkoojarvi@joensuu.example"
QUEUE = "oulu"  # the challenge whose first juror has half of the queue left


@dataclass(frozen=True)
class Person:
    """A demo login. `start` is the name of the page that the person begins from."""

    key: str
    email: str
    name: str
    role: Any
    start: str


def people() -> list[Person]:
    """In the order shown."""
    mikkeli, kuopio = challenge("mikkeli")["staff"], challenge("kuopio")["staff"]
    juror = challenge(QUEUE)["jury"][0]
    return [
        Person("company", company_email(), COMPANY_PERSON,
               _("Company: proposes in Kuopio's open challenge"), "accounts:home"),
        Person("juror", juror["email"], juror["name"],
               _("Juror of Oulu: half of the proposals still to score"), "scoring:juries"),
        Person("staff", kuopio[0]["email"], kuopio[0]["name"],
               _("Staff of Kuopio: a challenge that is open"), "wagtailadmin_home"),
        Person("jury-staff", challenge(QUEUE)["staff"][0]["email"],
               challenge(QUEUE)["staff"][0]["name"],
               _("Staff of Oulu: a challenge with the jury"), "wagtailadmin_home"),
        Person("mikkeli-a", mikkeli[0]["email"], mikkeli[0]["name"],
               _("Staff of Mikkeli: wrote the decision"), "wagtailadmin_home"),
        Person("mikkeli-b", mikkeli[1]["email"], mikkeli[1]["name"],
               _("Staff of Mikkeli: approved the decision"), "wagtailadmin_home"),
        Person("municipality", MUNICIPALITY_EMAIL, MUNICIPALITY_PERSON,
               _("Joensuu: looks for solutions to pilot"), "search:catalogue"),
        Person("owner", OWNER_EMAIL, OWNER_NAME, _("Owner of the platform"), "wagtailadmin_home"),
    ]  # fmt: skip


def person(key: str) -> Person | None:
    return next((one for one in people() if one.key == key), None)


def company_email() -> str:
    """The address that the company's proposals give."""
    return contact_of(COMPANY)


def contact_of(organisation: str) -> str:
    row = next(one for one in load("organisations") if one["name"] == organisation)
    return f"yhteys@{row['domain']}"
