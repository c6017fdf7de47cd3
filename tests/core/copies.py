"""A copy of the migrated test database, for tests that let other processes at it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection


class Copy:
    """A database of its own: `url` for processes, `rows` to look into it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20)) as db:
                return db.execute(sql).fetchall()
        with psycopg.connect(self.url) as db:
            return db.execute(sql).fetchall()

    def numbers(self, verb: str) -> list[int]:
        """The numbers of the audit rows with this verb, sorted: one twice is there twice."""
        found = self.rows(f"SELECT data->>'number' FROM core_auditentry WHERE verb = '{verb}'")
        return sorted(int(number) for (number,) in found)

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])


@contextmanager
def copied(folder: Path) -> Iterator[Copy]:
    """Call it with the database unblocked; nothing may use the test database meanwhile."""
    connection.close()
    if connection.vendor == "sqlite":
        path = folder / "copy.sqlite3"
        name = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        yield Copy(f"sqlite:///{path}")
        return
    own = connection.settings_dict
    name = f"talkoot_copy_{uuid4().hex[:12]}"
    base = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{own["NAME"]}"')
        try:
            yield Copy(f"{base}/{name}")
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def environment(copy: Copy, folder: Path, **more: str) -> dict[str, str]:
    """What a process of the project gets to know: the copy, and a folder of its own."""
    known = {name: value for name, value in os.environ.items() if name != "BROKER_URL"}
    return known | {"DATABASE_URL": copy.url, "TALKOOT_VAR": str(folder), **more}
