"""PostgreSQL, Redis and Elasticsearch for development and tests: own ports, data under var/. Also
fetches what only tests use: an object store, and validators of PDF/UA and publiccode.yml.

    services.py start    start what is installed; print the addresses
    services.py env      print the addresses as shell exports
    services.py stop     stop what was started

Nothing of the machine's own databases is touched. PostgreSQL refuses to run as root; there it
runs as the user postgres, which Debian's package makes.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import archives
import elastic
import publiccode
from steps import VAR, StepError, main

HOME = VAR / "services"
POSTGRES_PORT = int(os.environ.get("TALKOOT_POSTGRES_PORT", "54329"))
REDIS_PORT = int(os.environ.get("TALKOOT_REDIS_PORT", "63799"))
POSTGRES_URL = f"postgres://talkoot@127.0.0.1:{POSTGRES_PORT}/talkoot"
REDIS_URL = f"redis://127.0.0.1:{REDIS_PORT}/0"
HOW = {
    "PostgreSQL": "apt install postgresql",
    "Redis": "apt install redis-server",
    "Elasticsearch": elastic.HOW,
}


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(name: str, port: int, log: Path) -> None:
    for _ in range(200):
        if listening(port):
            return
        time.sleep(0.1)
    tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
    raise StepError(f"{name} did not start on port {port}.\n{tail}")


# PostgreSQL ------------------------------------------------------------------------------------


def postgres_bin() -> Path | None:
    """The newest PostgreSQL server: Debian keeps it off the PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3])
    )
    if debian:
        return debian[-1].parent
    found = shutil.which("pg_ctl")
    return Path(found).parent if found else None


def as_postgres(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program: as the user postgres when we are root."""
    words = [str(word) for word in command]
    user = "postgres" if os.geteuid() == 0 else None
    return subprocess.run(
        words,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
    )


def reachable_by_postgres(folder: Path) -> bool:
    return as_postgres(["ls", folder]).returncode == 0


def postgres_home() -> Path:
    """var/services/postgres; where the user postgres may not go (a home of root), /tmp."""
    home = HOME / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return home
    if not reachable_by_postgres(home):
        home = Path("/tmp") / f"talkoot-postgres-{POSTGRES_PORT}"
        home.mkdir(mode=0o755, exist_ok=True)
    postgres = pwd.getpwnam("postgres")
    os.chown(home, postgres.pw_uid, postgres.pw_gid)
    return home


def must(done: subprocess.CompletedProcess[str], what: str, log: Path | None = None) -> None:
    if done.returncode:
        tail = log.read_text(errors="replace")[-1500:] if log and log.exists() else ""
        raise StepError(f"PostgreSQL: {what} failed.\n{done.stdout}{tail}")


def start_postgres() -> bool:
    programs = postgres_bin()
    if programs is None:
        return False
    if listening(POSTGRES_PORT):
        return True
    home = postgres_home()
    data, log = home / "data", home / "log"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        options = ["-U", "talkoot", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        must(as_postgres([programs / "initdb", "-D", data, *options]), "initdb")
    # For development and tests: fast, loopback only, not for data that must survive a power cut.
    settings = (
        f"-p {POSTGRES_PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} "
        "-c fsync=off -c full_page_writes=off -c max_connections=60"
    )
    started = as_postgres(
        [programs / "pg_ctl", "-D", data, "-l", log, "-o", settings, "-w", "-t", "60", "start"]
    )
    must(started, "start", log)
    wait_for("PostgreSQL", POSTGRES_PORT, log)
    address = ["-h", "127.0.0.1", "-p", str(POSTGRES_PORT), "-U", "talkoot"]
    listed = as_postgres([programs / "psql", *address, "-Atl", "-d", "postgres"])
    must(listed, "listing databases")
    if not any(line.startswith("talkoot|") for line in listed.stdout.splitlines()):
        must(as_postgres([programs / "createdb", *address, "talkoot"]), "createdb")
    return True


def stop_postgres() -> bool:
    programs = postgres_bin()
    if programs is None or not listening(POSTGRES_PORT):
        return False
    data = postgres_home() / "data"
    return as_postgres([programs / "pg_ctl", "-D", data, "-m", "fast", "stop"]).returncode == 0


# Redis -----------------------------------------------------------------------------------------


def start_redis() -> bool:
    server = shutil.which("redis-server")
    if server is None:
        return False
    if listening(REDIS_PORT):
        return True
    home = HOME / "redis"
    home.mkdir(parents=True, exist_ok=True)
    log = home / "log"
    subprocess.run(
        [
            *(server, "--port", str(REDIS_PORT), "--bind", "127.0.0.1", "--daemonize", "yes"),
            *("--dir", str(home), "--save", "", "--appendonly", "no"),
            *("--pidfile", str(home / "pid"), "--logfile", str(log)),
        ],
        check=False,
        stdout=subprocess.DEVNULL,
    )
    wait_for("Redis", REDIS_PORT, log)
    return True


def stop_redis() -> bool:
    try:
        number = int((HOME / "redis/pid").read_text())
        os.kill(number, signal.SIGTERM)
    except (OSError, ValueError):
        return False
    for _ in range(100):
        if not listening(REDIS_PORT):
            break
        time.sleep(0.05)
    return True


# -----------------------------------------------------------------------------------------------


def start() -> int:
    for name, start_it, lines in (
        ("PostgreSQL", start_postgres, [f"DATABASE_URL={POSTGRES_URL}"]),
        ("Redis", start_redis, [f"BROKER_URL={REDIS_URL}", f"CACHE_URL={REDIS_URL[:-1]}1"]),
        ("Elasticsearch", elastic.start, [f"SEARCH_URL={elastic.URL}"]),
    ):
        if start_it():
            print(f"{name} is up:", *lines, sep="\n    ")
        else:
            print(f"{name} is not installed here. {HOW[name]}")
    for archive in archives.ALL:
        if not archive.have():
            print(f"{archive.what} of the tests is not here. {archives.HOW}")
    if not publiccode.have():
        print(f"The validator of publiccode.yml is not here: {publiccode.HOW}")
    print("Use them:  eval $(make -s env-services)   then make run")
    print("Stop them: make stop-services")
    return 0


def env() -> int:
    """Shell lines for what runs now."""
    if listening(POSTGRES_PORT):
        print(f"export DATABASE_URL={POSTGRES_URL}")
    if listening(REDIS_PORT):
        print(f"export BROKER_URL={REDIS_URL} CACHE_URL={REDIS_URL[:-1]}1")
    if elastic.answers():
        print(f"export SEARCH_URL={elastic.URL}")
    return 0


def stop() -> int:
    for name, stopped in (
        ("PostgreSQL", stop_postgres()),
        ("Redis", stop_redis()),
        ("Elasticsearch", elastic.stop()),
    ):
        print(f"{name}: {'stopped' if stopped else 'was not running'}")
    return 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    words = {"start": start, "stop": stop, "env": env}
    verb = sys.argv[1] if len(sys.argv) > 1 else "start"
    if verb not in words:
        sys.exit(f"services.py {' | '.join(words)}")
    main(words[verb])
