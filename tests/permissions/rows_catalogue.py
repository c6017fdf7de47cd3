"""The catalogue, its search, and what is open as data."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from catalogue import choice
from tests.permissions.matrix import (
    GONE,
    LET,
    MOVED,
    NO_METHOD,
    OK,
    Args,
    Row,
    everybody,
    no_args,
    nobody,
    only,
    signed_in,
)
from tests.permissions.rows_public import ALL, page
from tests.permissions.world import World


def solution(name: str) -> Args:
    return lambda world: (world.solutions[name].slug,)


def solution_uid(name: str) -> Args:
    return lambda world: (world.solutions[name].uid,)


def compared(*names: str) -> Callable[[World], str]:
    return lambda world: choice.query(world.solutions[name].slug for name in names)


def reuse(world: World, role: str) -> dict[str, Any]:
    return {
        "organisation": world.organisations["town"].pk,
        "stage": "piloting",
        "note": "Me kokeilemme.",
    }


def claim(world: World) -> tuple[Any, ...]:
    return (world.claim.uid,)


def saving(world: World, role: str) -> dict[str, Any]:
    reuse = world.solutions["public"].reuses.get()
    figures = {"baseline": "10", "result": "5", "method": "measured", "basis": "Laskettu."}
    days = {"starts_on": "2025-01-01", "ends_on": "2025-12-31"}
    return {"reuse": reuse.pk, "indicator": "time", **figures, **days}


def verifying(world: World, role: str) -> dict[str, Any]:
    own = {"staff_a": "a", "admin_a": "a", "staff_b": "b"}.get(role, "a")
    return {"organisation": world.hosts[own].pk, "looked": "on"}


ROWS = [
    Row("search:catalogue", "", no_args, everybody(), everybody(LET), writes=frozenset()),
    Row("search:suggest", "", no_args, everybody(), everybody(NO_METHOD)),
    Row(
        "search:save",
        "",
        no_args,
        signed_in(),
        signed_in(MOVED),
        query=lambda world: "?q=koulu",
        data=lambda world, role: {"name": f"Koulut {role}"},
    ),
    Row(
        "search:remove",
        "one that is nobody's",
        lambda world: (UUID(int=0),),
        signed_in(NO_METHOD),
        signed_in(GONE),
    ),
    Row("search:why", "published", solution("public"), everybody(), everybody(NO_METHOD)),
    Row("search:why", "not published", solution("hidden"), nobody(), everybody(NO_METHOD)),
    *(
        Row(
            "catalogue:comparison",
            " and ".join(names),
            no_args,
            everybody(),
            everybody(NO_METHOD),
            query=compared(*names),
        )
        for names in ((), ("public", "won"), ("public", "hidden"))
    ),
    *(
        Row(
            "catalogue:comparison_file",
            f"{kind}: public and {other}",
            page(kind),
            everybody(OK if other == "won" else MOVED),
            everybody(NO_METHOD),
            query=compared("public", other),
        )
        for kind in ("csv", "docx")
        for other in ("won", "hidden")
    ),
    *(
        Row("dcat", form, page(form), everybody(), everybody(NO_METHOD))
        for form in ("ttl", "jsonld")
    ),
    Row("robots", "", no_args, everybody(), everybody(NO_METHOD)),
    Row("sitemap", "", no_args, everybody(), everybody(NO_METHOD)),
    *(
        Row("sitemap_part", name, page(name), everybody(), everybody(NO_METHOD))
        for name in ("pages", "lists", "solutions", "proposals")
    ),
    Row("sitemap_part", "unknown", page("kaikki"), nobody(), everybody(NO_METHOD)),
    Row("catalogue:publiccode", "no code", solution("public"), nobody(), everybody(NO_METHOD)),
    Row("catalogue:publiccode", "hidden", solution("hidden"), nobody(), everybody(NO_METHOD)),
    Row("catalogue:picture", "public", solution("public"), everybody(), everybody(NO_METHOD)),
    Row("catalogue:picture", "hidden", solution("hidden"), nobody(), everybody(NO_METHOD)),
    *(
        Row("search:download", kind, page(kind), everybody(), everybody(NO_METHOD))
        for kind in ("csv", "xlsx", "jsonl")
    ),
    *(
        Row("search:feed", kind, page(kind), everybody(), everybody(NO_METHOD))
        for kind in ("atom", "json")
    ),
    Row("api:api-root", "", no_args, nobody(), nobody()),
    Row("api:openapi-json", "", no_args, everybody(), everybody(LET), writes=frozenset()),
    Row("api:solutions", "", no_args, everybody(), everybody(NO_METHOD)),
    Row("api:solution", "public", solution_uid("public"), everybody(), everybody(NO_METHOD)),
    Row("api:solution", "hidden", solution_uid("hidden"), nobody(), everybody(NO_METHOD)),
    Row(
        "catalogue:claim",
        "of a municipality that pilots it",
        solution("public"),
        signed_in(),
        signed_in(LET),
        data=saving,
        writes=frozenset({"member"}),
    ),
    Row("catalogue:claim", "not published", solution("hidden"), signed_in(GONE), signed_in(GONE)),
    Row(
        "catalogue:claim_verify",
        "people of other municipalities",
        claim,
        only("staff_a", "admin_a", "staff_b"),
        only("staff_a", "admin_a", "staff_b", outcomes=LET),
        data=verifying,
        writes=frozenset({"staff_a", "admin_a", "staff_b"}),
    ),
    Row(
        "catalogue:claim_withdraw",
        "those who told it",
        claim,
        signed_in(NO_METHOD),
        only("member", outcomes=MOVED),
        writes=frozenset({"member"}),
    ),
    Row("catalogue:solution", "published", solution("public"), everybody(), None),
    Row("catalogue:solution", "a winner", solution("won"), everybody(), None),
    Row("catalogue:solution", "not published", solution("hidden"), nobody(), nobody()),
    Row(
        "catalogue:reuse",
        "",
        solution("public"),
        signed_in(),
        signed_in(LET),
        data=reuse,
        writes=frozenset({"member"}),
    ),
    Row(
        "catalogue:reuse",
        "not published",
        solution("hidden"),
        signed_in(GONE),
        signed_in(GONE),
        data=reuse,
    ),
    Row(
        "catalogue:review",
        "the letter's link",
        lambda world: (world.review_link,),
        everybody(),
        everybody(),
        data=lambda world, role: {"answer": "true"},
        writes=ALL,
    ),
    Row("catalogue:review", "a made-up link", lambda world: ("1-1.1.x",), nobody(), nobody()),
]
