"""Real servers of Elasticsearch: one of two is killed; the only one is away under writes."""

import json
import os
import time
from pathlib import Path

import pytest

from search.analysis import Analyser
from search.engine import Query, SearchUnavailable
from tests.faults.nodes import Node, address, cluster
from tests.faults.test_letters import hand_in
from tests.faults.test_lost_index import NOTICE, search_part
from tests.faults.town import Town, Visitor, until
from tests.search.making import elastic, no_progress, numbers, solution

pytestmark = pytest.mark.elasticsearch

# Seconds that the engine is away, longer than the quarter of a minute between two attempts of a
# job; 600 shows the ten minutes that are promised.
AWAY = int(os.environ.get("TALKOOT_OUTAGE", "20"))


def master(nodes: list[Node]) -> Node:
    named = nodes[0].ask("/_cluster/state/master_node,nodes")
    name = named["nodes"][named["master_node"]]["name"]
    return next(node for node in nodes if node.name == name)


def test_one_of_two_nodes_is_killed_and_searches_go_on():
    with cluster(2) as nodes:
        engine = elastic(address(nodes), Analyser(use_voikko=False))
        reading, writing = engine.store.client, engine.store._writing
        engine.store.client = reading.options(request_timeout=30)  # two servers on a busy machine
        engine.rebuild([solution(n, "Puisto") for n in range(1, 11)], no_progress)
        nodes[0].wait(nodes=2, status="green")  # each document is on both
        dead = master(nodes)  # the harder one to lose: nobody can write till it is back
        dead.kill()
        for _ in range(30):
            assert len(numbers(engine.search(Query("puistossa")))) == 10
            assert engine.complete("pui", kind="solution") == ["Puisto"]
        engine.store._writing = writing.options(request_timeout=3)
        with pytest.raises(SearchUnavailable):
            engine.upsert([solution(11, "Puisto")])
        engine.store._writing = writing
        dead.start()
        dead.wait(nodes=2, status="green")
        engine.upsert([solution(11, "Puisto")])
        assert len(numbers(engine.search(Query("puistossa")))) == 11
        survivor = next(node for node in nodes if node is not dead)
        survivor.kill()  # what was written meanwhile is on the one that came back, too
        until(lambda: len(numbers(engine.search(Query("puistossa")))) == 11)


def imported(folder: Path, number: int, owner: str) -> Path:
    """A file of one solution for `import_solutions`."""
    file = folder / f"{number}.jsonl"
    row = {
        "uid": f"00000000-0000-4000-8000-{number:012d}",
        "title": f"Katkosratkaisu {number}",
        "summary": "Tuli tietokantaan hakukoneen ollessa poissa.",
        "owner": owner,
    }
    file.write_text(json.dumps(row) + "\n")
    return file


def test_a_server_away_under_writes_misses_nothing_when_it_is_back(town: Town, tmp_path: Path):
    with cluster(1) as nodes, town.served(SEARCH_URL=address(nodes)) as server:
        visitor = Visitor(server)
        server.manage("index", "--rebuild")
        assert NOTICE not in visitor.get("/fi/ratkaisut/?q=ratkaisu").text
        owner = town.one("SELECT slug FROM accounts_organisation WHERE is_host LIMIT 1")
        nodes[0].kill()
        number, began = 0, time.monotonic()
        while number < 3 or time.monotonic() < began + AWAY:
            number += 1
            server.manage("import_solutions", str(imported(tmp_path, number, owner)))
            assert hand_in(visitor, town.facts["begun"][number]).status == 302
            listed = visitor.get(f"/fi/ratkaisut/?q=katkosratkaisu&n={number}")
            assert listed.status == 200
            assert NOTICE in listed.text
            assert f"Katkosratkaisu {number}" in listed.text
            assert not search_part(visitor)["ok"]
            time.sleep(AWAY / 20)
        nodes[0].start()
        nodes[0].wait(nodes=1, status="yellow")
        until(town.is_quiet, seconds=120, why="what waited was not written")
        until(lambda: NOTICE not in visitor.get("/fi/ratkaisut/?q=katkosratkaisu").text)
        found = visitor.get("/api/v1/solutions?q=katkosratkaisu&limit=50").text
        assert json.loads(found)["total"] == number
        assert "all as in the database" in server.manage("index", "--check")
        assert search_part(visitor)["ok"]
