"""What the other scripts share: steps with a time, stamps of what is done, the virtual environment.

Only the standard library: this runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("TALKOOT_VAR") or ROOT / "var").resolve()
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STARTED = time.monotonic()
SAY_AGAIN_AFTER = 5.0  # seconds of silence before a running step says how far it is


class StepError(Exception):
    """A step that did not work. The message is all that the reader gets."""


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def digest(paths: Iterable[Path], *more: str) -> str:
    """SHA-256 over names and contents of files, folders walked; and over other strings."""
    total = hashlib.sha256("\0".join(more).encode())
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".mo":
                total.update(str(file.relative_to(ROOT)).encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


_held: list[int] = []  # locks that a running step holds on to, also when its parent is killed


@contextmanager
def alone() -> Iterator[None]:
    """One start at a time, and none beside a step that outlived a start that was killed."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "start.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is at work here; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        _held.append(lock.fileno())
        try:
            yield
        finally:
            _held.clear()


class Stamp:
    """Remembers that a thing is done. Set only after it is, so an interrupted start goes on."""

    def __init__(self, name: str, key: str, folder: Path | None = None) -> None:
        self.path = (folder or VAR / "stamps") / name
        self.key = key

    @property
    def is_set(self) -> bool:
        try:
            return self.path.read_text() == self.key
        except OSError:
            return False

    def set(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_suffix(".half")
        half.write_text(self.key)
        half.replace(self.path)


def stream(
    title: str,
    command: list[str],
    *,
    env: dict[str, str] | None = None,
    progress: Callable[[str], str | None] = lambda _line: None,
    log: str,
) -> None:
    """Run a command quietly: its output goes to var/log, how far it is to the screen.

    `progress` turns a line of output into words for the screen, or None.
    """
    say(title)
    folder = VAR / "log"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{log}.log"
    began = said = time.monotonic()
    with file.open("w") as kept:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=_held,
        )
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                kept.write(line)
                words = progress(line.rstrip())
                if words and time.monotonic() - said > SAY_AGAIN_AFTER:
                    said = time.monotonic()
                    say(f"   … {words}")
        process.wait()
    if process.returncode:
        tail = "".join(f"   | {line}\n" for line in file.read_text().splitlines()[-25:])
        raise StepError(f"{title} failed:\n{tail}All of its output: {file}")
    took = time.monotonic() - began
    if took > SAY_AGAIN_AFTER:
        say(f"   done in {took:.0f} s")


def counter(pattern: str, words: str) -> Callable[[str], str | None]:
    """Progress that counts the lines in which a pattern is found. `words` has {n} and {what}."""
    seen = 0

    def progress(line: str) -> str | None:
        nonlocal seen
        found = re.search(pattern, line)
        if not found:
            return None
        seen += 1
        return words.format(n=seen, what=found[1] or "" if found.groups() else "")

    return progress


def _venv_works() -> bool:
    if not PYTHON.exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0


def _install_from(wanted: Path) -> None:
    """uv fetches and unpacks side by side, in a fifth of pip's time; where there is none, pip."""
    packages = len(re.findall(r"^[\w.-]+==", wanted.read_text().replace("[", "=="), re.MULTILINE))
    title = f"Requirements: {packages} packages, each checked against its hash ({wanted.name})"
    pip = [
        *(str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-compile"),
        *("--disable-pip-version-check", "--no-input", "--progress-bar", "off"),
    ]
    uv = VENV / "bin/uv"
    installer = ROOT / "requirements-install.txt"
    subprocess.run([*pip, "-r", str(installer)], capture_output=True, cwd=ROOT, check=False)
    if uv.exists():
        words = ["pip", "install", "--python", str(PYTHON), "--require-hashes", "-r", str(wanted)]
        try:
            stream(title, [str(uv), *words], log="requirements")
        except StepError:
            say("   … not with uv; once more with pip")
        else:
            return
    stream(
        title,
        [*pip, "-r", str(wanted)],
        progress=counter(r"^Collecting ([\w.-]+)|^(?:Installing)", f"{{n}} of {packages} {{what}}"),
        log="requirements",
    )


def install(*, for_tests: bool = False) -> None:
    """.venv with exactly what the hashed requirements say; nothing to do costs milliseconds."""
    wanted = ROOT / ("requirements-dev.txt" if for_tests else "requirements.txt")
    base = digest([ROOT / "requirements.txt"], str(VENV))
    dev = digest([ROOT / "requirements.txt", ROOT / "requirements-dev.txt"], str(VENV))
    # What the tests need holds all that running needs, so one stamp stands for both.
    stamp = Stamp("talkoot-requirements", f"dev {dev}" if for_tests else f"run {base}", VENV)
    done = stamp.is_set or (not for_tests and Stamp(stamp.path.name, f"dev {dev}", VENV).is_set)
    if done and PYTHON.exists() and PYTHON.resolve().exists():
        return
    if not _venv_works():
        say(f"Virtual environment in .venv (Python {sys.version.split()[0]})")
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise StepError(
                f"The virtual environment could not be made:\n{made.stdout}{made.stderr}\n"
                "Debian, Ubuntu: apt install python3-venv"
            )
    _install_from(wanted)
    stamp.set()


def translations() -> None:
    """Compile .po into .mo without gettext, when a .po changed or an .mo is missing."""
    sources = sorted((ROOT / "locale").rglob("*.po"))
    stamp = Stamp("translations", digest(sources))
    if stamp.is_set and all(source.with_suffix(".mo").exists() for source in sources):
        return
    stream(
        "Translations",
        [str(PYTHON), str(ROOT / "scripts/compile_po.py")],
        log="translations",
    )
    stamp.set()


def main(work: Callable[[], int | None]) -> None:
    """Run a script's work; a failure is words, not a traceback; Ctrl-C is quiet."""
    os.chdir(ROOT)
    # A process that compiles its two thousand modules anew takes three times as long to start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        sys.exit(work() or 0)
    except StepError as failed:
        print(f"\n{failed}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped. What is done is kept; the next start goes on from here.", file=sys.stderr)
        sys.exit(130)
