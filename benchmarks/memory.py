"""What a server's processes hold in memory, read from Linux (proc(5), smaps_rollup)."""

import os
import subprocess
from pathlib import Path

from tests.e2e.support import Server


def memory_of(server: Server, kind: str = "Pss") -> float:
    """MB of the largest of the server's processes: "Pss" is all, what it shares counted by its
    part; "Pss_Anon" is without files that it has mapped, which the system takes back at will."""
    assert server.process is not None
    largest = 0.0
    group = str(os.getpgid(server.process.pid))
    listed = subprocess.run(["pgrep", "-g", group], capture_output=True, text=True, check=False)
    for pid in listed.stdout.split():
        smaps = Path(f"/proc/{pid}/smaps_rollup")
        if smaps.exists():
            rows = smaps.read_text().splitlines()
            found = next(row for row in rows if row.startswith(f"{kind}:"))
            largest = max(largest, int(found.split()[1]) / 1024)
    return largest
