"""Programs that some tests need and a machine may not have: where they are, and how to get them.

A test says what it needs by a marker: `browser`, `redis`, `postgres`, `elasticsearch`, `objects`,
`verapdf`, `clamav`, `voikko`, `pango`, `publiccode`, `gettext`.
Without the program it is skipped with the line below; with TALKOOT_REQUIRE=all (CI) it fails, but
for what TALKOOT_MAY_LACK names: where Maven Central cannot be reached CI still says the rest.
"""

import ctypes.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project

ELASTICSEARCH_PORT = int(os.environ.get("TALKOOT_ELASTICSEARCH_PORT", "59209"))
POSTGRES_PORT = int(os.environ.get("TALKOOT_POSTGRES_PORT", "54329"))
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """A Chromium of the machine: CHROMIUM, or the first on the PATH."""
    given = os.environ.get("CHROMIUM")
    return given or next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def redis_server() -> str | None:
    return shutil.which("redis-server")


def postgres_url() -> str | None:
    """DATABASE_URL when it is PostgreSQL, else what `make services` started."""
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith(("postgres://", "postgresql://")):
        return url
    usual = f"postgres://talkoot@127.0.0.1:{POSTGRES_PORT}/talkoot"
    return usual if listens(usual) else None


def elasticsearch_url() -> str | None:
    """SEARCH_URL when it is Elasticsearch, else what `make services` started."""
    url = os.environ.get("SEARCH_URL", "")
    if url.startswith("elasticsearch://"):
        return url
    usual = f"elasticsearch://127.0.0.1:{ELASTICSEARCH_PORT}/talkoot"
    return usual if listens(usual) else None


def services() -> Path:
    """Where `make services` keeps what it fetches and builds."""
    return Path(os.environ.get("TALKOOT_SERVICES") or project.VAR_DIR / "services")


def _archive(pattern: str) -> Path | None:
    """A Java program that `make services` has fetched, where a Java can run it."""
    found = sorted(services().glob(pattern))
    return found[-1] if found and shutil.which("java") else None


def object_store() -> Path | None:
    return _archive("s3proxy/s3proxy-*.jar")


def verapdf() -> Path | None:
    return _archive("verapdf/greenfield-apps-*.jar")


def clamd() -> str | None:
    found = shutil.which("clamd")
    usual = Path("/usr/sbin/clamd")  # not on everybody's PATH
    return found or (str(usual) if usual.exists() else None)


def voikko() -> str | None:
    """libvoikko with its Finnish dictionary."""
    library = ctypes.util.find_library("voikko")
    folders = ("/usr/lib/voikko", "/usr/share/voikko", "/etc/voikko", "/opt/homebrew/lib/voikko")
    return library if library and any(Path(folder).exists() for folder in folders) else None


def pango() -> str | None:
    """What WeasyPrint makes PDF with."""
    return ctypes.util.find_library("pango-1.0") and ctypes.util.find_library("pangoft2-1.0")


def gettext() -> str | None:
    return shutil.which("xgettext")


def publiccode_parser() -> str | None:
    """The validator of publiccode.yml: one on the PATH, else what `make services` has built."""
    return shutil.which(
        "publiccode-parser", path=f"{os.environ['PATH']}:{services() / 'publiccode'}"
    )


def listens(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((parts.hostname or "127.0.0.1", parts.port or 0)) == 0


NEEDS = {
    "browser": (chromium, "Chromium is not installed: apt install chromium (or set CHROMIUM)"),
    "redis": (redis_server, "Redis is not installed: apt install redis-server"),
    "postgres": (postgres_url, "PostgreSQL does not run: apt install postgresql; make services"),
    "elasticsearch": (
        elasticsearch_url,
        "Elasticsearch does not run: apt install openjdk-17-jre-headless maven; make services",
    ),
    "objects": (
        object_store,
        "S3Proxy is not here: apt install openjdk-17-jre-headless maven; make services",
    ),
    "verapdf": (
        verapdf,
        "veraPDF is not here: apt install openjdk-17-jre-headless maven; make services",
    ),
    "clamav": (clamd, "ClamAV is not installed: apt install clamav-daemon"),
    "voikko": (voikko, "Voikko is not installed: apt install libvoikko1 voikko-fi"),
    "pango": (
        pango,
        "Pango is not installed: apt install libpango-1.0-0 libpangoft2-1.0-0",
    ),
    "publiccode": (
        publiccode_parser,
        "The validator of publiccode.yml is not here: install Go 1.25 or newer; make services",
    ),
    "gettext": (gettext, "gettext is not installed: apt install gettext"),
}


def check(item: pytest.Item) -> None:
    """Skip a test whose program is missing; fail it where everything is required."""
    for marker in item.iter_markers():
        if marker.name not in NEEDS:
            continue
        found, otherwise = NEEDS[marker.name]
        if found() is None:
            lack(marker.name, otherwise)


def lack(name: str, otherwise: str) -> NoReturn:
    """Skip, or fail where everything is required."""
    may = os.environ.get("TALKOOT_MAY_LACK", "").split(",")
    if os.environ.get("TALKOOT_REQUIRE") == "all" and name not in may:
        pytest.fail(otherwise, pytrace=False)
    pytest.skip(otherwise)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Until something listens there: a minute at most, or as long as the process lives."""
    for _ in range(600):
        if listens(url) or process.poll() is not None:
            break
        time.sleep(0.1)


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield int(listener.getsockname()[1])


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """A Redis of one's own on a free port; yields its URL."""
    program, port = redis_server(), free_port()
    assert program, "mark the test with @pytest.mark.redis"
    process = subprocess.Popen(
        [
            *(program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""),
            *("--appendonly", "no", "--dir", str(folder)),
        ],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def running_object_store(folder: Path) -> Iterator[str]:
    """An S3 server of one's own with the bucket `talkoot`; yields its STORAGE_URL."""
    archive, port = object_store(), free_port()
    assert archive, "mark the test with @pytest.mark.objects"
    (folder / "objects/talkoot").mkdir(parents=True)
    words = folder / "s3proxy.conf"
    words.write_text(
        f"s3proxy.endpoint=http://127.0.0.1:{port}\n"
        "s3proxy.authorization=aws-v2-or-v4\n"
        "s3proxy.identity=talkoot\n"
        "s3proxy.credential=salaisuus\n"
        "jclouds.provider=filesystem\n"
        "jclouds.identity=local\n"
        "jclouds.credential=local\n"
        f"jclouds.filesystem.basedir={folder / 'objects'}\n"
    )
    command = ["java", "-Xmx128m", "-jar", str(archive), "--properties", str(words)]
    with (folder / "s3proxy.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    url = f"s3://talkoot:salaisuus@127.0.0.1:{port}/talkoot/liitteet?tls=0"
    try:
        wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def running_clamd(folder: Path, *, known: dict[str, bytes]) -> Iterator[str]:
    """A ClamAV of one's own that knows these contents by name; yields its CLAMAV_URL."""
    program, port = clamd(), free_port()
    assert program, "mark the test with @pytest.mark.clamav"
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "known.ndb").write_text(
        "".join(f"{name}:0:*:{content.hex()}\n" for name, content in known.items())
    )
    words = folder / "clamd.conf"
    words.write_text(
        f"DatabaseDirectory {signatures}\nTCPAddr 127.0.0.1\nTCPSocket {port}\nForeground yes\n"
        f"LogFile {folder / 'clamd.log'}\nTemporaryDirectory {folder}\nUser root\n"
    )
    process = subprocess.Popen([program, "-c", str(words)], stdout=subprocess.DEVNULL)
    url = f"tcp://127.0.0.1:{port}"
    try:
        wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
