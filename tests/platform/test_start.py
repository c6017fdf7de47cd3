"""make run: killed in the middle it goes on, the second time it does nothing twice, it stops."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.needs import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 600.0  # seconds: a cold start on a busy machine


class Start:
    """One `make run`, its lines as they come."""

    def __init__(self, var: Path) -> None:
        self.port = free_port()
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        env = {name: os.environ[name] for name in kept if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "scripts/run.py"],
            cwd=ROOT,
            env={**env, "TALKOOT_VAR": str(var), "PORT": str(self.port)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self._coming.put(line.rstrip())
        self._coming.put(None)

    def until(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not any(words in line for line in self.lines):
            line = self._coming.get(timeout=max(deadline - time.monotonic(), 0.01))
            assert line is not None, "\n".join([f"ended before «{words}»:", *self.lines])
            self.lines.append(line)

    def send(self, number: signal.Signals) -> int:
        """To the whole group, as a terminal does; returns how the start ended."""
        os.killpg(self.process.pid, number)
        code = self.process.wait(timeout=60)
        while (line := self._coming.get(timeout=60)) is not None:
            self.lines.append(line)
        return code

    def did(self, step: str) -> bool:
        return any(f"s] {step}" in line for line in self.lines)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("start")


def test_interrupted_start_goes_on(var: Path):
    first = Start(var)
    first.until("Database")
    time.sleep(2)
    first.send(signal.SIGKILL)
    assert not (var / "stamps/migrations").exists()

    second = Start(var)
    try:
        second.until("Ctrl-C")
        assert second.did("Database")
        assert second.did("Demo content")
        with urllib.request.urlopen(f"http://127.0.0.1:{second.port}/fi/", timeout=60) as page:
            assert page.status == 200
        told = "\n".join(second.lines)
        assert f"http://localhost:{second.port}/" in told
        assert str(var / "mail") in told
        assert "Sign in as" in told
        assert second.send(signal.SIGINT) == 0
        assert second.lines[-1] == "Stopped."
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{second.port}/health", timeout=5)
    finally:
        if second.process.poll() is None:
            second.send(signal.SIGKILL)


def test_second_start_does_nothing_twice(var: Path):
    again = Start(var)
    try:
        again.until("Ctrl-C")
        for step in ("Virtual", "Requirements", "Translations", "Static", "Database", "Demo"):
            assert not again.did(step)
        assert again.send(signal.SIGTERM) == 0
    finally:
        if again.process.poll() is None:
            again.send(signal.SIGKILL)
