"""The scripts behind make: they say what is missing, remember what is done, and tell no lies."""

import importlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.setenv("TALKOOT_VAR", str(tmp_path))
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield importlib.import_module("steps")
    sys.modules.pop("steps")


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def with_python(path: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    for tool in ("dirname", "sh"):
        if not (path / tool).exists():
            (path / tool).symlink_to(f"/usr/bin/{tool}")
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts/with_python.sh"), *words],
        env={"PATH": str(path), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_python_is_told(tmp_path: Path):
    done = with_python(tmp_path, "x.py")
    assert done.returncode == 1
    assert done.stderr.startswith("Talkoot needs Python 3.11 or newer with venv, and found none.")


def test_old_python_is_told_and_passed_over(tmp_path: Path):
    program(tmp_path, "python3", 'echo "is 3.9; 3.11 or newer is needed"')
    old = with_python(tmp_path, "x.py")
    assert old.returncode == 1
    assert "python3 is 3.9" in old.stderr
    (tmp_path / "python3.12").symlink_to(sys.executable)
    assert with_python(tmp_path, "-c", "print('runs')").stdout == "runs\n"


def test_given_python_is_used(tmp_path: Path):
    assert with_python(tmp_path, "-c", "print('runs')", PYTHON=sys.executable).stdout == "runs\n"


def test_stamp_holds_for_its_key_only(steps: ModuleType):
    steps.Stamp("thing", "one").set()
    assert steps.Stamp("thing", "one").is_set
    assert not steps.Stamp("thing", "two").is_set


def test_digest_changes_with_content_and_name(steps: ModuleType, tmp_path: Path):
    steps.ROOT = tmp_path
    (tmp_path / "a").write_text("text")
    first = steps.digest([tmp_path / "a"])
    (tmp_path / "a").write_text("other")
    second = steps.digest([tmp_path / "a"])
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, steps.digest([tmp_path / "b"])}) == 3


def test_failed_step_shows_the_end_of_its_output(steps: ModuleType):
    command = [sys.executable, "-c", "print('all is lost'); raise SystemExit(3)"]
    with pytest.raises(steps.StepError, match="all is lost"):
        steps.stream("Trying", command, log="trying")


def test_start_on_a_taken_port_is_one_line(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "scripts/run.py"],
            cwd=ROOT,
            env={**os.environ, "PORT": port, "HOST": "127.0.0.1", "TALKOOT_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"Talkoot cannot start. PORT: 127.0.0.1:{port}")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["run.py", "check.py", "services.py", "lock.py", "messages.py"])
def test_script_runs_on_the_standard_library_alone(name: str):
    code = f"import sys; sys.path.insert(0, 'scripts'); import {name.removesuffix('.py')}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=ROOT, check=True)


def test_makefile_names_scripts_that_exist():
    makefile = (ROOT / "Makefile").read_text()
    words = {word for word in makefile.split() if word.startswith("scripts/")}
    assert words
    assert {word for word in words if not (ROOT / word).exists()} == set()
