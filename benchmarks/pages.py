"""Anonymous pages of the seeded demo through the real server, against a bare view through the same.

    python -m benchmarks.pages

Requests per second of kept-alive connections, turn about: the pages, the bare view, the pages … so
that a noisy machine is noisy to both. Also: how soon a change is seen, page weights, memory and
starts.
"""

import gzip
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench-pages"
PORTS = {"talkoot": 8471, "bare": 8472}
SECONDS, TURNS, CONNECTIONS = 1.5, 5, 4
SHARE = 0.8
HEAVIEST = 60_000


def manage(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(PORTS["talkoot"]),
        check=True,
        capture_output=True,
        text=True,
    )


def environment(port: int) -> dict[str, str]:
    return {
        **os.environ,
        "TALKOOT_VAR": str(VAR),
        "PORT": str(port),
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
    }


def serve(kind: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "serve"]
    if kind == "bare":
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:config.gunicorn",
            "benchmarks.bare:application",
        ]
    env = environment(PORTS[kind])
    if kind == "bare":
        env["OUTBOX_DRAINER"] = "0"
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", PORTS[kind]), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{kind}: the server did not start")


def settle() -> None:
    """The first start prints the demo's reports beside serving: pages are measured after that."""
    waiting = "SELECT count(*) FROM core_outboxrow WHERE run_after <= datetime('now')"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with closing(sqlite3.connect(VAR / "talkoot.sqlite3", timeout=20)) as database:
            if not database.execute(waiting).fetchone()[0]:
                return
        time.sleep(0.5)
    raise SystemExit("The first jobs did not end")


def fetch(path: str) -> bytes:
    with urlopen(f"http://127.0.0.1:{PORTS['talkoot']}{path}") as response:
        return bytes(response.read())


def hammer(port: int, path: str, counts: list[int], until: float) -> None:
    """One kept-alive connection, as fast as answers come."""
    wanted = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    connection = socket.create_connection(("127.0.0.1", port))
    stream = connection.makefile("rb")
    done = 0
    while time.monotonic() < until:
        connection.sendall(wanted)
        status = stream.readline()
        if not status:  # the server ends a connection now and then: go on with a new one
            connection = socket.create_connection(("127.0.0.1", port))
            stream = connection.makefile("rb")
            continue
        assert b" 200 " in status, (path, status)
        length = 0
        while (head := stream.readline()) not in (b"\r\n", b""):
            if head.lower().startswith(b"content-length:"):
                length = int(head.split(b":")[1])
        stream.read(length)
        done += 1
    counts.append(done)


def rate(port: int, path: str) -> float:
    counts: list[int] = []
    until = time.monotonic() + SECONDS
    threads = [
        threading.Thread(target=hammer, args=(port, path, counts, until))
        for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def first_links() -> dict[str, str]:
    """The pages that are measured: home, an open challenge, the catalogue, a solution."""
    catalogue = fetch("/fi/ratkaisut/").decode()
    listed = fetch("/fi/haasteet/").decode()
    solution = re.search(r'href="(/fi/ratkaisut/[^"?]+/)"', catalogue)
    challenge = re.search(r'class="call[^>]*>.*?href="(/fi/[^"]+)"', listed, re.DOTALL)
    assert solution
    assert challenge
    return {
        "home": "/fi/",
        "challenge": challenge.group(1),
        "catalogue": "/fi/ratkaisut/",
        "solution": solution.group(1),
    }


def weight(path: str) -> int:
    """Bytes on the wire, gzipped, of the page with its own styles and scripts; fonts left out."""
    page = fetch(path)
    total = len(gzip.compress(page))
    for own in set(re.findall(rb'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"', page)):
        request = Request(
            f"http://127.0.0.1:{PORTS['talkoot']}{own.decode()}",
            headers={"Accept-Encoding": "gzip"},
        )
        with urlopen(request) as response:
            total += len(response.read())
    return total


def memory(process: subprocess.Popen[bytes]) -> float:
    """Resident megabytes of the server and its worker together, shared pages counted once."""
    pids = [process.pid]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if re.search(rf"^PPid:\s+{process.pid}$", text, re.MULTILINE):
            pids.append(int(status.parent.name))
    total = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE).group(1))  # type: ignore[union-attr]
    return total / 1024


def report(name: str, got: float, limit: float, unit: str, *, at_least: bool = False) -> bool:
    good = got >= limit if at_least else got <= limit
    sign, word = "≥" if at_least else "≤", "ok  " if good else "OVER"
    print(f"  {word} {name:44}{got:10.4g} {unit:8} to reach {sign} {limit:g}")
    return good


def main() -> int:
    VAR.mkdir(parents=True, exist_ok=True)
    for words in (["migrate"], ["setup_site"], ["collectstatic", "--noinput"], ["seed_demo"]):
        manage(*words)
    begun = time.monotonic()
    talkoot = serve("talkoot")
    fetch("/health")
    good = [report("start of the server to its first answer", time.monotonic() - begun, 3, "s")]
    settle()
    bare = serve("bare")
    try:
        for name, path in first_links().items():
            shares, ours = [], []
            rate(PORTS["talkoot"], path)
            for _ in range(TURNS):
                ours.append(rate(PORTS["talkoot"], path))
                shares.append(ours[-1] / rate(PORTS["bare"], "/"))
            print(f"{name}: {statistics.median(ours):.0f} requests/s")
            good.append(
                report(
                    "share of the bare view", statistics.median(shares), SHARE, "×", at_least=True
                )
            )
            good.append(report("weight without fonts", weight(path), HEAVIEST, "bytes"))
        good.append(report("memory of the server", memory(talkoot), 250, "MB"))
    finally:
        talkoot.terminate()
        bare.terminate()
        talkoot.wait(20)
        bare.wait(20)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
