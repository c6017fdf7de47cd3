"""What browser journeys stand on: a real server on a copy of the demo, its mail, and watchers."""

import email
import email.policy
import fcntl
import hashlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.needs import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = Path(os.environ.get("TALKOOT_E2E_TEMPLATES") or ROOT / "var/e2e-template")
AXE = (ROOT / "tests/e2e/vendor/axe.min.js").read_text()
AXE_TAGS = [
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"),
]
MAIL_WAIT = 60.0  # seconds: how long says more of the machine than of us
# The template is made again when anything that can change what is in it has changed.
SOURCES = ("*.py", "*.json", "*.po", "*.html", "*.txt", "*.css", "*.js", "*.svg", "*.woff2")
FOLDERS = (
    *("core", "accounts", "challenges", "ideas", "scoring", "catalogue", "search", "cms"),
    *("demo", "config", "templates", "static", "locale"),
)


# The server ------------------------------------------------------------------------------------


def environment(var: Path, **more: str) -> dict[str, str]:
    """A clean environment: what the shell has set must not reach the server under test."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    return {
        **env,
        "TALKOOT_VAR": str(var),
        "DEMO": "1",
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
        **more,
    }


def manage(var: Path, *words: str, **env: str) -> str:
    """Run manage.py on a var folder; its output, or an error that shows it."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(var, **env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"manage.py {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _digest() -> str:
    total = hashlib.sha256()
    for folder in FOLDERS:
        for pattern in SOURCES:
            for file in sorted((ROOT / folder).rglob(pattern)):
                total.update(f"{file.relative_to(ROOT)}\0".encode())
                total.update(file.read_bytes())
    total.update((ROOT / "requirements.txt").read_bytes())
    return total.hexdigest()[:16]


def template() -> Path:
    """A var folder that is migrated and seeded, made once per state of the code.

    Several test processes may ask at once: one makes it, the others wait.
    """
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = TEMPLATES / _digest()
        if made.exists():
            return made
        for old in TEMPLATES.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
        half = TEMPLATES / "half"
        half.mkdir()
        subprocess.run([sys.executable, "scripts/compile_po.py"], cwd=ROOT, check=True)
        manage(half, "collectstatic", "--no-input", "-v0")
        manage(half, "migrate", "--no-input", "-v0")
        manage(half, "seed_demo")
        manage(half, "drain", "--once")
        half.rename(made)
        return made


@dataclass
class Server:
    """A running Talkoot with a var folder of its own."""

    var: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mail(self) -> "Mailbox":
        return Mailbox(self.var / "mail")

    @property
    def log(self) -> str:
        return (self.var / "server.log").read_text(errors="replace")

    def start(self) -> "Server":
        with (self.var / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=environment(
                    self.var,
                    **{
                        "HOST": "127.0.0.1",
                        "PORT": str(self.port),
                        "SITE_URL": self.url,
                        **self.env,
                    },
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that kill() reaches its workers too
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended by itself:\n{self.log[-3000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=10):
                    return self
            except urllib.error.HTTPError:
                return self  # it answers, be it with what is wrong
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"The server did not answer:\n{self.log[-3000:]}")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """kill -9 the server and its workers, as a power cut would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)

    def manage(self, *words: str) -> str:
        """Run a manage.py command on this server's data; returns its output."""
        return manage(self.var, *words, SITE_URL=self.url, **self.env)

    def python(self, code: str) -> str:
        """Run Python with the apps loaded on this server's data; returns what it prints.

        For arranging what a journey cannot reach, such as a closing moment in the past. Takes
        about two seconds.
        """
        return self.manage("shell", "-v0", "-c", code).strip()

    def sql(self, query: str, *values: object) -> list[Any]:
        """Ask or change the database directly: at once, where python() takes seconds."""
        database = sqlite3.connect(self.var / "talkoot.sqlite3", timeout=20)
        with closing(database), database:
            return database.execute(query, values).fetchall()


@dataclass
class AtLocalhost(Server):
    """By its name: browsers hold passkeys for names only."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@contextmanager
def running(folder: Path, kind: type[Server] = Server, **env: str) -> Iterator[Server]:
    """A server on a fresh copy of the seeded template in `folder`."""
    made = template()
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("static"), dirs_exist_ok=True)
    (folder / "static").symlink_to(made / "static")
    server = kind(var=folder, env=env)
    try:
        yield server.start()
    finally:
        server.stop()


# Its mail --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """One mail as it left the server."""

    to: str
    subject: str
    text: str
    html: str

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://[^\s<>\"')]+", self.text)

    @property
    def code(self) -> str:
        """The sign-in code: it stands on a line of its own."""
        found = re.search(r"^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", self.text, re.MULTILINE)
        assert found, f"no code in:\n{self.text}"
        return found[1]


@dataclass(frozen=True)
class Mailbox:
    """Everything that the server has sent; each file of the folder is one or more mails."""

    folder: Path

    def all(self) -> list[Letter]:
        """Oldest first."""
        files = sorted(self.folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        return [letter for file in files for letter in _letters(file.read_bytes())]

    def to(self, address: str) -> list[Letter]:
        return [letter for letter in self.all() if address.lower() in letter.to.lower()]

    def wait(
        self,
        address: str,
        *,
        after: int = 0,
        where: Callable[[Letter], bool] = lambda _letter: True,
    ) -> Letter:
        """The newest mail to an address once it has more than `after` that fit."""
        deadline = time.monotonic() + MAIL_WAIT
        while True:
            found = [letter for letter in self.to(address) if where(letter)]
            if len(found) > after:
                return found[-1]
            if time.monotonic() > deadline:
                others = "\n".join(
                    f"  {letter.to}: {letter.subject}" for letter in self.all()[-10:]
                )
                raise AssertionError(
                    f"No mail to {address} in {MAIL_WAIT:.0f} s; last were:\n{others}"
                )
            time.sleep(0.05)


def _letters(raw: bytes) -> Iterator[Letter]:
    for part in re.split(rb"^-{79}\n?", raw, flags=re.MULTILINE):
        if not part.strip():
            continue
        message = email.message_from_bytes(part, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        plain, rich = message.get_body(("plain",)), message.get_body(("html",))
        yield Letter(
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=plain.get_content() if plain else "",
            html=rich.get_content() if rich else "",
        )


# What the browser must not do ------------------------------------------------------------------


@dataclass
class Watch:
    """Collects what must not happen on any page: errors, foreign requests, breaches of the CSP.

    Something that a journey provokes on purpose is told beforehand: `watch.allow("status of 404")`.
    """

    origin: str
    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *parts: str) -> None:
        """Parts of messages that are expected in this test."""
        self.allowed += parts

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        url = request.url
        if not url.startswith((f"{self.origin}/", "data:", "blob:", "about:")):
            self.seen.append(f"request to elsewhere: {url}")

    def _response(self, response: object) -> None:
        status = getattr(response, "status", 0)
        if status >= 500:
            self.seen.append(f"server error {status}: {getattr(response, 'url', '')}")

    def problems(self) -> list[str]:
        return [text for text in self.seen if not any(part in text for part in self.allowed)]


# Accessibility ---------------------------------------------------------------------------------


def axe(page: Page, *, without: Iterable[str] = ()) -> None:
    """Fail with a list when axe-core finds anything against WCAG 2.2 AA or good practice.

    Runs through the debugger, so the page's own content security policy stays as it is.
    `without`: ids of rules to leave out, each with a reason at the caller.
    """
    page.evaluate(AXE)
    options = {
        "runOnly": {"type": "tag", "values": AXE_TAGS},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    lines = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        + "\n".join(f"    {' '.join(node['target'])}: {node['html'][:160]}" for node in nodes[:6])
        for violation in found["violations"]
        for nodes in [violation["nodes"]]
    ]
    size = page.viewport_size or {"width": 0}
    assert not lines, f"{page.url} at {size['width']} px:\n" + "\n".join(lines)


# Signing in ------------------------------------------------------------------------------------


def sign_in(page: Page, server: Server, address: str, *, language: str = "fi") -> None:
    """Sign in as a person does: type the address, read the code in the mail, type it."""
    page.goto(f"{server.url}/{language}/kirjaudu/")
    give_code(page, server, address)


CODES_A_MINUTE = 3  # to one address; allauth's own limit, and a quick test's trouble
_asked: dict[tuple[str, str], list[float]] = {}


def _wait_for_a_code(server: Server, address: str) -> None:
    """Until one more code may be asked for, as a person would have to."""
    asked = _asked.setdefault((server.url, address), [])
    if len(asked) >= CODES_A_MINUTE:
        time.sleep(max(0.0, asked[-CODES_A_MINUTE] + 61 - time.monotonic()))
    asked.append(time.monotonic())


def give_code(page: Page, server: Server, address: str) -> None:
    """From the sign-in page, wherever it was reached from, to where it leads on."""
    _wait_for_a_code(server, address)
    before = len(server.mail.to(address))
    page.locator("main input[name=email]").fill(address)
    page.locator("main form:has(input[name=email]) button[type=submit]").click()
    page.locator("main input[name=code]").wait_for()
    letter = server.mail.wait(address, after=before)
    page.locator("main input[name=code]").fill(letter.code)
    page.locator("main form:has(input[name=code]) button[type=submit]").click()
    page.wait_for_url(lambda url: "/kirjaudu" not in urlsplit(url).path)


def become(page: Page, key: str) -> None:
    """One press on the demonstration's sign-in page: "company", "juror", "staff", …"""
    page.goto("/fi/kirjaudu/")
    page.locator(f"button[name=person][value={key}]").click()
    page.wait_for_url(lambda url: "/kirjaudu" not in urlsplit(url).path)
