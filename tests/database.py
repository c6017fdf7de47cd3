"""A migrated SQLite database with the site's first pages, made once per state of what makes it and
copied for each test run.

Migrating takes twenty seconds of work, the first pages most of a second in hundreds of tests;
copying takes none. Test processes that start together wait for the one that makes it. PostgreSQL
is migrated the usual way.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.db import connection, connections

from cms.setup import setup_site
from core.models import OutboxRow

ROOT = Path(__file__).resolve().parent.parent
MAKE = (
    # A larger first generation: migrations make and drop models by the thousand.
    "import gc, sys; gc.freeze(); gc.set_threshold(100_000, 50, 100); "
    "from django.core.management import execute_from_command_line as run; "
    "run(['manage.py', 'migrate', '--no-input', '-v0']); "
    "from tests.database import first_pages; first_pages()"
)


_kept: list[bool] = []  # whether the test database of this process has been made


def first_pages() -> None:
    """The site as set-up makes it, and no job that came of making it."""
    setup_site()
    OutboxRow.objects.all().delete()


def digest() -> str:
    total = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    # What a migration writes may come from data files beside it.
    makers = (
        "*/migrations/*.py",
        "config/settings.py",
        "cms/setup.py",
        "cms/content/*",
        "tests/database.py",
    )
    for file in sorted(file for pattern in makers for file in ROOT.glob(pattern)):
        total.update(f"{file.relative_to(ROOT)}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def migrated(folder: Path) -> Path:
    """A var folder in `folder` that holds nothing but a migrated talkoot.sqlite3."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"migrated-{digest()}"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            return made
        for old in folder.glob("migrated-*"):  # also one that was interrupted half-way
            shutil.rmtree(old)
        half = folder / "migrated-half"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-c", MAKE],
            cwd=ROOT,
            env={**kept, "TALKOOT_VAR": str(half), "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"The migrations do not run:\n{done.stdout}{done.stderr}")
        (half / "secret_key").unlink(missing_ok=True)
        half.rename(made)
        return made


def lay(target: Path, folder: Path) -> None:
    """Put a copy of the migrated database where a test run expects its own."""
    for rest in ("", "-wal", "-shm", "-journal"):
        target.with_name(target.name + rest).unlink(missing_ok=True)
    shutil.copyfile(migrated(folder) / "talkoot.sqlite3", target)


def renew(folder: Path) -> None:
    """The test database of this process as the migrations left it, if it has been made at all."""
    name = str(connection.settings_dict["NAME"])
    if not _kept:  # no test has asked for it yet
        return
    if connection.in_atomic_block:  # a world that several files share is still open in it
        return
    connections.close_all()
    if connection.vendor == "sqlite":
        lay(Path(name), folder)
        return
    pristine = f"{name}_pristine"
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{pristine}"')


def keep_pristine() -> None:
    """Before any test has written: on PostgreSQL a copy is made, SQLite has its file already."""
    _kept.append(True)
    if connection.vendor == "sqlite":
        return
    first_pages()
    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_pristine" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}_pristine" TEMPLATE "{name}"')
