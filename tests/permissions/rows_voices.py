"""What anybody says of a public proposal: support, comments, reports."""

from typing import Any

from ideas import comments, support
from ideas.models import Support
from tests.permissions.matrix import (
    GONE,
    LET,
    MOVED,
    NO_METHOD,
    SIGNED_OUT,
    Row,
    everybody,
    no_args,
    nobody,
    signed_in,
)
from tests.permissions.rows_public import ALL, of_robots, page
from tests.permissions.world import World


def supporter(world: World, role: str) -> dict[str, Any]:
    return {"email": f"kannattaja-{role}@posti.example", "opened": of_robots("support")}


def commenter(world: World, role: str) -> dict[str, Any]:
    return {"text": "Hyvä ajatus.", "name": "Naapuri", "opened": of_robots("comment")} | (
        {"email": "kommentoija@posti.example"} if role == "anonymous" else {}
    )


def reporter(world: World, role: str) -> dict[str, Any]:
    return {"reason": "Tässä on toisen nimi.", "opened": of_robots("report")}


def asker(world: World, role: str) -> dict[str, Any]:
    return {"message": "Haluan mukaan.", "opened": of_robots("join")}


def support_link(world: World) -> tuple[str]:
    found = Support.objects.filter(email="kannatan@posti.example").first()
    return (support.token_of(found) if found else "gone",)


ROWS = [
    *(
        Row(
            "ideas:support",
            name,
            lambda world, name=name: (world.ideas[name].uid.hex,),
            everybody() if reached else nobody(),
            everybody(reached or GONE),
            data=supporter,
            writes=ALL if reached == MOVED else frozenset(),
        )
        for name, reached in (
            ("draft", None),
            ("unpublished", None),
            ("withdrawn", None),
            ("foreign", None),
            ("read", MOVED),
            ("won", LET),
        )
    ),
    *(
        Row(
            address,
            name,
            lambda world, name=name: (world.ideas[name].uid.hex,),
            everybody() if reached else nobody(),
            everybody(reached or GONE),
            data=data,
            writes=writes if reached == MOVED else None,
        )
        for address, data, writes in (
            ("ideas:comment", commenter, ALL),
            ("ideas:report", reporter, ALL),
        )
        for name, reached in (
            ("draft", None),
            ("unpublished", None),
            ("withdrawn", None),
            ("read", MOVED),
            ("won", LET),
        )
    ),
    Row(
        "ideas:report_comment",
        "",
        lambda world: (world.ideas["read"].uid.hex, world.comment.uid.hex),
        everybody(),
        everybody(MOVED),
        data=reporter,
        writes=ALL,
    ),
    Row(
        "ideas:report_comment",
        "of another proposal",
        lambda world: (world.ideas["won"].uid.hex, world.comment.uid.hex),
        nobody(),
        nobody(),
    ),
    *(
        Row(
            "ideas:ask",
            name,
            lambda world, name=name: (world.ideas[name].uid.hex,),
            signed_in() if public else nobody(),
            signed_in(LET, anonymous=SIGNED_OUT) if public else nobody(),
            data=asker,
            writes=frozenset(),  # its team takes nobody: tests/ideas/test_asking.py
        )
        for name, public in (
            ("draft", False),
            ("company_draft", False),
            ("company", False),
            ("unpublished", False),
            ("withdrawn", False),
            ("read", True),
            ("won", True),
        )
    ),
    Row("ideas:reported", "", no_args, everybody(), everybody(NO_METHOD)),
    Row(
        "ideas:commented",
        "by its link",
        lambda world: (comments.token_of(world.comment),),
        everybody(),
        everybody(MOVED),
        data=lambda world, role: {"do": "end"},
        writes=ALL,
    ),
    Row("ideas:commented", "a guess", page("qz.1.qz"), nobody(), nobody()),
    Row("ideas:letter_sent", "", no_args, everybody(), everybody(NO_METHOD)),
    Row("ideas:supporting", "by its link", support_link, everybody(), everybody(MOVED), writes=ALL),
    Row("ideas:supporting", "a guess", page("qz.1.qz"), nobody(), nobody()),
]
