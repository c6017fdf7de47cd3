"""How soon it is there and how much memory it takes: make run, and the web server by itself.

    python -m benchmarks.starting

A cold `make run` has its downloads behind it: it migrates, seeds and serves a folder of its own.
The server is started several times, turn about with a bare Django view through the same gunicorn.
Memory is that of the server and its worker, shared pages counted once (PSS): at its first answer,
and after eight readers have gone through the pages of the demo.
"""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
PORT = 8473
STARTS, READERS, ROUNDS = 5, 8, 15
COLD, WARM, MEGABYTES = 90.0, 3.0, 250.0
PAGES = ("/fi/", "/fi/haasteet/", "/fi/ratkaisut/", "/fi/ratkaisut/?q=koulu", "/sv/", "/en/")
LATER = ("numpy", "scipy", "openpyxl", "celery")  # loaded when they are used
SERVE = (sys.executable, "manage.py", "serve")
BARE = (
    *(sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"),
    "benchmarks.bare:application",
)


@dataclass(frozen=True)
class Start:
    """Seconds to the first answer, processor seconds until then, and megabytes at that moment."""

    seconds: float
    cpu: float
    memory: float


def environment(var: Path) -> dict[str, str]:
    settings = {"TALKOOT_VAR": str(var), "PORT": str(PORT), "DEMO": "1", "LOG_LEVEL": "ERROR"}
    return {**os.environ, **settings}


@contextmanager
def running(command: tuple[str, ...], var: Path, **env: str) -> Iterator[int]:
    """The process number of a program that is ended, with its children, at the end."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment(var), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def fetch(path: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=30) as response:
            response.read()
            return True
    except OSError:
        return False


def first_answer(path: str = "/fi/") -> float:
    """Seconds until the page is there."""
    begun = time.monotonic()
    while not fetch(path):
        if time.monotonic() - begun > 10 * COLD:
            raise SystemExit("the server did not answer")
        time.sleep(0.02)
    return time.monotonic() - begun


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(grandchild for child in children for grandchild in family(int(child)))]


def memory(pid: int) -> float:
    rollups = (Path(f"/proc/{one}/smaps_rollup").read_text() for one in family(pid))
    return sum(int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0]) for text in rollups) / 1024


def cpu(pid: int) -> float:
    ticks = 0
    for one in family(pid):
        values = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(value) for value in values[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def start(command: tuple[str, ...], var: Path, path: str, **env: str) -> Start:
    with running(command, var, **env) as pid:
        return Start(first_answer(path), cpu(pid), memory(pid))


def read_everything() -> None:
    def read() -> None:
        for _ in range(ROUNDS):
            for path in PAGES:
                fetch(path)
            time.sleep(0.3)  # so that not all is answered from the kept pages

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


def loaded_too_soon(pid: int) -> list[str]:
    maps = "".join(Path(f"/proc/{one}/maps").read_text() for one in family(pid))
    return [name for name in LATER if f"/{name}/" in maps]


def report(name: str, got: float, limit: float, unit: str) -> bool:
    good = got <= limit
    print(f"  {'ok  ' if good else 'OVER'} {name:52}{got:8.2f} {unit:4} to reach ≤ {limit:g}")
    return good


def main() -> int:
    var = Path(tempfile.mkdtemp(prefix="talkoot-starting-"))
    make_run = (sys.executable, "scripts/run.py")
    print(f"Load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    try:
        with running(make_run, var):
            good = [report("cold make run to its first page", first_answer(), COLD, "s")]
        with running(make_run, var):
            good.append(report("warm make run to its first page", first_answer(), WARM, "s"))
        ours, bare = [], []
        for _ in range(STARTS):
            ours.append(start(SERVE, var, "/fi/"))
            bare.append(start(BARE, var, "/", OUTBOX_DRAINER="0"))
        seconds = statistics.median(one.seconds for one in ours)
        good.append(report("server to its first page", seconds, WARM, "s"))
        for name, starts in (("server", ours), ("bare view", bare)):
            times = [one.seconds for one in starts]
            print(
                f"       {name}: {statistics.median(times):.2f} s"
                f" ({min(times):.2f} to {max(times):.2f}),"
                f" processor {statistics.median(one.cpu for one in starts):.2f} s,"
                f" {statistics.median(one.memory for one in starts):.0f} MB"
            )
        with running(SERVE, var) as pid:
            first_answer()
            read_everything()
            good.append(report("memory after many readers", memory(pid), MEGABYTES, "MB"))
            soon = loaded_too_soon(pid)
            good.append(report("heavy modules loaded without use", len(soon), 0, ""))
            print(f"       {', '.join(soon) or 'none'} of {', '.join(LATER)}")
    finally:
        shutil.rmtree(var, ignore_errors=True)
    print(f"Load of the machine at the end: {os.getloadavg()[0]:.1f}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
