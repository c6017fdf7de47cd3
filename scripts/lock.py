"""make lock: requirements*.in → requirements*.txt, every version pinned, every file hashed.

Works for every platform and every Python from 3.11 on. The header names the command only, not
where packages came from.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv

from steps import ROOT, VAR, StepError, main, say

HEADER = "# Pinned by `make lock` from {source}; change that file, not this one.\n"


def uv() -> str:
    """uv of the PATH, or one in an environment of its own under var/."""
    found = shutil.which("uv")
    if found:
        return found
    home = VAR / "lock"
    if not (home / "bin/uv").exists():
        say("Fetching uv")
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin/python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(home / "bin/uv")


def lock() -> int:
    program = uv()
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    for name in ("requirements", "requirements-dev", "requirements-install"):
        say(f"{name}.in → {name}.txt")
        target = ROOT / f"{name}.txt"
        # What the tests need is pinned at the versions that run: one install serves both.
        same = ["-c", "requirements.txt"] if name == "requirements-dev" else []
        done = subprocess.run(
            [
                *(program, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
                *("--generate-hashes", "--no-header", "--no-emit-index-url"),
                *("--no-emit-find-links", "--no-annotate", *upgrade, *same),
                *(f"{name}.in", "-o", str(target)),
            ],
            cwd=ROOT,
            check=False,
        )
        if done.returncode:
            raise StepError(f"{name}.in could not be pinned.")
        target.write_text(HEADER.format(source=f"{name}.in") + target.read_text())
    return 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(lock)
