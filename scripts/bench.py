"""make bench: run what is in benchmarks/ one after another; a figure needs a quiet machine.

bench.py [NAME …] [SIZE …]     sizes go to those that take them
"""

from __future__ import annotations

import os
import subprocess
import sys

from steps import PYTHON, ROOT, install, main, say, translations


def bench() -> int:
    install(for_tests=True)
    translations()
    sizes = [argument for argument in sys.argv[1:] if argument.isdecimal()]
    wanted = [argument for argument in sys.argv[1:] if argument not in sizes]
    files = sorted((ROOT / "benchmarks").glob("*.py"))
    chosen = [
        file.stem
        for file in files
        if 'if __name__ == "__main__"' in file.read_text() and (not wanted or file.stem in wanted)
    ]
    env = {key: value for key, value in os.environ.items() if key != "TALKOOT_VAR"}
    bad = []
    for name in chosen:
        say(name)
        command = [str(PYTHON), "-m", f"benchmarks.{name}", *sizes]
        if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
            bad.append(name)
    say(f"Not good: {', '.join(bad)}" if bad else f"{len(chosen)} measured")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(bench)
