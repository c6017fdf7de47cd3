"""A full disk: what cannot be kept is refused before it is acknowledged, what was kept stays."""

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.support import Server
from tests.faults.test_letters import hand_in
from tests.faults.town import CSRF, Town, Visitor, copy_town, until

SIZE = 192 * 1024 * 1024
TYPED = "Teksti, jota täysi levy ei saa hukata: se palaa sivulla takaisin."


class FullDisk:
    """A small file system of its own where one may be mounted, else a limit on what a process
    may write: the same refusal of the kernel at the same calls.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
        self.mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0

    def fill(self, server: Server) -> None:
        if self.mounted:
            with (self.folder / "ballast").open("wb", buffering=0) as ballast:
                size = 1024 * 1024
                while size:
                    try:
                        ballast.write(b"\0" * size)
                    except OSError:
                        size //= 2
            return
        for pid in pids_of(server):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    def free(self, server: Server) -> None:
        if self.mounted:
            (self.folder / "ballast").unlink()
            return
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        for pid in pids_of(server):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)


def pids_of(server: Server) -> list[int]:
    assert server.process is not None
    master = server.process.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [master, *(int(pid) for pid in children)]


@contextmanager
def small_disk(folder: Path) -> Iterator[FullDisk]:
    disk = FullDisk(folder)
    try:
        yield disk
    finally:
        disk.close()


def test_full_disk_refuses_before_it_promises(first_town: Town, tmp_path: Path):
    with small_disk(tmp_path / "disk") as disk:
        town = copy_town(first_town, tmp_path / "disk")
        homes = town.facts["begun"]
        juror = town.facts["jurors"][0]
        sheet = f"/fi/tuomari/arvio/{juror['sheets'][0]}/"
        with town.served() as server:
            visitor, scorer = Visitor(server), Visitor(server, juror["cookie"])
            assert hand_in(visitor, homes[0]).status == 302
            until(town.is_quiet)
            step, desk = visitor.get(f"{homes[1]}problem/"), scorer.get(sheet)

            disk.fill(server)
            for path in (town.facts["start"], "/fi/ratkaisut/", homes[0]):
                assert visitor.get(path).status == 200  # reading goes on
            words = {**step.hidden, "asked": "problem", "problem": TYPED}
            refused = visitor.post(f"{homes[1]}problem/", words)
            assert refused.status == 500
            assert TYPED in refused.text
            assert refused.hidden[CSRF]
            quiet = visitor.post(f"{homes[1]}problem/", words, **{"X-Autosave": "1"})
            assert quiet.status == 500
            score = {"revision": int(desk.hidden["revision"]), "changes": {"comment": TYPED}}
            assert scorer.send_json(f"{sheet}tallenna/", score).status == 500
            assert hand_in(visitor, homes[2]).status == 500
            if disk.mounted:
                health = visitor.get("/health")
                assert health.status == 503
                assert "full" in json.loads(health.text)["parts"]["database"]["detail"]

            disk.free(server)
            assert visitor.post(f"{homes[1]}problem/", {**words, "title": "Nimi"}).status == 302
            assert scorer.send_json(f"{sheet}tallenna/", score).status == 200
            assert hand_in(visitor, homes[2]).status == 302
            until(town.is_quiet, 90)
            numbers = "SELECT reference FROM ideas_idea WHERE number > 0 AND challenge_id = ?"
            given = {row for (row,) in town.rows(numbers, town.facts["challenge"])}
            assert {reference[-4:] for reference in given} == {"0001", "0002"}
            assert town.one("PRAGMA integrity_check") == "ok"
            assert "as sealed, 0 not" in server.manage("audit", "--verify")
            assert "all as in the database" in server.manage("index", "--check")
        kept = list((town.folder / "mail").iterdir())
        assert kept
        assert kept[0].stat().st_size
