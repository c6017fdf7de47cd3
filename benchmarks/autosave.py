"""200 jurors autosaving at once on a real server: PostgreSQL, two workers, nothing lost.

    DATABASE_URL=postgres://… python -m benchmarks.autosave

The database that DATABASE_URL names is only where a new one is made beside it, and taken away at
the end. Every juror sits at the desk and changes a level and the comment every five seconds, each
at a moment of their own; then all of them press within one second. In the same run the same
crowd asks for /health at the same pace: what the machine and the server cost without any scoring.
Times are as the juror's browser would see them, in milliseconds.
"""

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

JURORS, TURNS, PAUSE, WORKERS = 200, 6, 5.0, 2
ADMIN = os.environ.get("DATABASE_URL", "")
NAME = f"talkoot_autosave_{os.getpid()}"
SIZES = (1000, 4000)  # proposals
AT_MOST = 300  # ms


@dataclass
class Juror:
    """What a juror's browser knows: whose it is, what was sent, and what was acknowledged."""

    sheet: int
    cookie: str
    revision: int
    kept: str = ""
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Line:
    """One browser's connection to the server, kept open."""

    port: int

    def __post_init__(self) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        self.http.request(method, path, body, headers)
        answer = self.http.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {said[:200]!r}")
        return said


def save(juror: Juror, line: Line, turn: int) -> None:
    words = f"Perustelu {juror.sheet}, kerta {turn}"
    changes = {"ab"[turn % 2]: str(turn % 5 + 1), "comment": words}
    body = json.dumps({"revision": juror.revision, "changes": changes}).encode()
    juror.unanswered += 1
    said = line.ask(
        "POST",
        f"/fi/tuomari/arvio/{juror.sheet}/tallenna/",
        body,
        {
            "Content-Type": "application/json",
            "Cookie": f"sessionid={juror.cookie}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Origin": f"http://127.0.0.1:{line.port}",
        },
    )
    juror.revision, juror.kept = json.loads(said)["revision"], words
    juror.unanswered -= 1


TOKEN = "a" * 32


def crowd(
    jurors: list[Juror], port: int, *, turns: int, pause: float, deed: Callable[..., None]
) -> list[float]:
    """Everybody at once, each at a pace of their own; milliseconds of every answer."""
    times: list[float] = []
    start = time.monotonic() + 0.5

    def sit(number: int, juror: Juror) -> None:
        dice, line = random.Random(number), Line(port)
        for turn in range(turns):
            moment = start + pause * (turn + dice.random())
            time.sleep(max(0.0, moment - time.monotonic()))
            begin = time.perf_counter()
            try:
                deed(juror, line, turn)
            except (AssertionError, OSError, http.client.HTTPException) as fault:
                juror.faults.append(str(fault))
                line = Line(port)
            times.append(1000 * (time.perf_counter() - begin))

    threads = [threading.Thread(target=sit, args=pair) for pair in enumerate(jurors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times)


def at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]


def told(what: str, times: list[float]) -> str:
    middle, late, last = at(times, 0.5), at(times, 0.95), times[-1]
    return f"  {what:<44} median {middle:6.0f}  p95 {late:6.0f}  slowest {last:6.0f} ms"


def measure(size: int, url: str, var: str) -> bool:
    from accounts.models import User  # noqa: PLC0415
    from benchmarks import jury  # noqa: PLC0415 - sets Django up on the new database
    from scoring.models import Assignment, ScoreSheet  # noqa: PLC0415
    from tests.e2e.support import Server  # noqa: PLC0415
    from tests.faults.world import cookie_of  # noqa: PLC0415

    owner, _made = User.objects.get_or_create(
        email="owner@x.example", defaults={"is_superuser": True, "is_staff": True}
    )
    _challenge, round_ = jury.world(size, owner, people=JURORS)
    sheets = {}
    for one in Assignment.objects.filter(round=round_, sheet__state="draft").select_related(
        "juror__user", "sheet"
    ):
        sheets.setdefault(one.juror_id, one)
    for one in Assignment.objects.filter(round=round_).select_related("juror__user", "sheet"):
        if one.juror_id not in sheets:  # a juror whose sheets are all in: one is taken back
            ScoreSheet.objects.filter(pk=one.sheet.pk).update(state="draft", submitted_at=None)
            sheets[one.juror_id] = one
    jurors = [
        Juror(sheet=one.pk, cookie=cookie_of(one.juror.user), revision=one.sheet.revision)
        for one in sheets.values()
    ]
    server = Server(
        var=Path(var),
        env={"DEMO": "0", "DATABASE_URL": url, "WEB_WORKERS": str(WORKERS)},
    ).start()
    try:
        print(f"{size} proposals, {len(jurors)} jurors, {WORKERS} workers, PostgreSQL")
        calm = {"turns": TURNS, "pause": PAUSE}
        for juror in jurors:  # a first page warms the workers, as in life
            juror.faults.clear()
        crowd(jurors[:40], server.port, turns=1, pause=2.0, deed=_health)
        print(
            told(
                "reference: /health, a request each 5 s",
                crowd(jurors, server.port, deed=_health, **calm),
            )
        )
        paced = crowd(jurors, server.port, deed=save, **calm)
        print(told("a change each 5 s", paced))
        rush = crowd(jurors, server.port, turns=1, pause=1.0, deed=save)
        print(told("all within one second", rush))
    finally:
        server.stop()
    faults = [fault for juror in jurors for fault in juror.faults]
    stored = dict(
        ScoreSheet.objects.filter(assignment__in=[j.sheet for j in jurors]).values_list(
            "assignment_id", "comment"
        )
    )
    lost = [j.sheet for j in jurors if stored[j.sheet] != j.kept]
    late = at(paced, 0.95)
    print(f"  lost {len(lost)}, errors {len(faults)} {faults[:2] or ''}")
    good = not lost and not faults and late <= AT_MOST
    print(
        f"  p95 of a change each 5 s: {late:.0f} ms, at most {AT_MOST}: {'ok' if good else 'NOT'}"
    )
    return good


def _health(juror: Juror, line: Line, turn: int) -> None:
    line.ask("GET", "/health", None, {})


def main() -> int:
    if not ADMIN.startswith("postgres"):
        print("Set DATABASE_URL to a PostgreSQL server (make services).")
        return 2
    url = urlunsplit(urlsplit(ADMIN)._replace(path=f"/{NAME}"))
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
    os.environ["DATABASE_URL"] = url
    good = []
    try:
        with tempfile.TemporaryDirectory(prefix="talkoot-autosave-") as var:
            os.environ["TALKOOT_VAR"] = var
            from benchmarks import bench  # noqa: PLC0415

            bench.prepare()
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], check=True
            )
            good = [measure(size, url, var) for size in SIZES]
            bench.connection.close()
    finally:
        with psycopg.connect(ADMIN, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
