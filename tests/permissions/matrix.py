"""What a row of the matrix says, and how an answer is read."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.permissions.world import HOST_A, ROLES, World

SIGN_IN = re.compile(r"^/(fi|sv|en)/kirjaudu/")
WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
# What any visit may leave: sessions, and Wagtail's own notes of who has a page open.
NOTES = frozenset({"django_session", "wagtailadmin_editingsession", "wagtailusers_userprofile"})
# Who has read a trade secret, or taken a document away.
READ_ON_RECORD = frozenset({"core_auditentry"})

Args = Callable[[World], tuple[Any, ...]]
Data = Callable[[World, str], dict[str, Any]]
Outcomes = frozenset[str]

OK: Outcomes = frozenset({"ok"})
MOVED: Outcomes = frozenset({"moved"})
GONE: Outcomes = frozenset({"gone"})
SIGNED_OUT: Outcomes = frozenset({"signed out"})  # what was typed is given back
TO_SIGN_IN: Outcomes = SIGNED_OUT | {"sign in"}
NO_METHOD: Outcomes = frozenset({"no method"})
LET: Outcomes = frozenset({"ok", "moved", "answered"})  # reached; whatever the form says
# Wagtail sends its people who lack a right to its first page, and others to the sign-in.
KEPT_OUT: Outcomes = frozenset({"gone", "forbidden", "admin home"})
REFUSED = frozenset({"gone", "forbidden", "admin home", "sign in", "signed out", "no method"})

STAFF = HOST_A | {"staff_b"}
# Before the door of the back office all who may not enter are alike.
ADMIN_ROLES = ("anonymous", "member", "juror", "staff_a", "admin_a", "staff_b", "owner")


@dataclass(frozen=True)
class Expected:
    """What each role gets. `by_role` goes before `others`."""

    others: Outcomes
    by_role: dict[str, Outcomes] = field(default_factory=dict)

    def of(self, role: str) -> Outcomes:
        return self.by_role.get(role, self.others)


def everybody(outcomes: Outcomes = OK) -> Expected:
    return Expected(outcomes)


def nobody() -> Expected:
    return Expected(GONE)


def signed_in(outcomes: Outcomes = OK, *, anonymous: Outcomes = TO_SIGN_IN) -> Expected:
    return Expected(outcomes, {"anonymous": anonymous})


def only(
    *roles: str,
    outcomes: Outcomes = OK,
    others: Outcomes = GONE,
    anonymous: Outcomes = TO_SIGN_IN,
    **more: Outcomes,
) -> Expected:
    return Expected(others, {"anonymous": anonymous, **dict.fromkeys(roles, outcomes), **more})


def back_office(*roles: str, outcomes: Outcomes = OK) -> Expected:
    """Pages of the Wagtail admin: others of its people are kept out, the rest do not get in."""
    return only(
        *roles,
        outcomes=outcomes,
        others=TO_SIGN_IN,
        **dict.fromkeys(sorted(STAFF - set(roles)), KEPT_OUT),
    )


@dataclass(frozen=True)
class Row:
    """One address with one object: who gets what by GET and by POST.

    `writes`: the roles whose POST changes something; None when that is not asked of those let in.
    Whoever is refused never changes anything, and no GET does, but for the tables in `notes`.
    """

    name: str
    about: str
    args: Args
    get: Expected | None
    post: Expected | None
    data: Data | None = None
    writes: frozenset[str] | None = None
    notes: frozenset[str] = frozenset()
    json: bool = False
    roles: tuple[str, ...] = ROLES
    headers: dict[str, str] = field(default_factory=dict)
    query: Callable[[World], str] = lambda world: ""

    def __str__(self) -> str:
        return f"{self.name} [{self.about}]" if self.about else self.name

    def address(self, world: World) -> str:
        return reverse(self.name, args=self.args(world)) + self.query(world)


def no_args(world: World) -> tuple[Any, ...]:
    return ()


def outcome(response: HttpResponseBase) -> str:
    status = response.status_code
    if status in (301, 302, 303):
        where = response["Location"]
        if SIGN_IN.match(where):
            return "sign in"
        return "admin home" if where == "/admin/" else "moved"
    named = {200: "ok", 401: "signed out", 403: "forbidden", 404: "gone", 405: "no method"}
    if status in named:
        return named[status]
    return "answered" if status in (400, 409, 422, 423, 429) else f"status {status}"


def body_of(response: HttpResponseBase) -> bytes:
    """All of it. Reading to the end is how the test client closes what was streamed."""
    if response.streaming:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return bytes(response.content)  # type: ignore[attr-defined]


@contextmanager
def watched() -> Iterator[list[str]]:
    """Tables that are written to, also when it is undone; everything is undone at the end."""
    tables: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITE.match(sql):
            tables.append(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        yield tables
        transaction.set_rollback(True)


def client_of(cookies: dict[str, str], **more: Any) -> Client:
    client = Client(**more)
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def faults_of(row: Row, world: World, sessions: dict[str, dict[str, str]]) -> list[str]:
    """Ask as every role; what did not come out as the row says, in words."""
    address, faults = row.address(world), []
    for role in row.roles:
        for method, expected in (("GET", row.get), ("POST", row.post)):
            if expected is None:
                continue
            wanted = expected.of(role)
            got, tables = _ask(row, method, address, world, role, sessions[role])
            tables = sorted(set(tables) - NOTES - row.notes)
            if got not in wanted:
                faults.append(f"{method} as {role}: {got}, not {' or '.join(sorted(wanted))}")
            silent = method == "GET" or got in REFUSED
            if row.writes is not None and method == "POST":
                silent = role not in row.writes
                if role in row.writes and not tables:
                    faults.append(f"POST as {role}: nothing has changed")
            if silent and tables:
                faults.append(f"{method} as {role} ({got}) wrote to {', '.join(tables)}")
    return faults


def _ask(
    row: Row, method: str, address: str, world: World, role: str, cookies: dict[str, str]
) -> tuple[str, list[str]]:
    client = client_of(cookies)
    with watched() as tables:
        if method == "GET":
            response = client.get(address, headers=row.headers)
        else:
            data = row.data(world, role) if row.data else {}
            kind = {"content_type": "application/json"} if row.json else {}
            response = client.post(address, data, headers=row.headers, **kind)
        body_of(response)
        return outcome(response), list(tables)
