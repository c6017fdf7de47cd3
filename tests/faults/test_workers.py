"""The jobs of a whole publication in a real Celery worker, handed over by a real Redis."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import needs
from tests.e2e.support import ROOT, environment
from tests.faults.post import post_office
from tests.faults.town import Town, until

APPROVE = """
from scoring.actions import decision as verbs
from scoring.models import Decision
from core import clock
from accounts.models import User
found = Decision.objects.get(state="proposed")
verbs.approve_decision(decision=found, by=User.objects.get(pk={approver}), at=clock.now())
"""


@contextmanager
def worker(town: Town, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker and beat of compose.yaml, as one process."""
    with (town.folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--beat"),
                *("--concurrency", "2", "--loglevel", "ERROR", "--without-gossip"),
            ],
            cwd=ROOT,
            env=environment(town.folder, DEMO="0", **env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


@pytest.mark.redis
def test_decision_is_published_by_a_worker_and_once_though_it_is_killed(town: Town, tmp_path: Path):
    before = town.one("SELECT count(*) FROM catalogue_solution")
    with needs.running_redis(tmp_path) as redis, post_office(slowness=0.05) as office:
        env = {"BROKER_URL": redis, "EMAIL_URL": office.url}
        with town.served(**env) as server:
            server.python(APPROVE.format(approver=town.facts["approver"]))
            with worker(town, **env):
                until(lambda: len(office.letters) >= 1, 90, "the worker did nothing")
            # Killed amid the letters; another goes on where it was
            with worker(town, **env):
                until(town.is_quiet, 120, "jobs are left")
            assert "as sealed, 0 not" in server.manage("audit", "--verify")
            assert "all as in the database" in server.manage("index", "--check")
    states = town.rows("SELECT state FROM scoring_decision")
    assert states == [("published",)]
    winners = town.one("SELECT count(*) FROM ideas_idea WHERE awarded")
    assert winners
    assert town.one("SELECT count(*) FROM catalogue_solution") == before + winners
    letters = town.rows(
        "SELECT about_id, count(*), min(state) FROM core_mail"
        " WHERE template = 'idea_decided' GROUP BY 1"
    )
    assert len(letters) == town.facts["decided"]
    assert {(count, state) for _about, count, state in letters} == {(1, "sent")}
    written = {message for (message,) in town.rows("SELECT message_id FROM core_mail")}
    assert set(office.ids()) == written
    assert len(office.ids()) - len(written) <= 2  # one letter per process of the killed worker
