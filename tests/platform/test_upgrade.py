"""A database of the first version, with something in every table, comes to today as it was."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.needs import postgres_url

ROOT = Path(__file__).resolve().parent.parent.parent


def upgraded(var: Path, **more: str) -> str:
    """Run tests/platform/upgrading.py on an empty database; what it says."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "tests.platform.upgrading"],
        cwd=ROOT,
        env={
            **kept,
            "TALKOOT_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "WARNING",
            **more,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def assert_kept(said: str) -> None:
    found = re.search(r"(\d+) rows are as they were", said)
    assert found, said
    assert int(found[1]) >= 40


@contextmanager
def empty_database() -> Iterator[str]:
    """The address of a new database beside the one for the tests."""
    url = postgres_url()
    assert url, "mark the test with @pytest.mark.postgres"
    name = f"talkoot_upgrade_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_rows_of_the_first_version_are_kept(tmp_path):
    assert_kept(upgraded(tmp_path))


@pytest.mark.postgres
def test_rows_of_the_first_version_are_kept_on_postgresql(tmp_path):
    with empty_database() as url:
        assert_kept(upgraded(tmp_path, DATABASE_URL=url))
