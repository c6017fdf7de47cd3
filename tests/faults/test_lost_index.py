"""The search index away, in pieces, or not to be written: pages say so, proposals go on."""

import json
import shutil
from pathlib import Path

import pytest

from tests.faults.test_letters import hand_in
from tests.faults.town import Town, Visitor, until

NOTICE = 'class="notice" role="alert"'


def search_part(visitor: Visitor) -> dict[str, object]:
    answer = visitor.get("/health")
    assert answer.status == 200  # the service is not down for it
    return dict(json.loads(answer.text)["parts"]["search"])


def try_again_now(town: Town) -> None:
    town.rows("UPDATE core_outboxrow SET run_after = '2026-01-01 00:00:00'")


def generation(index: Path) -> Path:
    return index / json.loads((index / "current").read_text())["generation"]


def damage(made: Path, what: str) -> None:
    """Its list of segments, or what is inside of them, which nobody looks at when opening them."""
    if what == "list":
        (made / "meta.json").write_bytes(b"\x00garbage")
        return
    for file in made.glob("*.*"):
        if file.suffix != ".json":
            whole = file.read_bytes()
            lost = len(whole) * 6 // 10
            file.write_bytes(b"\xff" * lost + whole[lost:])


def test_index_that_was_away_catches_up_by_itself(town: Town):
    index, away = town.folder / "index", town.folder / "index-away"
    with town.served() as server:
        visitor = Visitor(server)
        assert NOTICE not in visitor.get("/fi/ratkaisut/").text
        index.rename(away)
        listed = visitor.get("/fi/ratkaisut/?q=ratkaisu")  # not the page that is kept for a second
        assert listed.status == 200
        assert NOTICE in listed.text
        assert town.facts["solution"] in listed.text
        assert visitor.get(town.facts["start"]).status == 200
        assert hand_in(visitor, town.facts["begun"][0]).status == 302
        until(lambda: town.one("SELECT count(*) FROM core_mail WHERE state = 'sent'") == 1)
        assert not search_part(visitor)["ok"]
        assert "manage.py index --rebuild" in str(search_part(visitor)["detail"])
        away.rename(index)
        until(lambda: NOTICE not in visitor.get("/fi/ratkaisut/").text)
        try_again_now(town)
        until(town.is_quiet)
        assert "all as in the database" in server.manage("index", "--check")
        assert search_part(visitor)["ok"]


@pytest.mark.parametrize("what", ["list", "inside"])
def test_index_in_pieces_is_told_and_made_anew(town: Town, what: str):
    damage(generation(town.folder / "index"), what)
    with town.served() as server:
        visitor = Visitor(server)
        listed = visitor.get("/fi/ratkaisut/?q=ratkaisu")
        assert listed.status == 200
        assert NOTICE in listed.text
        assert visitor.get(f"{town.facts['begun'][0]}problem/").status == 200
        assert hand_in(visitor, town.facts["begun"][0]).status == 302
        until(lambda: town.one("SELECT count(*) FROM core_mail WHERE state = 'sent'") == 1)
        assert not search_part(visitor)["ok"]
        server.manage("index", "--ensure")
        try_again_now(town)
        until(town.is_quiet)
        until(lambda: NOTICE not in visitor.get("/fi/ratkaisut/?q=ratkaisu").text)
        assert "all as in the database" in server.manage("index", "--check")


def test_index_that_cannot_be_written_is_told_and_follows_later(town: Town):
    index = town.folder / "index"
    lock = index / "write.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()  # nobody, not even root, can write through it
    with town.served() as server:
        visitor = Visitor(server)
        assert hand_in(visitor, town.facts["begun"][0]).status == 302
        waits = "SELECT count(*) FROM core_outboxrow WHERE event = 'search.refresh'"
        until(lambda: town.one(waits) >= 1)
        assert NOTICE not in visitor.get("/fi/ratkaisut/").text  # what is there is searched
        told = search_part(visitor)
        assert not told["ok"]
        assert "cannot be written" in str(told["detail"])
        shutil.rmtree(lock)
        try_again_now(town)
        until(town.is_quiet)
        assert search_part(visitor)["ok"]
        assert "all as in the database" in server.manage("index", "--check")
