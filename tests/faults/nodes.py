"""Nodes of Elasticsearch of a test's own, to be killed and started again.

They run from what `make services` has unpacked, 256 MB of heap each (about 700 MB resident), with
folders of their own under /tmp, where the user that they run as may go.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import needs
from tests.e2e.support import ROOT

sys.path.append(str(ROOT / "scripts"))
import elastic

MEMORY = 800  # MB of a node that must be free
CONFIG = """\
cluster.name: talkoot-{cluster}
node.name: node-{number}
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
discovery.seed_hosts: [{seeds}]
cluster.initial_master_nodes: [{names}]
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
path.data: {folder}/data
path.logs: {folder}/logs
"""


class Died(AssertionError):
    """A node has ended by itself."""


@dataclass
class Node:
    name: str
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = elastic.as_servant(
                [str(_server() / "bin/elasticsearch")],
                java=elastic.java_home(),
                output=log,
                ES_PATH_CONF=str(self.folder / "config"),
                ES_JAVA_OPTS="-Xms256m -Xmx256m",
            )

    def kill(self) -> None:
        """As a power cut would: the launcher and the server at once."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return json.load(answer)

    def wait(self, *, nodes: int, status: str, living: "Sequence[Node]" = ()) -> None:
        """Until so many are together, and every copy (green) or one of each (yellow) is there.
        Died at once when one of the living is no more."""
        deadline = time.monotonic() + 240  # on a busy machine
        found: Any = None
        while time.monotonic() < deadline:
            try:
                found = self.ask("/_cluster/health")
                if found["number_of_nodes"] == nodes and found["status"] in {status, "green"}:
                    return
            except (OSError, ValueError) as error:
                found = error
            for node in living:
                if node.process is not None and node.process.poll() is not None:
                    raise Died(node.told())
            time.sleep(0.2)
        raise AssertionError(f"{found}\n{self.told()}")

    def told(self) -> str:
        return f"{self.name}: {(self.folder / 'log').read_text()[-3000:]}"


@contextmanager
def cluster(number: int) -> Iterator[list[Node]]:
    """So many nodes that have found one another; skipped in words where they cannot be had."""
    if not (_server() / "unpacked").exists():
        needs.lack("elasticsearch", "Elasticsearch is not unpacked here: make services")
    if _free_memory() < number * MEMORY:
        needs.lack("elasticsearch", f"less than {number * MEMORY} MB of memory are free")
    nodes: list[Node] = []
    try:
        try:
            nodes = _together(number)
        except Died:  # such as when somebody took its port before it did
            nodes = _together(number)
        yield nodes
    finally:
        _end(nodes)


def _together(number: int) -> list[Node]:
    whole = Path(tempfile.mkdtemp(prefix="talkoot-nodes-", dir="/tmp"))
    whole.chmod(0o755)
    nodes = [Node(f"node-{n}", whole / str(n), needs.free_port()) for n in range(number)]
    transports = [needs.free_port() for _ in nodes]
    for n, (node, transport) in enumerate(zip(nodes, transports, strict=True)):
        shutil.copytree(_server() / "config", node.folder / "config")
        shutil.rmtree(node.folder / "config/jvm.options.d")
        for name in ("data", "logs", "config/jvm.options.d"):
            (node.folder / name).mkdir()
        (node.folder / "config/elasticsearch.yml").write_text(
            CONFIG.format(
                cluster=whole.name,
                number=n,
                port=node.port,
                transport=transport,
                seeds=", ".join(f'"127.0.0.1:{one}"' for one in transports),
                names=", ".join(one.name for one in nodes),
                folder=node.folder,
            )
        )
    elastic.give(whole)
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            node.wait(nodes=number, status="yellow", living=nodes)
    except BaseException:
        _end(nodes)
        raise
    return nodes


def _end(nodes: list[Node]) -> None:
    for node in nodes:
        node.kill()
        shutil.rmtree(node.folder.parent, ignore_errors=True)


def address(nodes: list[Node]) -> str:
    return f"elasticsearch://{','.join(f'127.0.0.1:{node.port}' for node in nodes)}/talkoot"


def _server() -> Path:
    return elastic.home() / f"elasticsearch-{elastic.VERSION}"


def _free_memory() -> int:
    """MB; plenty where the kernel does not tell."""
    try:
        told = Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]
    except (OSError, IndexError):
        return 1_000_000
    return int(told) // 1024
