"""Our pages of the back office: a call's tabs, its proposals, its jury and decision."""

from typing import Any

from tests.permissions.matrix import ADMIN_ROLES, LET, STAFF, Args, Row, back_office, no_args
from tests.permissions.world import HOST_A, World

HOST_B = ("staff_b", "owner")


def call(name: str, *more: Any) -> Args:
    return lambda world: (world.calls[name].pk, *more)


def new_call(world: World, role: str) -> dict[str, Any]:
    """In the name of host A, whoever asks."""
    return {
        "owner": world.hosts["a"].pk,
        "recipe": "mikkeli",
        "title_fi": "Uusi haaste",
        "title_0": "Uusi haaste",
        "opens_on": "2030-01-07",
        "contact_email": "haaste@mikkeli.example",
    }


def juror(name: str, of: str) -> Args:
    return lambda world: (world.calls[of].pk, world.seats[name].pk)


def number(of: str, idea: str) -> Args:
    return lambda world: (world.calls[of].pk, world.ideas[idea].number)


PLAIN = {
    "challenges_admin": ("basics", "timetable", "open", "cancel", "forms", "dashboard"),
    "ideas_admin": ("proposals",),
    "scoring_admin": ("rubrics", "jury", "invite", "ties", "ranking", "decision"),
}
OF_SERIES = {
    "challenges_admin": ("series", "form", "preview", "question_new", "step_new"),
    "scoring_admin": ("rubric", "publish"),
}
DEEDS = {  # what, POSTed, changes something when somebody may
    "open": {},
    "cancel": {"reason": "Rahoitus loppui."},
    "publish": {},
    "assign": {},
    "close": {},
}


def row(name: str, about: str, args: Args, roles: Any, *, get: bool = True, **more: Any) -> Row:
    """Those roles are let in; whoever else comes finds nothing and changes nothing."""
    methods = {"get": back_office(*roles) if get else back_office(*roles, outcomes=LET)}
    methods["post"] = back_office(*roles, outcomes=LET | {"gone", "no method"})
    return Row(name, about, args, **methods, roles=ADMIN_ROLES, **more)


def both(name: str, *more: Any, a: str = "scoring", **rest: Any) -> list[Row]:
    """The page of a call of each host."""
    return [
        row(name, f"host A, {a}", call(a, *more), HOST_A, **rest),
        row(name, "host B", call("other", *more), HOST_B, **rest),
    ]


ROWS = [
    row("challenges_admin:index", "", no_args, STAFF),
    Row(
        "challenges_admin:new",
        "in the name of host A",
        no_args,
        back_office(*STAFF),
        back_office(*STAFF, outcomes=LET),
        data=new_call,
        writes=HOST_A,
    ),
    *(
        one
        for space, names in PLAIN.items()
        for name in names
        for state in ("preparing", "scoring")
        for one in both(f"{space}:{name}", a=state)
    ),
    *(
        one
        for space, names in OF_SERIES.items()
        for name in names
        for one in both(f"{space}:{name}", "citizens", a="preparing")
    ),
    *both("challenges_admin:shift", get=False),
    *both("challenges_admin:question", "citizens", "title"),
    *both("challenges_admin:step", "citizens", "need"),
    *both("ideas_admin:table", "csv"),
    *both("ideas_admin:table", "xlsx"),
    *(one for kind in ("csv", "xlsx", "json") for one in both("scoring_admin:ranking_file", kind)),
    row("ideas_admin:proposal", "host A", number("scoring", "read"), HOST_A),
    row("ideas_admin:proposal", "host B", number("other", "foreign"), HOST_B),
    Row(
        "ideas_admin:proposal",
        "withdrawn: there is nothing to read any more",
        number("scoring", "withdrawn"),
        back_office(),
        back_office(),
        data=lambda world, role: {"eligible": "yes"},
    ),
    Row(
        "ideas_admin:proposal",
        "another's number by one's own call",
        lambda world: (world.calls["other"].pk, 999),
        back_office(),
        back_office(),
    ),
    row("scoring_admin:remove", "host A", juror("scoring-juror", "scoring"), HOST_A),
    row("scoring_admin:remove", "host B", juror("other-other_juror", "other"), HOST_B),
    Row(
        "scoring_admin:remove",
        "host A's juror by host B's call",
        juror("scoring-juror", "other"),
        back_office(),
        back_office(),
    ),
    *both("scoring_admin:close", "citizens"),
    *both("scoring_admin:assign", "citizens"),
    *(
        Row(
            f"{space}:{name}",
            f"done for host A, {state}",
            call(state, *more),
            None,
            back_office(*HOST_A, outcomes=LET),
            data=lambda world, role, name=name: DEEDS[name],
            writes=HOST_A,
        )
        for space, name, state, more in (
            ("challenges_admin", "open", "preparing", ()),
            ("challenges_admin", "cancel", "open", ()),
            ("scoring_admin", "assign", "scoring", ("citizens",)),
            ("scoring_admin", "close", "scoring", ("citizens",)),
        )
    ),
]
