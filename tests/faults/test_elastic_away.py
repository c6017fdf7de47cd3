"""Real servers of Elasticsearch: one of two is killed."""

import pytest

from search.analysis import Analyser
from search.engine import Query, SearchUnavailable
from tests.faults.nodes import Node, address, cluster
from tests.faults.town import until
from tests.search.making import elastic, no_progress, numbers, solution

pytestmark = pytest.mark.elasticsearch


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
