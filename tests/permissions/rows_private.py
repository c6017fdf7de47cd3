"""The secret link, proposals of an account, the jury's desk."""

from typing import Any

from core import tokens
from ideas import links
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
    Outcomes,
    Row,
    everybody,
    no_args,
    nobody,
    only,
    signed_in,
)
from tests.permissions.world import HOST_A, ROLES, World

ALL = frozenset(ROLES)


def link(idea: str, *more: Any) -> Args:
    return lambda world: (links.token_of(world.ideas[idea]), *more)


def link_file(idea: str, of: str = "") -> Args:
    return lambda world: (links.token_of(world.ideas[idea]), world.file_of(of or idea).uid)


def own(idea: str, *more: Any) -> Args:
    return lambda world: (world.ideas[idea].uid, *more)


def file(idea: str, of: str = "") -> Args:
    return lambda world: (world.ideas[idea].uid, world.file_of(of or idea).uid)


def secret_file(idea: str) -> Args:
    return lambda world: (world.ideas[idea].uid, world.secret_file_of(idea).uid)


def seat(name: str) -> Args:
    return lambda world: (world.seats[name].pk,)


def assignment(name: str) -> Args:
    return lambda world: (world.assignments[name].pk,)


def step(world: World, role: str) -> dict[str, Any]:
    return {"revision": "1", "title": "Uusi otsikko", "problem": "Uusi ongelma"}


def forged(world: World) -> tuple[Any, ...]:
    """A token of the right form for another purpose: its code is not that of a proposal's link."""
    return (tokens.make("idea-start", world.ideas["draft"].uid.hex),)


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


LINK_PAGES: tuple[tuple[str, str, tuple[Any, ...], Outcomes, Outcomes], ...] = (
    # name, proposal, more of the address, GET, POST
    ("home", "draft", (), MOVED, NO_METHOD),
    ("home", "unpublished", (), OK, NO_METHOD),
    ("home", "lost", (), OK, NO_METHOD),
    ("review", "draft", (), OK, NO_METHOD),
    ("receipt", "unpublished", (), OK, NO_METHOD),
    ("receipt", "draft", (), MOVED, NO_METHOD),
    ("similar", "draft", (), OK, NO_METHOD),
    ("submit", "draft", (), NO_METHOD, LET),
    ("send_link", "draft", (), OK, LET),
    ("withdraw", "unpublished", (), OK, LET),
    ("step", "draft", ("need",), OK, LET),
)
OWN_PAGES: tuple[tuple[str, str, tuple[Any, ...], Outcomes, Outcomes], ...] = (
    ("own_home", "company_draft", (), MOVED, NO_METHOD),
    ("own_home", "company", (), OK, NO_METHOD),
    ("own_tasks", "company_draft", (), OK, NO_METHOD),
    ("own_team", "company_draft", (), OK, LET),
    ("own_leave", "company_draft", (), NO_METHOD, LET),
    ("own_review", "company_draft", (), OK, NO_METHOD),
    ("own_submit", "company_draft", (), NO_METHOD, LET),
    ("own_receipt", "company", (), OK, NO_METHOD),
    ("own_withdraw", "company", (), OK, LET),
    ("own_similar", "company_draft", (), OK, NO_METHOD),
    ("own_step", "company_draft", ("need",), OK, LET),
)
LINK_NAMES = sorted({name for name, *_rest in LINK_PAGES} - {"step"})

ROWS = [
    *(
        Row(
            f"ideas:{name}",
            f"link, {idea}",
            link(idea, *more),
            everybody(get),
            everybody(post),
            data=step,
        )
        for name, idea, more, get, post in LINK_PAGES
    ),
    *(
        Row(f"ideas:{name}", "forged link", forged, nobody(), nobody(), data=step)
        for name in LINK_NAMES
    ),
    *(
        Row(f"ideas:{name}", f"link of {idea}", link(idea), nobody(), nobody(), data=step)
        for name in LINK_NAMES
        for idea in ("withdrawn", "company_draft")
    ),
    Row("ideas:step", "no such step", link("draft", "muu"), nobody(), nobody()),
    Row("ideas:step", "of an organisation", link("company_draft", "need"), nobody(), nobody()),
    Row("ideas:file_by_link", "", link_file("draft"), everybody(), everybody(NO_METHOD)),
    Row("ideas:file_by_link", "another's file", link_file("draft", "read"), nobody(), None),
    *(
        Row(
            f"ideas:{name}",
            idea,
            own(idea, *more),
            only("company", outcomes=get),
            only("company", outcomes=post, anonymous=SIGNED_OUT),
            data=step,
        )
        for name, idea, more, get, post in OWN_PAGES
    ),
    Row(
        "ideas:own_home",
        "a citizen's draft, that no account has",
        own("draft"),
        only(),
        only(anonymous=SIGNED_OUT),
    ),
    Row(
        "ideas:own_file",
        "",
        file("company_draft"),
        only("company"),
        only("company", outcomes=NO_METHOD, anonymous=SIGNED_OUT),
    ),
    Row("ideas:own_file", "another's file", file("company_draft", "read"), only(), None),
    Row(
        "ideas:own_join",
        "",
        own("company_draft"),
        only("invited", company=MOVED),
        only("invited", "company", outcomes=MOVED),
        writes=frozenset({"invited"}),
    ),
    *(
        Row(
            "ideas:file",
            f"for the jury, {idea}",
            file(idea),
            only(*roles, anonymous=GONE),
            everybody(NO_METHOD),
        )
        for idea, roles in (
            ("read", HOST_A | {"juror", "fellow"}),
            ("undeclared", HOST_A),
            ("potential", HOST_A),
            ("conflict", HOST_A),
            ("ineligible", HOST_A),
            ("withdrawn", ()),
            ("draft", ()),
            ("company_draft", {"company"}),
            ("company", HOST_A | {"company"}),
            ("won", HOST_A | {"fellow"}),
            ("foreign", {"staff_b", "owner", "other_juror"}),
        )
    ),
    *(
        Row(
            "ideas:file",
            f"trade secret, {idea}",
            secret_file(idea),
            only(*roles, anonymous=GONE),
            everybody(NO_METHOD),
            notes=READ_ON_RECORD,
        )
        for idea, roles in (
            ("read", HOST_A | {"juror", "fellow"}),
            ("undeclared", HOST_A),
            ("potential", HOST_A),
            ("conflict", HOST_A),
            ("withdrawn", ()),
            ("company_draft", {"company"}),
            ("company", {"company"}),  # the call is open: staff do not need it yet
            ("decided_1", HOST_A | {"fellow"}),
            ("foreign", {"staff_b", "owner", "other_juror"}),
        )
    ),
    Row("ideas:file", "of another proposal", file("titles", "read"), nobody(), None),
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
