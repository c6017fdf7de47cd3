"""The outbox among processes that are killed: nothing lost, nothing done twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import needs
from tests.core.copies import Copy, copied, environment

ROOT = Path(__file__).resolve().parents[2]
RUN = "tests.core.processes.run"
Start = Callable[..., subprocess.Popen]


@pytest.fixture
def copy(django_db_setup, django_db_blocker, tmp_path) -> Iterator[Copy]:
    with django_db_blocker.unblock(), copied(tmp_path) as made:
        yield made


@pytest.fixture
def start(copy, tmp_path) -> Iterator[Start]:
    """Start python -m <module> <arguments>; whatever still runs at the end is killed."""
    started: list[subprocess.Popen] = []

    def begin(*arguments: str, **variables: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=environment(copy, tmp_path, **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """kill -9, with its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=20)
    process.stdout.close()


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def test_killed_drainers_lose_nothing_and_do_nothing_twice(copy, start):
    emitter = start(RUN, "emit", "test.effect", "0", "150")
    drainers = [start(RUN, "drain", TALKOOT_TEST_PAUSE="0.02") for _ in range(2)]
    for kills in (10, 40, 70):
        wait_until(lambda least=kills: len(copy.numbers("test.effect")) >= least)
        kill(drainers.pop(0))
        drainers.append(start(RUN, "drain", TALKOOT_TEST_PAUSE="0.02"))
    acknowledged = [int(line) for line in emitter.communicate(timeout=60)[0].split()]
    assert acknowledged == list(range(150))
    wait_until(lambda: copy.count("core_outboxrow") == 0)
    assert copy.numbers("test.effect") == acknowledged


def test_killed_emitter_has_written_all_that_it_acknowledged(copy, start):
    emitter = start(RUN, "emit", "test.effect", "0", "100000")
    wait_until(lambda: len(copy.numbers("test.emitted")) >= 50)
    os.killpg(emitter.pid, signal.SIGKILL)
    acknowledged = [int(line) for line in emitter.communicate(timeout=20)[0].split("\n")[:-1]]
    start(RUN, "drain")
    wait_until(lambda: copy.count("core_outboxrow") == 0, 120)
    done = copy.numbers("test.effect")
    assert done == copy.numbers("test.emitted")  # each change has had its effect, once
    assert set(acknowledged) <= set(done)


def test_drainers_share_the_work_without_doing_it_twice(copy, start):
    emitters = [start(RUN, "emit", "test.effect", str(n * 60), str(n * 60 + 60)) for n in range(3)]
    for _ in range(3):
        start(RUN, "drain")
    for emitter in emitters:
        assert emitter.wait(timeout=60) == 0
    wait_until(lambda: copy.count("core_outboxrow") == 0)
    assert copy.numbers("test.effect") == list(range(180))


@pytest.fixture
def redis(tmp_path) -> Iterator[str]:
    with needs.running_redis(tmp_path) as url:
        yield url


def worker(start: Start, broker: str) -> subprocess.Popen:
    return start(
        *("celery", "-A", "tests.core.processes.worker", "worker"),
        *("--beat", "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip"),
        BROKER_URL=broker,
        TALKOOT_TEST_PAUSE="0.02",
    )


@pytest.mark.redis
def test_killed_celery_workers_lose_nothing_and_do_nothing_twice(copy, start, redis):
    emitter = start(RUN, "emit", "test.effect", "0", "120", BROKER_URL=redis)
    first = worker(start, redis)
    assert emitter.wait(timeout=60) == 0
    wait_until(lambda: len(copy.numbers("test.effect")) >= 10)
    kill(first)
    assert copy.count("core_outboxrow") > 0
    worker(start, redis)
    wait_until(lambda: copy.count("core_outboxrow") == 0, 120)
    assert copy.numbers("test.effect") == list(range(120))


@pytest.mark.redis
def test_jobs_that_fail_in_a_worker_come_back(copy, start, redis):
    assert start(RUN, "emit", "test.hesitant", "0", "5").wait(timeout=60) == 0
    worker(start, redis)  # nobody handed the jobs over: the beat finds them
    wait_until(lambda: copy.count("core_outboxrow") == 0, 120)
    assert copy.numbers("test.effect") == list(range(5))


@pytest.mark.redis
def test_jobs_survive_a_broker_that_was_away(copy, start, redis, tmp_path):
    nowhere = f"redis://127.0.0.1:{needs.free_port()}/0"
    emitter = start(
        "tests.core.processes.run", "emit", "test.effect", "0", "20", BROKER_URL=nowhere
    )
    assert emitter.wait(timeout=60) != 0  # handing over fails; what was committed stays
    assert copy.count("core_outboxrow") == 20
    worker(start, redis)
    wait_until(lambda: copy.count("core_outboxrow") == 0, 120)
    assert copy.numbers("test.effect") == list(range(20))
