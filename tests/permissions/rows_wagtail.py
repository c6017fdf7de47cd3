"""Solutions, organisations, their people and all people, in the Wagtail admin."""

from dataclasses import replace
from typing import Any

from tests.permissions.matrix import (
    ADMIN_ROLES,
    KEPT_OUT,
    LET,
    STAFF,
    Args,
    Row,
    back_office,
    no_args,
)
from tests.permissions.world import HOST_A

SOLUTIONS = "wagtailsnippets_catalogue_solution"
CHOOSER = "wagtailsnippetchoosers_catalogue_solution"
HOST_B = ("staff_b", "owner")
NOT_THERE = LET | KEPT_OUT | {"no method"}  # let in, but there is nothing (more) to do


def solution(name: str, *more: Any) -> Args:
    return lambda world: (world.solutions[name].pk, *more)


def chosen(name: str) -> Args:
    return lambda world: (str(world.solutions[name].pk),)


def revision(name: str) -> Args:
    return lambda world: (world.solutions[name].pk, world.solutions[name].latest_revision_id)


def two_revisions(name: str) -> Args:
    return lambda world: (world.solutions[name].pk, "earliest", "latest")


def need(name: str) -> Args:
    return lambda world: (world.needs[name].pk,)


def synonyms(world: Any) -> tuple[Any, ...]:
    return (world.synonyms.pk,)


def organisation(name: str) -> Args:
    return lambda world: ({**world.hosts, **world.organisations}[name].pk,)


def membership(name: str) -> Args:
    return lambda world: (world.memberships[name].pk,)


def person(name: str) -> Args:
    return lambda world: (world.people[name].pk,)


def row(name: str, about: str, args: Args, roles: Any, *, get: Any = LET, **more: Any) -> Row:
    return Row(
        name,
        about,
        args,
        back_office(*roles, outcomes=get),
        back_office(*roles, outcomes=LET | {"no method", "gone"}),
        roles=ADMIN_ROLES,
        **more,
    )


def workflow(world: Any) -> tuple[Any, ...]:
    return (world.solutions["hidden"].pk, "approve", 1)


ROWS = [
    *(row(f"{SOLUTIONS}:{name}", "", no_args, STAFF) for name in ("list", "list_results", "add")),
    row(f"{SOLUTIONS}:preview_on_add", "", no_args, STAFF),
    *(
        row(f"{CHOOSER}:{name}", "", no_args, STAFF)
        for name in ("choose", "choose_results", "chosen_multiple")
    ),
    *(
        replace(row(f"{CHOOSER}:chosen", about, chosen(one), roles), post=None)
        for about, one, roles in (
            ("not published, host A", "hidden", HOST_A),
            ("not published, host B", "other_hidden", HOST_B),
        )
    ),
    *(
        row(f"{SOLUTIONS}:{name}", about, solution(one), roles)
        for name in (
            "edit",
            "usage",
            "history",
            "history_results",
            "preview_on_edit",
            "workflow_history",
        )
        for about, one, roles in (
            ("not published, host A", "hidden", HOST_A),
            ("published, host A", "public", HOST_A),
            ("not published, host B", "other_hidden", HOST_B),
        )
    ),
    *(
        row(f"{SOLUTIONS}:{name}", "host A", args("hidden"), HOST_A)
        for name, args in (
            ("revisions_view", revision),
            ("revisions_revert", revision),
            ("revisions_compare", two_revisions),
        )
    ),
    # What only who publishes may do: the platform's owner, who approves.
    row(f"{SOLUTIONS}:revisions_unschedule", "host A", revision("hidden"), ("owner",)),
    *(
        row(f"{SOLUTIONS}:{name}", "host A", solution("public"), HOST_A, get=NOT_THERE)
        for name in ("unpublish", "lock", "unlock", "confirm_workflow_cancellation")
    ),
    row(f"{SOLUTIONS}:delete", "a published one", solution("public"), ("owner",)),
    *(
        row(f"{SOLUTIONS}:{name}", "host A", workflow, HOST_A, get=NOT_THERE)
        for name in ("workflow_action", "collect_workflow_action_data")
    ),
    row(f"{SOLUTIONS}:workflow_preview", "", solution("hidden", 1), HOST_A, get=NOT_THERE),
    row(f"{SOLUTIONS}:workflow_history_detail", "", solution("hidden", 1), HOST_A, get=NOT_THERE),
    *(row(f"needs:{name}", "", no_args, STAFF) for name in ("index", "index_results")),
    row("needs:add", "told by people only", no_args, ()),
    *(
        row(f"needs:{name}", about, need(one), roles)
        for name in ("edit", "history", "history_results", "usage")
        for about, one, roles in (
            ("host A", "a", HOST_A),
            ("host B", "b", HOST_B),
            ("of no municipality here", "nowhere", ("owner",)),
        )
    ),
    row("needs:delete", "never deleted", need("a"), ()),
    *(row(f"synonyms:{name}", "", no_args, STAFF) for name in ("index", "index_results", "add")),
    *(
        row(f"synonyms:{name}", "shared by all hosts", synonyms, STAFF)
        for name in ("edit", "delete")
    ),
    *(row(f"organisations:{name}", "", no_args, STAFF) for name in ("index", "index_results")),
    row("organisations:add", "", no_args, ("owner",)),
    *(
        row(f"organisations:{name}", about, organisation(one), roles)
        for name in ("edit", "history", "history_results", "usage", "inspect")
        for about, one, roles in (
            ("host A", "a", HOST_A),
            ("host B", "b", HOST_B),
            ("a company", "company", ("owner",)),
        )
    ),
    row("organisations:delete", "never deleted", organisation("company"), ()),
    *(
        row(f"memberships:{name}", "administrators", no_args, ("admin_a", "owner"))
        for name in ("index", "index_results", "add")
    ),
    *(
        row(f"memberships:{name}", about, membership(one), roles)
        for name in ("edit", "history", "history_results", "usage")
        for about, one, roles in (
            ("host A", "staff_a", ("admin_a", "owner")),
            ("host B", "staff_b", ("owner",)),
            ("a company", "company", ("owner",)),
        )
    ),
    row("memberships:delete", "ended, never deleted", membership("staff_a"), ()),
    *(
        row(f"wagtailusers_users:{name}", "", no_args, ("owner",))
        for name in ("index", "index_results", "add")
    ),
    *(
        row(f"wagtailusers_users:{name}", "", person("person"), ("owner",))
        for name in ("edit", "delete", "history", "history_results", "usage", "copy")
    ),
]
