"""make run: from a bare checkout to a served, seeded Talkoot; the second time in seconds.

Each part is stamped with a digest of what it was made from, after it is done. So nothing is done
twice, a changed part is done again, and an interrupted start goes on where it was.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from steps import (
    PYTHON,
    ROOT,
    VAR,
    Stamp,
    StepError,
    alone,
    counter,
    digest,
    install,
    main,
    say,
    stream,
)
from steps import translations as compile_translations

MANAGE = [str(PYTHON), str(ROOT / "manage.py")]
# Migrating makes models by the thousand: a larger first generation of garbage saves a quarter.
QUICKLY = (
    "import gc, runpy, sys; gc.freeze(); gc.set_threshold(100_000, 50, 100); "
    "sys.argv[0] = 'manage.py'; sys.path.insert(0, '.'); "
    "runpy.run_path('manage.py', run_name='__main__')"
)
ONCE = [str(PYTHON), "-c", QUICKLY]
APPS = sorted(path.parent for path in ROOT.glob("*/apps.py"))
WAIT_FOR_SERVER = 90.0


def environment() -> dict[str, str]:
    """Demo settings, unless the caller says otherwise."""
    env = {"DEMO": "1", "DEBUG": "0", **os.environ}
    env["PYTHONUNBUFFERED"] = "1"
    host = env.get("HOST", "127.0.0.1")
    if host not in ("127.0.0.1", "localhost", "::1"):
        env.setdefault("ALLOWED_HOSTS", "*")  # a demo that is meant to be reached from elsewhere
    return env


def sqlite_file(env: dict[str, str]) -> Path | None:
    url = env.get("DATABASE_URL", "")
    if not url:
        return VAR / "talkoot.sqlite3"
    return Path(url.partition("sqlite:///")[2]) if url.startswith("sqlite:///") else None


def database_state(file: Path | None) -> str:
    """Which database this is and how far it is migrated; empty when there is none to ask."""
    if file is None or not file.exists():
        return ""
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5) as connection:
            count, last = connection.execute(
                "SELECT count(*), max(id) FROM django_migrations"
            ).fetchone()
    except sqlite3.Error:
        return ""
    return f"{file.stat().st_ino}:{count}:{last}"


def static_files(env: dict[str, str]) -> None:
    """Collect, name by content and compress."""
    sources = [ROOT / "static", *(app / "static" for app in APPS)]
    stamp = Stamp(
        "static", digest([*sources, ROOT / "requirements.txt", ROOT / "config/settings.py"])
    )
    if stamp.is_set and (VAR / "static/staticfiles.json").exists():
        return
    stream(
        "Static files, collected and compressed beside the database work",
        [*ONCE, "collectstatic", "--no-input", "-v1"],
        env=env,
        log="collectstatic",
    )
    stamp.set()


def database(env: dict[str, str]) -> None:
    """Migrate, then fill the demo. Both are safe to repeat; both are skipped when they are done."""
    file = sqlite_file(env)
    migrations = digest(
        [*(app / "migrations" for app in APPS), ROOT / "requirements.txt"],
        env.get("DATABASE_URL", ""),
    )
    migrated = Stamp("migrations", f"{migrations} {database_state(file)}")
    if not (file and database_state(file) and migrated.is_set):
        stream(
            "Database",
            [*ONCE, "migrate", "--no-input", "-v1"],
            env=env,
            progress=counter(r"Applying (\S+)\.\.\.", "{n} migrations, now {what}"),
            log="migrate",
        )
        migrated.key = f"{migrations} {database_state(file)}"
        migrated.set()
    if env["DEMO"].lower() not in ("1", "true", "yes", "on"):
        return
    # Every third day again: as the days pass, the demo's open challenge is kept open.
    days = int(time.time() // (3 * 86_400))
    seeded = Stamp("demo", f"{digest([ROOT / 'demo'])} {days} {migrated.key}")
    if not (file and seeded.is_set):
        stream(
            "Demo content",
            [*ONCE, "seed_demo"],
            env=env,
            progress=lambda line: line.strip() or None,
            log="seed_demo",
        )
        seeded.set()


def free_port(host: str, port: str) -> None:
    """A port that is taken is told before anything is done."""
    try:
        number = int(port)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
    except (ValueError, OverflowError):
        raise StepError(f"Talkoot cannot start. PORT: {port} is not a port (1 to 65535)") from None
    except socket.gaierror:
        raise StepError(f"Talkoot cannot start. HOST: {host} is not an address") from None
    except OSError as error:
        raise StepError(
            f"Talkoot cannot start. PORT: {host}:{port} cannot be used ({error.strerror}). "
            f"Another one: make run PORT={number + 1 if number < 65535 else 8000}"
        ) from None


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=10):
            return True
    except urllib.error.HTTPError:
        return True  # /health says 503 when a part is down: still, the server answers
    except OSError:
        return False


def farewell(env: dict[str, str], address: str) -> None:
    """What a newcomer needs next: where it is, who to be, where the mail goes."""
    print(f"\n  Talkoot is at      {address}/")
    print(f"  Staff work at      {address}/admin/")
    logins = VAR / "demo-logins.txt"
    if env["DEMO"].lower() in ("1", "true", "yes", "on") and logins.exists():
        print(f"\n  Sign in as         one of these, with one press: {address}/fi/kirjaudu/")
        for line in logins.read_text().splitlines():
            print(f"    {line}")
        print(f"\n  Outgoing mail      {address}/fi/demo/posti/")
    if not env.get("EMAIL_URL"):
        print(f"  Mail as files      {VAR / 'mail'}")
    print("  Stop               Ctrl-C\n", flush=True)


def serve(env: dict[str, str]) -> int:
    host, port = env.get("HOST", "127.0.0.1"), env.get("PORT", "8000")
    free_port(host, port)
    say("Server")
    process = subprocess.Popen([*MANAGE, "serve"], cwd=ROOT, env=env)
    stopped: list[int] = []

    def stop(number: int, _frame: object) -> None:
        # Ctrl-C reaches the server by itself (same terminal), a plain kill does not: hand it on.
        stopped.append(number)
        process.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    deadline = time.monotonic() + WAIT_FOR_SERVER
    while process.poll() is None and not stopped and not answers(f"http://{near}:{port}"):
        if time.monotonic() > deadline:
            process.terminate()
            raise StepError(f"The server did not answer in {WAIT_FOR_SERVER:.0f} seconds.")
        time.sleep(0.05)
    if process.poll() is None and not stopped:
        say("Ready")
        shown = "localhost" if near in ("127.0.0.1", "[::1]") else near
        farewell(env, env.get("SITE_URL") or f"http://{shown}:{port}")
    code = process.wait()
    if stopped:
        print("\nStopped.", flush=True)
        return 0
    return code


def run() -> int:
    env = environment()
    free_port(env.get("HOST", "127.0.0.1"), env.get("PORT", "8000"))
    if not PYTHON.exists():
        say("First start: this takes a minute or two. The next ones take seconds.")
    with alone():
        install()
        compile_translations()
        with ThreadPoolExecutor(1) as beside:
            static = beside.submit(static_files, env)
            database(env)
            static.result()
    return serve(env)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(run)
