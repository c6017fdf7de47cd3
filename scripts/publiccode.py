"""The validator of publiccode.yml by Developers Italia, who keep the standard. `make services`
builds it from the Go modules that scripts/publiccode pins; only the tests use it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from steps import ROOT, VAR

HOW = "install Go 1.25 or newer (https://go.dev/dl)"
MODULE = ROOT / "scripts/publiccode"
PACKAGE = "github.com/italia/publiccode-parser-go/v5/publiccode-parser"


def program() -> Path:
    """As with Elasticsearch, TALKOOT_SERVICES says where services are."""
    home = Path(os.environ.get("TALKOOT_SERVICES") or VAR / "services") / "publiccode"
    return home / "publiccode-parser"


def have() -> bool:
    """Build it unless it is here; False where Go is missing or cannot."""
    if program().exists():
        return True
    go = shutil.which("go")
    if go is None:
        return False
    print("Building the validator of publiccode.yml (once)", flush=True)
    program().parent.mkdir(parents=True, exist_ok=True)
    command = [go, "build", "-mod=readonly", "-o", str(program()), PACKAGE]
    done = subprocess.run(command, cwd=MODULE, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0
