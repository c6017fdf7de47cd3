"""Java programs that only tests use, one archive each: `make services` fetches them from Maven
Central. An object store, of which each test runs one of its own, and a validator of PDF/UA."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from maven import fetch
from steps import ROOT, VAR

HOW = "apt install openjdk-17-jre-headless maven"


@dataclass(frozen=True)
class Archive:
    """`name` is its folder, here and among the services; `file` has {} for the version."""

    name: str
    file: str
    what: str

    @property
    def pom(self) -> Path:
        return ROOT / "scripts" / self.name / "pom.xml"

    @property
    def path(self) -> Path:
        """As with Elasticsearch, TALKOOT_SERVICES says where services are."""
        home = Path(os.environ.get("TALKOOT_SERVICES") or VAR / "services") / self.name
        version = re.findall(r"<version>(\d+\.[.\d]+)</version>", self.pom.read_text())[0]
        return home / self.file.format(version)

    def have(self) -> bool:
        """Fetch it unless it is here; False where Maven is missing or cannot."""
        if self.path.exists():
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return fetch(self.pom, self.path.parent, self.path, self.what)


ALL = (
    Archive("s3proxy", "s3proxy-{}-jar-with-dependencies.jar", "S3Proxy, 41 MB,"),
    Archive("verapdf", "greenfield-apps-{}.jar", "veraPDF, 10 MB,"),
)
