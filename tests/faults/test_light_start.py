"""What the web server loads when it starts, and what it leaves until somebody needs it."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.support import ROOT, environment

HEAVY = ("numpy", "scipy", "openpyxl", "celery", "redis")


def test_heavy_modules_wait_until_they_are_used(tmp_path: Path):
    (tmp_path / "static").mkdir()
    code = f"import sys, config.wsgi; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(tmp_path, DEMO="0"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "[]\n", done.stderr
