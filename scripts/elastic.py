"""Elasticsearch for development and for the tests: Elastic's own server from Maven Central.

The artifact (elasticsearch/pom.xml, 98 MB) is unpacked once and started on loopback with its data
beside it, in 512 MB. It refuses to run as root; there it runs as the user nobody.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from maven import fetch
from steps import ROOT, VAR, StepError

PORT = int(os.environ.get("TALKOOT_ELASTICSEARCH_PORT", "59209"))
ADDRESS = f"http://127.0.0.1:{PORT}"
URL = f"elasticsearch://127.0.0.1:{PORT}/talkoot"
HOW = "apt install openjdk-17-jre-headless maven"
POM = ROOT / "scripts/elasticsearch/pom.xml"
VERSION = re.findall(r"<version>(8[.\d]+)</version>", POM.read_text())[0]
CONFIG = f"""\
cluster.name: talkoot-development
discovery.type: single-node
network.host: 127.0.0.1
http.port: {PORT}
transport.port: {PORT + 100}
xpack.security.enabled: false
# Made for development: a disk that is nearly full is no reason to stop.
cluster.routing.allocation.disk.threshold_enabled: false
"""
MEMORY = "-Xms512m\n-Xmx512m\n"
SERVANT = "nobody"


def java_home() -> Path | None:
    """A Java that the server knows: the one given, an installed 17 or 21, the one on the PATH."""
    if given := os.environ.get("ES_JAVA_HOME"):
        return Path(given)
    for release in ("17", "21"):
        for home in sorted(Path("/usr/lib/jvm").glob(f"*{release}*")):
            if (home / "bin/java").exists():
                return home.resolve()
    program = shutil.which("java")
    if program is None:
        return None
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    release = re.search(r'version "(\d+)', told)
    return Path(program).resolve().parent.parent if release and int(release[1]) >= 17 else None


def answers() -> bool:
    """Whether the server can be asked: `GET /` is not among what this small one knows."""
    try:
        with urllib.request.urlopen(f"{ADDRESS}/_cluster/health", timeout=2) as answer:
            return json.load(answer)["status"] in {"green", "yellow"}
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        return False


def home() -> Path:
    """var/services/elasticsearch; where nobody may not go (a home of root), /tmp.

    `make test` has a var of its own, and says by TALKOOT_SERVICES where services are.
    """
    folder = Path(os.environ.get("TALKOOT_SERVICES") or VAR / "services") / "elasticsearch"
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and as_servant(["ls", str(folder)]).wait() != 0:
        folder = Path("/tmp") / f"talkoot-elasticsearch-{PORT}"
        folder.mkdir(mode=0o755, exist_ok=True)
    return folder


def start() -> bool:
    """Start it, having fetched it the first time; False where Java or Maven is missing."""
    if answers():
        return True
    java = java_home()
    if java is None:
        return False
    folder = home()
    server = folder / f"elasticsearch-{VERSION}"
    if not (server / "unpacked").exists():
        archive = folder / f"elasticsearch-{VERSION}.zip"
        if not fetch(POM, folder, archive, "Elasticsearch, 98 MB,"):
            return False
        _unpack(archive, server)
    _configure(folder, server)
    log = folder / "log"
    with log.open("w") as kept:
        process = as_servant([str(server / "bin/elasticsearch")], java=java, output=kept)
    (folder / "pid").write_text(str(process.pid))
    for _ in range(600):
        if answers():
            return True
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise StepError(f"Elasticsearch did not start on port {PORT}.\n{log.read_text()[-2000:]}")


def stop() -> bool:
    try:
        number = int((home() / "pid").read_text())
        if "elasticsearch" not in Path(f"/proc/{number}/cmdline").read_text():
            return False
        os.kill(number, signal.SIGTERM)
    except (OSError, ValueError):
        return False
    for _ in range(200):
        if not Path(f"/proc/{number}").exists():
            break
        time.sleep(0.1)
    (home() / "pid").unlink(missing_ok=True)
    return True


def _unpack(archive: Path, server: Path) -> None:
    shutil.rmtree(server, ignore_errors=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(server.parent)
    for program in (server / "bin").iterdir():
        program.chmod(0o755)
    archive.unlink()
    (server / "unpacked").touch()  # last: a half-unpacked one is made anew


def _configure(folder: Path, server: Path) -> None:
    (server / "config/elasticsearch.yml").write_text(
        f"{CONFIG}path.data: {folder / 'data'}\npath.logs: {folder / 'logs'}\n"
    )
    (server / "config/jvm.options.d").mkdir(exist_ok=True)
    (server / "config/jvm.options.d/memory.options").write_text(MEMORY)
    for name in ("data", "logs"):
        (folder / name).mkdir(exist_ok=True)
    for path in [server / "config", folder / "data", folder / "logs"]:
        give(path)
    (server / "logs").mkdir(exist_ok=True)
    give(server / "logs")


def give(path: Path) -> None:
    """To the user that the server runs as."""
    if os.geteuid() == 0:
        servant = pwd.getpwnam(SERVANT)
        for one in (path, *path.rglob("*")):
            os.chown(one, servant.pw_uid, servant.pw_gid)


def as_servant(
    command: list[str],
    *,
    java: Path | None = None,
    output: object = subprocess.DEVNULL,
    **more: str,
) -> subprocess.Popen[bytes]:
    """Run as nobody when we are root, in a session of its own: it outlives this script."""
    servant = pwd.getpwnam(SERVANT) if os.geteuid() == 0 else None
    return subprocess.Popen(
        command,
        user=servant.pw_uid if servant else None,
        group=servant.pw_gid if servant else None,
        extra_groups=[] if servant else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,  # type: ignore[arg-type]
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LC_ALL": "C.UTF-8",
            **({"ES_JAVA_HOME": str(java)} if java else {}),
            **more,
        },
    )
