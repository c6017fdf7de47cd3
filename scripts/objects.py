"""The object store of the tests: S3Proxy from Maven Central. `make services` fetches it; each test
that needs it runs one of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

from maven import fetch
from steps import ROOT, VAR

HOW = "apt install openjdk-17-jre-headless maven"
POM = ROOT / "scripts/s3proxy/pom.xml"
VERSION = re.findall(r"<version>(2[.\d]+)</version>", POM.read_text())[0]


def archive() -> Path:
    """As with Elasticsearch, TALKOOT_SERVICES says where services are."""
    home = Path(os.environ.get("TALKOOT_SERVICES") or VAR / "services") / "s3proxy"
    return home / f"s3proxy-{VERSION}-jar-with-dependencies.jar"


def have() -> bool:
    """Fetch it unless it is here; False where Maven is missing or cannot."""
    jar = archive()
    if jar.exists():
        return True
    jar.parent.mkdir(parents=True, exist_ok=True)
    return fetch(POM, jar.parent, jar, "S3Proxy, 41 MB,")
