"""Programs from Maven Central: fetched once, whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def fetch(pom: Path, folder: Path, archive: Path, what: str) -> bool:
    """Let Maven fetch and check what the pom names into the folder; False, and why on the screen,
    when it cannot."""
    maven = shutil.which("mvn")
    if maven is None:
        return False
    print(f"Fetching {what} from Maven Central (once)", flush=True)
    command = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={folder}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or not archive.exists():
        print(f"Maven could not fetch {what}.\n{done.stdout[-2000:]}", flush=True)
        return False
    return True
