"""manage.py serve: one line when it is there, one line when it cannot be, a graceful end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config.serve import trouble_with
from tests import needs
from tests.core.copies import Copy, copied, environment

ROOT = Path(__file__).resolve().parents[2]
Serve = Callable[..., subprocess.Popen]


@pytest.fixture
def copy(django_db_setup, django_db_blocker, tmp_path) -> Iterator[Copy]:
    with django_db_blocker.unblock(), copied(tmp_path) as made:
        yield made


@pytest.fixture
def serve(copy, tmp_path) -> Iterator[Serve]:
    started: list[subprocess.Popen] = []

    def begin(port: int, **variables: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve"],
            cwd=tmp_path,  # from anywhere
            env=environment(copy, tmp_path, PORT=str(port), **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)


def test_serve_says_where_it_is_answers_runs_jobs_and_ends(copy, serve, tmp_path):
    port = needs.free_port()
    (tmp_path / "static").mkdir()
    process = serve(port, SITE_URL=f"http://localhost:{port}")
    assert process.stdout.readline() == f"Talkoot is at http://localhost:{port}\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=20) as response:
        assert json.load(response)["parts"]["database"]["ok"]
    letter = [sys.executable, "-m", "tests.core.processes.run", "letter"]
    subprocess.run(letter, cwd=ROOT, env=environment(copy, tmp_path), check=True)
    deadline = time.monotonic() + 30
    while copy.count("core_outboxrow"):  # the drainer beside the web server finds them
        assert time.monotonic() < deadline, "nobody ran the jobs"
        time.sleep(0.05)
    (sent,) = (tmp_path / "mail").iterdir()
    assert "4711" in sent.read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_serve_on_a_port_in_use_is_one_line(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = serve(port)
        told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert told[0] == ""
    assert told[1].count("\n") == 1
    assert f"PORT: {port} is in use" in told[1]


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "many"), ("WEB_THREADS", "0"), ("WEB_WORKERS", "x")]
)
def test_serve_with_a_wrong_setting_is_one_line(serve, name, value):
    process = serve(needs.free_port(), **{name: value}) if name != "PORT" else serve(value)
    told = process.communicate(timeout=30)[1]
    assert process.returncode == 1
    assert told.startswith("Talkoot cannot start. ")
    assert name in told
    assert told.count("\n") == 1


def test_host_that_is_not_ours_is_named():
    assert trouble_with("203.0.113.77", needs.free_port()).startswith("HOST: 203.0.113.77")
    assert trouble_with("no-such-host.invalid", 8000).startswith("HOST: no-such-host.invalid")
    assert trouble_with("127.0.0.1", needs.free_port()) is None
