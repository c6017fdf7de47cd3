"""The last moments before a challenge closes, on a real server.

    python -m benchmarks.closing                          SQLite, one worker
    DATABASE_URL=postgres://… python -m benchmarks.closing    PostgreSQL, two workers

The database that DATABASE_URL names is only where a new one is made beside it, and taken away at
the end. 2,000 whole drafts are handed in by 100 clients as fast as they are answered; then 300
more are spread over the six seconds around the closing moment. In the same run the same clients
ask for /health as fast as they are answered: what the machine can carry without any submission.
Times are as a browser would see them.
"""

import datetime as dt
import http.client
import os
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

DRAFTS, CLIENTS, AT_THE_EDGE, AROUND = 2000, 100, 300, 6.0
SURE = 0.1  # seconds: between the client's clock and the server's first byte
TO_REACH = {"postgresql": 100, "sqlite": 40}  # accepted in a second
AT_MOST = 2.0  # seconds, p95
TOKEN = "a" * 32
ADMIN = os.environ.get("DATABASE_URL", "")
NAME = f"talkoot_closing_{os.getpid()}"


@dataclass
class Sent:
    """A proposal on its way in: when it was sent, how it was answered, how long that took."""

    link: str
    number: int  # its row's id
    at: float = 0.0
    status: int = 0
    took: float = 0.0


@dataclass
class Crowd:
    """Clients, each with a connection of its own that stays open."""

    port: int
    faults: list[str] = field(default_factory=list)

    def work(self, jobs: list[Sent], deed: Callable[["Line", Sent], int]) -> float:
        """All jobs by all clients; seconds from the first to the last answer."""
        waiting: queue.SimpleQueue[Sent] = queue.SimpleQueue()
        for job in jobs:
            waiting.put(job)

        def client() -> None:
            line = Line(self.port)
            while True:
                try:
                    job = waiting.get_nowait()
                except queue.Empty:
                    return
                time.sleep(max(0.0, job.at - time.time()))
                job.at, began = time.time(), time.perf_counter()
                try:
                    job.status = deed(line, job)
                except (OSError, http.client.HTTPException) as fault:
                    self.faults.append(repr(fault))
                    line = Line(self.port)
                job.took = time.perf_counter() - began

        began = time.perf_counter()
        threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - began


class Line:
    def __init__(self, port: int) -> None:
        self.port = port
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method: str, path: str, body: bytes | None = None) -> int:
        headers = {"Cookie": f"csrftoken={TOKEN}", "Origin": f"http://127.0.0.1:{self.port}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.http.request(method, path, body, headers)
        answer = self.http.getresponse()
        answer.read()
        return answer.status


def hand_in(line: Line, job: Sent) -> int:
    return line.ask("POST", f"{job.link}-laheta/", f"csrfmiddlewaretoken={TOKEN}".encode())


def health(line: Line, _job: Sent) -> int:
    return line.ask("GET", "/health")


def p95(jobs: list[Sent]) -> float:
    times = sorted(job.took for job in jobs)
    return times[int(0.95 * len(times))]


def measure(url: str, var: str, workers: int) -> bool:
    from benchmarks import bench  # noqa: PLC0415 - sets Django up on the new database
    from challenges.models import Phase  # noqa: PLC0415
    from challenges.states import PhaseKind  # noqa: PLC0415
    from core import clock  # noqa: PLC0415
    from ideas import links  # noqa: PLC0415
    from ideas.models import Idea  # noqa: PLC0415
    from tests.e2e.support import Server  # noqa: PLC0415
    from tests.factories.ideas import IdeaFactory, open_series  # noqa: PLC0415

    series = open_series()
    before = clock.now() - dt.timedelta(hours=1)
    drafts = [IdeaFactory(series=series) for _ in range(DRAFTS + AT_THE_EDGE)]
    Idea.objects.update(created_at=before, saved_at=before)
    sent = [Sent(f"/fi/e/{links.token_of(one)}/", one.pk) for one in drafts]
    many, edge = sent[:DRAFTS], sent[DRAFTS:]
    bench.connection.close()
    server = Server(
        var=Path(var), env={"DEMO": "0", "DATABASE_URL": url, "WEB_WORKERS": str(workers)}
    ).start()
    kind = "postgresql" if url.startswith("postgres") else "sqlite"
    try:
        crowd = Crowd(server.port)
        crowd.work([Sent("", 0) for _ in range(200)], health)  # a first page, as in life
        plain = [Sent("", 0) for _ in range(DRAFTS)]
        rate = DRAFTS / crowd.work(plain, health)
        print(f"{kind}, {workers} workers, {CLIENTS} clients, {DRAFTS} drafts")
        print(f"  reference: /health                    {rate:6.0f} /s   p95 {p95(plain):5.2f} s")
        took = crowd.work(many, hand_in)
        accepted = sum(job.status == 302 for job in many)
        rate, late = accepted / took, p95(many)
        print(f"  handed in                             {rate:6.0f} /s   p95 {late:5.2f} s")
        closes = time.time() + AROUND / 2 + 1
        Phase.objects.filter(challenge=series.challenge, kind=PhaseKind.SUBMISSION).update(
            ends_at=dt.datetime.fromtimestamp(closes, dt.UTC)
        )
        bench.connection.close()
        dice = random.Random(1)
        for job in edge:
            job.at = closes + (dice.random() - 0.5) * AROUND
        edge.sort(key=lambda job: job.at)
        crowd.work(edge, hand_in)
    finally:
        server.stop()
    early = [job for job in edge if job.at < closes - SURE and job.status != 302]
    too_late = [job for job in edge if job.at > closes + SURE and job.status == 302]
    kept = dict(Idea.objects.exclude(number=None).values_list("pk", "number"))
    lost = [job for job in sent if job.status == 302 and job.number not in kept]
    unsaid = [pk for pk in kept if pk not in {job.number for job in sent if job.status == 302}]
    in_order = sorted(kept.values()) == list(range(1, len(kept) + 1))
    print(
        f"  of {AT_THE_EDGE} around the closing: early refused {len(early)}, late {len(too_late)}"
    )
    print(f"  lost {len(lost)}, kept unanswered {len(unsaid)}, faults {len(crowd.faults)}")
    print(f"  {len(kept)} numbers without gaps or doubles: {'yes' if in_order else 'NO'}")
    good = bench.line("accepted in a second, of what is to reach", TO_REACH[kind] / rate, 1, "×")
    good &= bench.line("p95", late, AT_MOST, "s")
    return good and in_order and accepted == DRAFTS and not (early or too_late or lost or unsaid)


@contextmanager
def database(var: str) -> Iterator[tuple[str, int]]:
    """(a new database's address, how many workers serve from it)"""
    if not ADMIN.startswith("postgres"):
        yield f"sqlite:///{var}/talkoot.sqlite3", 1
        return
    import psycopg  # noqa: PLC0415

    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
    try:
        yield urlunsplit(urlsplit(ADMIN)._replace(path=f"/{NAME}")), 2
    finally:
        with psycopg.connect(ADMIN, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="talkoot-closing-") as var,
        database(var) as (url, workers),
    ):
        os.environ |= {"TALKOOT_VAR": var, "DATABASE_URL": url}
        from benchmarks import bench  # noqa: PLC0415

        bench.prepare()
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], check=True
        )
        good = measure(url, var, workers)
        bench.connection.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
