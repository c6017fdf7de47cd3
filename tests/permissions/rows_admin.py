"""Our pages of the back office: a call's tabs, its proposals, its jury and decision."""

from typing import Any

from challenges.models import SavedRecipe
from scoring.models import Round
from tests.permissions.matrix import (
    ADMIN_ROLES,
    LET,
    MOVED,
    NO_METHOD,
    OK,
    READ_ON_RECORD,
    STAFF,
    Args,
    Row,
    back_office,
    no_args,
)
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


def recipe_of_a(world: World) -> tuple[int]:
    return (SavedRecipe.objects.get(owner=world.hosts["a"]).pk,)


def juror(name: str, of: str) -> Args:
    return lambda world: (world.calls[of].pk, world.seats[name].pk)


def document(name: str) -> Args:
    return lambda world: (world.calls["decided"].pk, world.documents[name].pk)


def number(of: str, idea: str) -> Args:
    return lambda world: (world.calls[of].pk, world.ideas[idea].number)


def of_series(of: str, idea: str) -> Args:
    return lambda world: (world.calls[of].pk, "citizens", world.ideas[idea].number)


def of_round(of: str, *more: Any) -> Args:
    return lambda world: (
        world.calls[of].pk,
        Round.objects.filter(series__challenge=world.calls[of]).earliest("pk").pk,
        *more,
    )


def meeting(of: str, *more: Any, by: str = "") -> Args:
    return lambda world: (world.calls[by or of].pk, world.meetings[of].pk, *more)


PLAIN = {
    "challenges_admin": (
        "basics",
        "timetable",
        "open",
        "cancel",
        "forms",
        "dashboard",
        "pause",
        "extend",
        "recipe_save",
        "inquiries",
        "profile",
    ),
    "ideas_admin": ("proposals", "compilation", "extensions", "intake", "moderation", "bulk"),
    "scoring_admin": (
        *("rubrics", "rounds", "jury", "invite", "ties", "terms", "dashboard", "remind"),
        *("ranking", "signs", "meetings", "decision", "record"),
    ),
}
OF_SERIES = {
    "ideas_admin": ("intake_typed", "intake_table", "trial"),
    "challenges_admin": ("series", "form", "preview", "question_new", "step_new"),
    "scoring_admin": ("rubric", "rubric_start", "rubric_correct", "publish"),
}
UNDONE = frozenset(
    {
        *("ideas_idea", "ideas_ideaversion", "ideas_attachment", "challenges_challenge"),
        *("challenges_series", "core_auditentry", "core_auditchain", "core_outboxrow"),
    }
)
DEEDS = {  # what, POSTed, changes something when somebody may
    "open": {},
    "cancel": {"reason": "Rahoitus loppui."},
    "publish": {},
    "round_step": {"go": "eligibility"},
    "close": {},
}


def inquiry(state: str) -> Args:
    return lambda world: (world.calls[state].pk, world.inquiries[state].pk)


def batch(of: str) -> Args:
    return lambda world: (world.calls[of].pk, world.batches[of].pk)


def row(name: str, about: str, args: Args, roles: Any, *, get: bool = True, **more: Any) -> Row:
    """Those roles are let in; whoever else comes finds nothing and changes nothing."""
    methods = {"get": back_office(*roles, outcomes=OK if get else LET | NO_METHOD)}
    methods["post"] = back_office(*roles, outcomes=LET | {"gone", "no method"})
    return Row(name, about, args, **methods, roles=ADMIN_ROLES, **more)


def both(name: str, *more: Any, a: str = "scoring", **rest: Any) -> list[Row]:
    """The page of a call of each host."""
    return [
        row(name, f"host A, {a}", call(a, *more), HOST_A, **rest),
        row(name, "host B", call("other", *more), HOST_B, **rest),
    ]


ROWS = [
    Row(
        "solution_publiccode",
        "nothing given",
        no_args,
        back_office(*STAFF),
        back_office(*STAFF, outcomes=LET),
        writes=frozenset(),
    ),
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
    *(
        one
        for eyes in ("juror", "entrant")
        for one in both("scoring_admin:rubric_preview", "citizens", eyes, a="preparing")
    ),
    *both("challenges_admin:shift", get=False),
    *both("challenges_admin:recipe_of"),
    row("challenges_admin:recipe_import", "", no_args, STAFF),
    Row(
        "challenges_admin:recipe_file",
        "host A's",
        recipe_of_a,
        back_office(*HOST_A),
        back_office(*STAFF, outcomes=NO_METHOD),
        roles=ADMIN_ROLES,
    ),
    Row(
        "challenges_admin:recipe_forget",
        "host A's",
        recipe_of_a,
        back_office(*STAFF, outcomes=NO_METHOD),
        back_office(*HOST_A, outcomes=LET),
        roles=ADMIN_ROLES,
        writes=HOST_A,
    ),
    row("challenges_admin:inquiry", "host A", inquiry("open"), HOST_A),
    row("challenges_admin:inquiry", "host B", inquiry("other"), HOST_B),
    Row(
        "challenges_admin:inquiry",
        "host A's question by host B's call",
        lambda world: (world.calls["other"].pk, world.inquiries["open"].pk),
        back_office(),
        back_office(),
    ),
    *both("challenges_admin:undo", get=False),
    *both("challenges_admin:conclude", get=False),
    *both("challenges_admin:resume", get=False),
    *both("challenges_admin:form_correction", "citizens", get=False),
    *both("challenges_admin:question", "citizens", "title"),
    *both("challenges_admin:step", "citizens", "need"),
    # A proposal that is undone: tests/ideas/test_trial.py sees that nothing of it stays.
    *(
        one
        for page in ("need", "-review", "-juror", "-press")
        for one in both("ideas_admin:trial_page", "citizens", page, notes=UNDONE)
    ),
    *both("ideas_admin:table", "csv"),
    *both("ideas_admin:table", "xlsx"),
    *(
        one
        for kind in ("csv", "xlsx")
        for one in both("ideas_admin:intake_template", "citizens", kind)
    ),
    *(one for kind in ("csv", "xlsx", "json") for one in both("scoring_admin:ranking_file", kind)),
    *(
        one
        for name, get in (("proposal", True), ("message", False), ("merge", True))
        for one in (
            row(f"ideas_admin:{name}", "host A", number("scoring", "read"), HOST_A, get=get),
            row(f"ideas_admin:{name}", "host B", number("other", "foreign"), HOST_B, get=get),
        )
    ),
    row("ideas_admin:batch", "host A", batch("scoring"), HOST_A),
    row("ideas_admin:batch", "host B", batch("other"), HOST_B),
    Row(
        "ideas_admin:batch",
        "host A's batch by host B's call",
        lambda world: (world.calls["other"].pk, world.batches["scoring"].pk),
        back_office(),
        back_office(),
    ),
    # That they opened trade secrets is noted.
    *(
        row("ideas_admin:secrets", about, number(call_, idea), roles, notes=READ_ON_RECORD)
        for about, call_, idea, roles in (
            ("host A", "scoring", "read", HOST_A),
            ("host B", "other", "foreign", HOST_B),
            ("the call is open: nobody needs them yet", "open", "company", ()),
            ("withdrawn", "scoring", "withdrawn", ()),
        )
    ),
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
    *(
        Row(
            "scoring_admin:excuse",
            about,
            args,
            back_office(*viewers, outcomes=MOVED),
            back_office(*roles, outcomes=LET),
        )
        for about, args, viewers, roles in (
            ("host A", juror("decided-fellow", "decided"), HOST_A, HOST_A),
            ("host A's juror by host B's call", juror("decided-fellow", "other"), HOST_B, ()),
        )
    ),
    *(
        Row(
            "scoring_admin:document",
            name,
            document(name),
            back_office(*HOST_A),
            back_office(*HOST_A, outcomes=NO_METHOD),
            # Who took what away is noted.
            notes=frozenset({"core_auditentry"}),
        )
        for name in ("package-fi.zip", "full_report-fi.html")
    ),
    Row(
        "scoring_admin:document",
        "host A's by host B's call",
        lambda world: (world.calls["other"].pk, world.documents["package-fi.zip"].pk),
        back_office(),
        back_office(*HOST_B, outcomes=NO_METHOD),
    ),
    *both("scoring_admin:close", "citizens"),
    *(
        row(f"scoring_admin:{name}", about, of_round(of), roles)
        for name in ("weights", "grey")
        for about, of, roles in (("host A", "scoring", HOST_A), ("host B", "other", HOST_B))
    ),
    *(
        Row(
            "scoring_admin:compute",
            about,
            of_round(of),
            back_office(*roles, outcomes=NO_METHOD),
            back_office(*roles, outcomes=LET),
            roles=ADMIN_ROLES,
            writes=frozenset(roles),
        )
        for about, of, roles in (("host A", "scoring", HOST_A), ("host B", "other", HOST_B))
    ),
    *(
        row(f"scoring_admin:{name}", "host A", meeting("decided", *more), HOST_A)
        for name, more in (("meeting", ()), ("minutes", ()), ("item", (1,)), ("projector", (1,)))
    ),
    *(
        Row(
            f"scoring_admin:{name}",
            "host A's meeting by host B's call",
            meeting("decided", *more, by="other"),
            back_office(),
            back_office(),
            roles=ADMIN_ROLES,
        )
        for name, more in (("meeting", ()), ("minutes", ()), ("item", (1,)), ("projector", (1,)))
    ),
    *both("scoring_admin:assign", "citizens"),
    *both("scoring_admin:advance", "citizens"),
    *both("scoring_admin:runs", "citizens"),
    *both("scoring_admin:round_step", "citizens", get=False),
    *(
        Row(name, "no live final", call("scoring", "citizens"), back_office(), back_office())
        for name in ("scoring_admin:pitch", "scoring_admin:screen")
    ),
    row("scoring_admin:names", "host A, read blind", call("deciding"), HOST_A),
    Row("scoring_admin:names", "nothing is hidden", call("scoring"), back_office(), back_office()),
    row("scoring_admin:readers", "host A", of_series("scoring", "read"), HOST_A),
    row("scoring_admin:readers", "host B", of_series("other", "foreign"), HOST_B),
    row("scoring_admin:juror", "host A", juror("scoring-juror", "scoring"), HOST_A),
    row("scoring_admin:juror", "host B", juror("other-other_juror", "other"), HOST_B),
    Row(
        "scoring_admin:juror",
        "host A's juror by host B's call",
        juror("scoring-juror", "other"),
        back_office(),
        back_office(),
    ),
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
            ("scoring_admin", "close", "scoring", ("citizens",)),
        )
    ),
]
