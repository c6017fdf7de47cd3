"""People's own pages: a proposal by its secret link or with an account, its files."""

from typing import Any

from core import tokens
from ideas import links
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
    nobody,
    only,
)
from tests.permissions.world import HOST_A, ROLES, World


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


def step(world: World, role: str) -> dict[str, Any]:
    return {"revision": "1", "title": "Uusi otsikko", "problem": "Uusi ongelma"}


def forged(world: World) -> tuple[Any, ...]:
    """A token of the right form for another purpose: its code is not that of a proposal's link."""
    return (tokens.make("idea-start", world.ideas["draft"].uid.hex),)


LINK_PAGES: tuple[tuple[str, str, tuple[Any, ...], Outcomes, Outcomes], ...] = (
    # name, proposal, more of the address, GET, POST
    ("home", "draft", (), MOVED, NO_METHOD),
    ("home", "unpublished", (), OK, NO_METHOD),
    ("home", "lost", (), OK, NO_METHOD),
    ("review", "draft", (), OK, NO_METHOD),
    ("receipt", "unpublished", (), OK, NO_METHOD),
    ("receipt", "draft", (), MOVED, NO_METHOD),
    ("receipt_pdf", "unpublished", (), GONE, NO_METHOD),  # nothing prints in these tests
    ("similar", "draft", (), OK, NO_METHOD),
    ("pieces", "draft", (), NO_METHOD, LET),
    ("submit", "draft", (), NO_METHOD, LET),
    ("send_link", "draft", (), OK, LET),
    ("withdraw", "unpublished", (), OK, LET),
    ("write", "unpublished", (), MOVED, LET),
    ("write", "draft", (), MOVED, LET),
    ("more_time", "draft", (), MOVED, LET),
    ("step", "draft", ("need",), OK, LET),
)
OWN_PAGES: tuple[tuple[str, str, tuple[Any, ...], Outcomes, Outcomes], ...] = (
    ("own_home", "company_draft", (), MOVED, NO_METHOD),
    ("own_home", "company", (), OK, NO_METHOD),
    ("own_tasks", "company_draft", (), OK, NO_METHOD),
    ("own_team", "company_draft", (), OK, LET),
    ("own_leave", "company_draft", (), NO_METHOD, LET),
    ("own_name", "company_draft", (), NO_METHOD, LET),
    ("own_askers", "company_draft", (), NO_METHOD, LET),
    ("own_answer_asker", "company_draft", (), NO_METHOD, LET),
    ("own_role", "company_draft", (), NO_METHOD, LET),
    ("own_hand_over", "company_draft", (), NO_METHOD, LET),
    ("own_review", "company_draft", (), OK, NO_METHOD),
    ("own_submit", "company_draft", (), NO_METHOD, LET),
    ("own_receipt", "company", (), OK, NO_METHOD),
    ("own_receipt_pdf", "company", (), GONE, NO_METHOD),
    ("own_withdraw", "company", (), OK, LET),
    ("own_more_time", "company_draft", (), MOVED, LET),
    ("own_write", "company", (), MOVED, LET),
    ("own_similar", "company_draft", (), OK, NO_METHOD),
    ("own_pieces", "company_draft", (), NO_METHOD, LET),
    ("own_step", "company_draft", ("need",), OK, LET),
)
# Of the team, who only reads: what is not here is not there for them.
READERS: dict[str, tuple[Outcomes, Outcomes]] = {
    "own_home": (OK, NO_METHOD),
    "own_team": (OK, GONE),
    "own_name": (NO_METHOD, LET),
    "own_leave": (NO_METHOD, LET),
    "own_receipt": (OK, NO_METHOD),
    "own_receipt_pdf": (GONE, NO_METHOD),
}
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
            only("company", outcomes=get, reader=READERS.get(name, (GONE, GONE))[0]),
            only(
                "company",
                outcomes=post,
                anonymous=SIGNED_OUT,
                reader=READERS.get(name, (GONE, GONE))[1],
            ),
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
        only("company", "reader"),
        only("company", "reader", outcomes=NO_METHOD, anonymous=SIGNED_OUT),
    ),
    Row(
        "ideas:answer",
        "link, a comment on it",
        lambda world: (world.link("read"), world.comment.uid),
        everybody(),
        everybody(MOVED),
        data=lambda world, role: {"text": "Kiitos."},
        writes=frozenset(ROLES),
    ),
    Row(
        "ideas:answer",
        "a comment on another",
        lambda world: (world.link("draft"), world.comment.uid),
        nobody(),
        nobody(),
    ),
    Row(
        "ideas:own_answer",
        "of nobody's account",
        lambda world: (world.ideas["read"].uid, world.comment.uid),
        only(),
        only(anonymous=SIGNED_OUT),
    ),
    Row("ideas:own_file", "another's file", file("company_draft", "read"), only(), None),
    Row(
        "ideas:own_join",
        "",
        own("company_draft"),
        only("invited", company=MOVED, reader=MOVED),
        only("invited", "company", "reader", outcomes=MOVED),
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
            ("company_draft", {"company", "reader"}),
            ("company", HOST_A | {"company", "reader"}),
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
            ("company_draft", {"company", "reader"}),
            ("company", {"company", "reader"}),  # the call is open: staff do not need it yet
            ("decided_1", HOST_A | {"fellow"}),
            ("foreign", {"staff_b", "owner", "other_juror"}),
        )
    ),
    Row("ideas:file", "of another proposal", file("titles", "read"), nobody(), None),
]
