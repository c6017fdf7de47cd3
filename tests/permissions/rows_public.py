"""Pages for everybody, people's own pages."""

import datetime as dt
from typing import Any

from challenges import following
from challenges.models import Follower
from core import clock, robots
from ideas import links
from tests.permissions.matrix import (
    GONE,
    LET,
    MOVED,
    NO_METHOD,
    OK,
    TO_SIGN_IN,
    Args,
    Row,
    everybody,
    no_args,
    nobody,
    only,
    signed_in,
)
from tests.permissions.world import ROLES, World

ALL = frozenset(ROLES)
ACCOUNTS = ALL - {"anonymous"}


def call(name: str, *more: Any) -> Args:
    return lambda world: (world.calls[name].slug, *more)


def membership(name: str) -> Args:
    return lambda world: (world.memberships[name].pk,)


def page(path: str) -> Args:
    return lambda world: (path,)


def start(world: World, role: str) -> dict[str, Any]:
    return {"start": links.new_start(), "problem": "Odotan.", "title": "Bussi"}


def start_for_company(world: World, role: str) -> dict[str, Any]:
    return {
        "start": links.new_start(),
        "organisation": world.organisations["company"].uid.hex,
    }


def of_robots(form: str) -> str:
    return robots.opened(form, clock.now() - dt.timedelta(minutes=1))


def need(world: World, role: str) -> dict[str, Any]:
    return {
        "text": "Valaistus sammuu illalla.",
        "municipality": "Mikkeli",
        "opened": of_robots("need"),
    }


def inquiry(world: World, role: str) -> dict[str, Any]:
    return {"text": "Saako liittää kuvia?", "email": "", "opened": of_robots("question")}


def follower(world: World, role: str) -> dict[str, Any]:
    return {"email": f"seuraaja-{role}@posti.example", "opened": of_robots("follow")}


def follow_link(world: World) -> tuple[str]:
    found = Follower.objects.filter(email="seuraa@posti.example").first()
    return (following.token_of(found) if found else "gone",)


ROWS = [
    Row("health", "", no_args, everybody(), everybody(NO_METHOD)),
    Row(
        "account_login",
        "",
        no_args,
        signed_in(MOVED, anonymous=OK),
        everybody(MOVED | TO_SIGN_IN),
        data=lambda world, role: {"email": "uusi@posti.example"},
        writes=frozenset({"anonymous"}),
    ),
    *(
        Row(
            name,
            "nothing typed",
            no_args,
            signed_in(MOVED, anonymous=OK),
            signed_in(MOVED, anonymous=OK),
            writes=frozenset(),
        )
        for name in ("account_request_login_code", "account_signup")
    ),
    Row(
        "account_confirm_login_code",
        "no code was asked for",
        no_args,
        signed_in(MOVED),
        signed_in(MOVED),
        data=lambda world, role: {"code": "123456"},
        writes=frozenset(),
    ),
    Row("account_logout", "", no_args, signed_in(OK, anonymous=MOVED), everybody(MOVED)),
    Row("accounts:home", "", no_args, signed_in(), signed_in(LET), writes=frozenset()),
    Row(
        "accounts:profile",
        "",
        no_args,
        signed_in(),
        signed_in(MOVED),
        data=lambda world, role: {"name": "Uusi Nimi", "language": "sv"},
        writes=ACCOUNTS,
    ),
    Row("accounts:my_data", "", no_args, signed_in(), signed_in(NO_METHOD)),
    Row(
        "accounts:erase",
        "without a code",
        no_args,
        signed_in(),
        signed_in(LET),
        data=lambda world, role: {"code": "123456"},
        writes=frozenset(),
    ),
    Row(
        "accounts:sessions_end",
        "",
        no_args,
        signed_in(NO_METHOD),
        signed_in(MOVED),
    ),
    Row(
        "accounts:session_end",
        "one that is nobody's",
        lambda world: (987654321,),
        signed_in(NO_METHOD),
        signed_in(GONE),
    ),
    Row(
        "accounts:organisation_new",
        "a new one",
        no_args,
        signed_in(),
        signed_in(MOVED),
        data=lambda world, role: {"kind": "association", "name": "Uusi yhdistys"},
        writes=ACCOUNTS,
    ),
    Row(
        "accounts:organisation_new",
        "a municipality is made by the platform's owner, elsewhere",
        no_args,
        None,
        signed_in(OK),
        data=lambda world, role: {"kind": "municipality", "name": "Uusi kunta"},
        writes=frozenset(),
    ),
    Row("accounts:municipalities", "", no_args, everybody(), everybody(LET), writes=frozenset()),
    Row(
        "accounts:organisation",
        "company",
        lambda world: (world.organisations["company"].slug,),
        everybody(),
        everybody(LET),
        writes=frozenset(),
    ),
    Row("accounts:organisation", "host", page("mikkeli"), everybody(), everybody(LET)),
    Row("accounts:organisation", "unknown", page("ei-ole"), nobody(), nobody()),
    Row(
        "accounts:membership_request",
        "",
        lambda world: (world.organisations["town"].slug,),
        signed_in(NO_METHOD),
        signed_in(MOVED),
        writes=ACCOUNTS - {"member"},
    ),
    Row(
        "accounts:membership_answer",
        "to a company",
        membership("asks_company"),
        signed_in(NO_METHOD),
        only("company", "owner", outcomes=MOVED),
        data=lambda world, role: {"answer": "yes"},
        writes=frozenset({"company", "owner"}),
    ),
    Row(
        "accounts:membership_answer",
        "to a host: its administrators, not its staff",
        membership("asks_b"),
        signed_in(NO_METHOD),
        only("owner", outcomes=MOVED),
        data=lambda world, role: {"answer": "yes"},
        writes=frozenset({"owner"}),
    ),
    Row(
        "accounts:membership_end",
        "somebody's in a municipality",
        membership("member"),
        signed_in(NO_METHOD),
        only("member", "owner", outcomes=MOVED),
        writes=frozenset({"member", "owner"}),
    ),
    Row(
        "accounts:membership_end",
        "the last administrator's",
        membership("company"),
        signed_in(NO_METHOD),
        only("company", "owner", outcomes=LET),
        writes=frozenset(),
    ),
    Row(
        "accounts:membership_end",
        "staff of a host",
        membership("staff_a"),
        None,
        only("staff_a", "admin_a", "owner", outcomes=MOVED),
        writes=frozenset({"staff_a", "admin_a", "owner"}),
    ),
    Row("challenges:list", "", no_args, everybody(), everybody(NO_METHOD)),
    Row("challenges:need", "", no_args, everybody(), everybody(MOVED), data=need, writes=ALL),
    Row("challenges:need_told", "", no_args, everybody(), everybody(NO_METHOD)),
    *(
        Row(f"challenges:{name}", state, call(state), *outcomes)
        for name in ("asked", "feed", "calendar")
        for state, outcomes in (
            ("preparing", (nobody(), everybody(NO_METHOD))),
            ("open", (everybody(), everybody(NO_METHOD))),
            ("decided", (everybody(), everybody(NO_METHOD))),
        )
    ),
    *(
        Row(f"challenges:{name}", "preparing", call("preparing"), nobody(), nobody(), data=data)
        for name, data in (("questions", inquiry), ("follow", follower))
    ),
    Row(
        "challenges:questions",
        "open",
        call("open"),
        everybody(),
        everybody(MOVED),
        data=inquiry,
        writes=ALL,
    ),
    Row(
        "challenges:questions",
        "questions have ended",
        call("decided"),
        everybody(),
        everybody(LET),
        data=inquiry,
        writes=frozenset(),
    ),
    Row(
        "challenges:follow",
        "open",
        call("open"),
        everybody(),
        everybody(MOVED),
        data=follower,
        writes=ALL,
    ),
    Row(
        "challenges:following",
        "by its link",
        follow_link,
        everybody(),
        everybody(MOVED),
        writes=ALL,
    ),
    Row("challenges:following", "a guess", page("qz.1.qz"), nobody(), nobody()),
    Row("challenges:follow_asked", "", no_args, everybody(), everybody(NO_METHOD)),
    Row("challenges:follow_ended", "", no_args, everybody(), everybody(NO_METHOD)),
    Row("cms:how", "", no_args, everybody(), everybody(LET), writes=frozenset()),
    Row("wagtail_serve", "home", page(""), everybody(), everybody(LET), writes=frozenset()),
    Row("wagtail_serve", "host", page("mikkeli/"), everybody(), everybody(LET)),
    *(
        Row(
            "wagtail_serve",
            state,
            lambda world, state=state: (f"mikkeli/{world.calls[state].slug}/",),
            nobody() if state == "preparing" else everybody(),
            None,
        )
        for state in ("preparing", "coming", "open", "titles", "scoring", "decided", "cancelled")
    ),
    *(
        Row(
            name,
            f"{state} {' '.join(more)}".strip(),
            call(state, *more),
            nobody() if state == "preparing" else everybody(),
            nobody() if name == "none" else everybody(NO_METHOD),
        )
        for name, more in (
            ("ideas:list", ()),
            ("ideas:download", ("csv",)),
            ("ideas:download", ("xlsx",)),
        )
        for state in ("preparing", "coming", "open", "scoring", "decided", "cancelled")
    ),
    *(
        Row(name, state, call(state), everybody() if state == "decided" else nobody(), None)
        for name in ("ideas:compilation", "ideas:compilation_pdf")
        for state in ("preparing", "open", "scoring", "decided")
    ),
    Row("scoring:feed", "", no_args, everybody(), None),
    *(
        Row(name, state, call(state), everybody() if shown else nobody(), None)
        for name in ("scoring:results", "scoring:report")
        for state, shown in (
            ("preparing", False),
            ("open", False),
            ("scoring", False),
            ("deciding", False),
            ("decided", True),
            ("cancelled", False),
        )
    ),
    *(
        Row(
            f"scoring:{name}",
            state,
            call(state, "citizens", *more),
            nobody() if state == "preparing" or name == "rubric_changes" else everybody(),
            None,
        )
        for name, more in (
            ("rubric", ()),
            ("rubric_version", (1,)),
            ("rubric_file", (1,)),
            ("rubric_changes", (1,)),  # the first version changed nothing
        )
        for state in ("preparing", "open", "decided", "cancelled")
    ),
    *(
        Row(
            address,
            name,
            lambda world, name=name: (world.ideas[name].uid.hex,),
            everybody() if shown else nobody(),
            everybody(NO_METHOD)
            if address == "ideas:page"
            else everybody(MOVED if shown else GONE),
            data=follower,
        )
        for address in ("ideas:page", "ideas:follow")
        for name, shown in (
            ("draft", False),
            ("company_draft", False),
            ("company", False),
            ("unpublished", False),
            ("titles", True),
            ("withdrawn", False),
            ("read", True),
            ("deciding_1", False),
            ("won", True),
            ("lost", True),
            ("foreign", False),
        )
    ),
    Row("ideas:start", "preparing", call("preparing", "citizens"), nobody(), nobody(), data=start),
    *(
        Row(
            "ideas:start",
            f"{state}: told so",
            call(state, "citizens"),
            everybody(),
            everybody(LET),
            data=start,
            writes=frozenset(),
        )
        for state in ("coming", "scoring", "decided", "cancelled")
    ),
    Row(
        "ideas:start",
        "open to citizens",
        call("open", "citizens"),
        everybody(),
        everybody(MOVED),
        data=start,
        writes=ALL,
    ),
    Row(
        "ideas:start",
        "open to organisations",
        call("open", "organisations"),
        signed_in(),
        signed_in(LET),
        data=start_for_company,
        writes=frozenset({"company"}),
    ),
    Row("ideas:start", "no such series", call("open", "muut"), nobody(), nobody()),
]
