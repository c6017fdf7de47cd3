"""A town to be put through faults: its folder and database, a real server on it, its visitors."""

import html
import http.client
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.e2e.support import ROOT, Server, environment

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
HOST = "127.0.0.1"
CSRF = "csrfmiddlewaretoken"


@dataclass
class Town:
    """A copy of the world. `facts` are what tests.faults.world has said of it."""

    folder: Path
    facts: dict[str, Any]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "talkoot.sqlite3", timeout=20)) as database:
            found = database.execute(sql, values).fetchall()
            database.commit()
            return found

    def one(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]

    @contextmanager
    def served(self, **env: str) -> Iterator[Server]:
        server = Server(var=self.folder, env={"DEMO": "0", **env})
        try:
            yield server.start()
        finally:
            server.stop()

    def is_quiet(self) -> bool:
        """Every job is done and every audit row sealed."""
        return not self.one("SELECT count(*) FROM core_outboxrow") and not self.one(
            "SELECT count(*) FROM core_auditentry WHERE hash IS NULL"
        )


def found_town(folder: Path, migrated: Path) -> Town:
    """Make the world on a copy of a migrated database."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated / "talkoot.sqlite3", folder / "talkoot.sqlite3")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.world"],
        cwd=ROOT,
        env=environment(folder, DEMO="0"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(folder / "talkoot.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Town(folder, json.loads(done.stdout.splitlines()[-1]))


def copy_town(town: Town, folder: Path) -> Town:
    shutil.copytree(town.folder, folder, dirs_exist_ok=True)
    return Town(folder, town.facts)


@dataclass
class Page:
    status: int
    text: str
    to: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def hidden(self) -> dict[str, str]:
        """The form's hidden fields, its CSRF token among them."""
        return {name: html.unescape(value) for name, value in HIDDEN.findall(self.text)}


class Visitor:
    """Speaks HTTP to the server and keeps cookies, as a browser without JavaScript does."""

    def __init__(self, server: Server, session: str = "") -> None:
        self.port = server.port
        self.cookies = {"sessionid": session} if session else {}

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> Page:
        body = urlencode(fields, doseq=True).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, {**kind, **headers})

    def send_json(self, path: str, data: object) -> Page:
        token = {"X-CSRFToken": self.cookies.get("csrftoken", "")}
        kind = {"Content-Type": "application/json"}
        return self._ask("POST", path, json.dumps(data).encode(), {**kind, **token})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        line = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            own = {"Cookie": cookies, "Origin": f"http://{HOST}:{self.port}"} if cookies else {}
            line.request(method, path, body, {**own, **headers})
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Page(answer.status, text, answer.headers.get("Location", ""), dict(answer.headers))


def until(true: Callable[[], bool], seconds: float = 60, why: str = "it did not come") -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)
