"""make bench: run what is in benchmarks/ one after another; a figure needs a quiet machine."""

from __future__ import annotations

import os
import subprocess
import sys

from steps import PYTHON, ROOT, VAR, install, main, say, translations


def bench() -> int:
    install(for_tests=True)
    translations()
    wanted = sys.argv[1:]
    files = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    chosen = [file for file in files if not wanted or file.stem.removeprefix("bench_") in wanted]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TALKOOT_VAR": str(VAR / "bench")}
    bad = []
    for file in chosen:
        say(file.stem.removeprefix("bench_"))
        if subprocess.run([PYTHON, file], cwd=ROOT, env=env, check=False).returncode:
            bad.append(file.stem)
    say(f"Not good: {', '.join(bad)}" if bad else f"{len(chosen)} measured")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(bench)
