"""The jury's own pages, and what a decision leads to."""

from typing import Any

from scoring.models import Declaration
from tests.permissions.matrix import (
    GONE,
    LET,
    MOVED,
    NO_METHOD,
    OK,
    READ_ON_RECORD,
    SIGNED_OUT,
    Args,
    Row,
    everybody,
    no_args,
    only,
    signed_in,
)
from tests.permissions.rows_private import forged, link, own
from tests.permissions.world import HOST_A, World


def seat(name: str) -> Args:
    return lambda world: (world.seats[name].pk,)


def assignment(name: str) -> Args:
    return lambda world: (world.assignments[name].pk,)


def ties(world: World, role: str) -> dict[str, Any]:
    pk = world.assignments["undeclared"].pk
    return {f"kind-{pk}": "none"}


def wrong(world: World, role: str) -> dict[str, Any]:
    return {"text": "Pisteet on laskettu väärin."}


def autosave(world: World, role: str) -> dict[str, Any]:
    return {"revision": 1, "changes": {"benefit": 2}}


def sheet(world: World, role: str) -> dict[str, Any]:
    return {"revision": "1", "c-benefit": "2", "go": "stay"}


def slug(call: str) -> Args:
    return lambda world: (world.calls[call].slug,)


def because(world: World, role: str) -> dict[str, Any]:
    return {"reason": "Perustelu"}


def adjusted(world: World, role: str) -> dict[str, Any]:
    return {"assignment": str(world.assignments["read"].pk), "c-benefit": "2", "go": "save"}


def settled(world: World, role: str) -> dict[str, Any]:
    found = Declaration.objects.get(
        juror=world.seats["scoring-juror"], idea=world.ideas["potential"]
    )
    return {"declaration": str(found.pk), "answer": "none"}


ROWS = [
    *(
        Row("scoring:correction", about, args, everybody(get), everybody(post), data=wrong)
        for about, args, get, post in (
            ("link, lost", link("lost"), OK, LET),
            ("not decided", link("unpublished"), GONE, GONE),
            ("forged link", forged, GONE, GONE),
        )
    ),
    Row(
        "scoring:own_correction",
        "not decided",
        own("company"),
        only(),
        only(anonymous=SIGNED_OUT),
        data=wrong,
    ),
    Row(
        "scoring:sign",
        "signed",
        seat("decided-fellow"),
        only("fellow"),
        only("fellow", outcomes=LET | OK),
        writes=frozenset(),
    ),
    Row("scoring:sign", "nothing to sign yet", seat("deciding-fellow"), only(), only()),
    Row("scoring:juries", "", no_args, signed_in(), signed_in(LET), writes=frozenset()),
    Row("scoring:queue", "", seat("scoring-juror"), only("juror"), only("juror", outcomes=LET)),
    Row(
        "scoring:queue",
        "not answered yet",
        seat("scoring-invited"),
        only("invited", outcomes=MOVED),
        None,
    ),
    Row(
        "scoring:invitation",
        "",
        seat("scoring-invited"),
        only("invited"),
        only("invited", outcomes=MOVED),
        data=lambda world, role: {"agree": "1"},
        writes=frozenset({"invited"}),
    ),
    Row(
        "scoring:invitation",
        "accepted already",
        seat("scoring-juror"),
        only("juror", outcomes=MOVED),
        only("juror", outcomes=MOVED),
        data=lambda world, role: {"answer": "no"},
        writes=frozenset(),
    ),
    Row("scoring:reasons", "", seat("scoring-juror"), only("juror"), only("juror", outcomes=LET)),
    Row("scoring:meeting", "", seat("decided-fellow"), only("fellow"), only("fellow")),
    Row("scoring:meeting", "none yet", seat("scoring-juror"), signed_in(GONE), None),
    Row(
        "scoring:ties",
        "",
        seat("scoring-juror"),
        only("juror"),
        only("juror", outcomes=LET),
        data=ties,
    ),
    *(
        Row(
            "scoring:sheet",
            name,
            assignment(name),
            only(*roles),
            only(*roles, outcomes=LET),
            data=sheet,
            writes=frozenset(roles) if name in ("read", "other") else frozenset(),
            notes=READ_ON_RECORD if name in ("read", "fellow", "other") else frozenset(),
        )
        for name, roles in (
            ("read", ("juror",)),
            ("undeclared", ("juror",)),  # the gate: title and proposer only
            ("potential", ("juror",)),
            ("conflict", ()),
            ("fellow", ("fellow",)),
            ("other", ("other_juror",)),
        )
    ),
    *(
        Row(
            "scoring:autosave",
            name,
            assignment(name),
            everybody(NO_METHOD),
            only(*roles, outcomes=LET, anonymous=SIGNED_OUT),
            data=autosave,
            json=True,
            writes=frozenset(roles) if name == "read" else frozenset(),
        )
        for name, roles in (
            ("read", ("juror",)),
            ("conflict", ()),
            ("fellow", ("fellow",)),
        )
    ),
    Row(
        "scoring:strip",
        "",
        seat("scoring-juror"),
        only("juror"),
        only("juror", outcomes=LET),
        data=adjusted,
        writes=frozenset({"juror"}),
    ),
    Row("scoring:strip", "of a fellow", seat("scoring-fellow"), only("fellow"), None),
    *(
        Row(
            f"scoring:{name}",
            about,
            assignment(about),
            only(*roles),
            only(*roles, outcomes=LET),
            data=because,
        )
        for name in ("abstain", "print")
        for about, roles in (
            ("read", ("juror",)),
            ("undeclared", ("juror",)),  # the gate
            ("conflict", ()),
            ("fellow", ("fellow",)),
        )
    ),
    Row(
        "scoring:chair",
        "",
        slug("scoring"),
        only(*HOST_A, "fellow"),
        only(*HOST_A, "fellow", outcomes=MOVED),
        data=settled,
        writes=HOST_A | {"fellow"},
    ),
    Row("scoring:chair", "of another host", slug("other"), only("staff_b", "owner"), None),
    Row(
        "scoring:reopen",
        "",
        lambda world: (world.calls["scoring"].slug, world.assignments["fellow"].pk),
        only(*HOST_A),  # the chair does not open her own
        only(*HOST_A, outcomes=MOVED),
        data=because,
        writes=HOST_A,
    ),
    Row(
        "scoring:reopen",
        "of another host",
        lambda world: (world.calls["scoring"].slug, world.assignments["other"].pk),
        only(),
        only(),
        data=because,
        writes=frozenset(),
    ),
    Row(
        "scoring:tie",
        "",
        assignment("undeclared"),
        signed_in(NO_METHOD),
        only("juror", outcomes=MOVED),
        data=ties,
        writes=frozenset({"juror"}),
    ),
    Row(
        "scoring:tie",
        "conflict told of",
        assignment("conflict"),
        signed_in(NO_METHOD),
        only(),
        data=lambda world, role: {f"kind-{world.assignments['conflict'].pk}": "none"},
        writes=frozenset(),
    ),
]
