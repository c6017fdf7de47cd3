"""Our indices on Elasticsearch: several writers, older states, kills, servers that say no."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from search import elastic_store
from search.address import elastic_address
from search.engine import Query, SearchUnavailable, ServerDown
from tests import needs
from tests.search.making import (
    another_url,
    elastic,
    elastic_urls,
    no_progress,
    numbers,
    solution,
    uids,
)

pytestmark = pytest.mark.elasticsearch
ROOT = Path(__file__).resolve().parents[2]
START = """
import sys, time
from search.analysis import Analyser
from tests.search.making import elastic, no_progress, solution
engine = elastic(sys.argv[1], Analyser(use_voikko=False))
"""


@pytest.fixture(scope="module")
def url():
    with elastic_urls() as taken:
        yield another_url(taken)


@pytest.fixture
def engine(url, plain):
    made = elastic(url, plain)
    made.rebuild([solution(1, "Ensimmäinen"), solution(2, "Toinen")], no_progress)
    return made


def other_process(url: str, script: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", START + script, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def names(engine) -> set[str]:
    return set(engine.store._indices())


def test_change_by_another_process_is_seen_within_a_second(engine, url):
    assert engine.search(Query("kolmas", fill=0)).total == 0
    script = "engine.upsert([solution(3, 'Kolmas')]); print(time.time())"
    with other_process(url, script) as other:
        written, _ = other.communicate()
    assert numbers(engine.search(Query("kolmas"))) == [3]
    assert time.time() - float(written) < 1


def test_killed_rebuild_leaves_the_old_index_serving(engine, url):
    script = """
def documents():
    for n in range(10**9):
        if n == 600:
            print("going", flush=True)
        yield solution(n, "Uusi")
engine.rebuild(documents(), no_progress)
"""
    with other_process(url, script) as other:
        assert other.stdout.readline() == "going\n"
        engine.upsert([solution(3, "Kolmas")])
        other.send_signal(signal.SIGKILL)
    assert engine.status().documents == 3
    engine.upsert([solution(4, "Neljäs")])
    assert numbers(engine.search(Query("neljäs"))) == [4]
    assert engine.search(Query("uusi", fill=0)).total == 0
    assert len(names(engine)) == 2
    assert engine.rebuild([solution(1, "Ensimmäinen")], no_progress) == 1
    assert uids(engine.search(Query(""))) == ["solution:1"]
    assert len(names(engine)) == 1


def test_second_rebuild_takes_over(engine):
    def documents():
        yield solution(7, "Seitsemäs")
        engine.rebuild([solution(8, "Kahdeksas")], no_progress)
        yield solution(9, "Yhdeksäs")

    with pytest.raises(SearchUnavailable, match="another rebuild"):
        engine.rebuild(documents(), no_progress)
    assert uids(engine.search(Query(""))) == ["solution:8"]
    assert len(names(engine)) == 1


def test_second_rebuild_takes_over_from_one_that_has_written_all(engine):
    def documents():
        yield solution(7, "Seitsemäs")
        engine.store._switch = other_first

    def other_first(*names: str) -> None:
        engine.store._switch = switch
        engine.rebuild([solution(8, "Kahdeksas")], no_progress)
        switch(*names)

    switch = engine.store._switch
    with pytest.raises(SearchUnavailable, match="another rebuild"):
        engine.rebuild(documents(), no_progress)
    assert uids(engine.search(Query(""))) == ["solution:8"]


def test_older_state_never_wins(engine):
    """A process that has read the database writes only after another has read and written more."""
    read, go_on = threading.Event(), threading.Event()

    def slow(_uids):
        read.set()
        assert go_on.wait(20)
        return [solution(1, "Vanha")]

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(engine.refresh, ["solution:1", "solution:2"], slow)
        assert read.wait(20)
        engine.refresh(["solution:1"], lambda _uids: [solution(1, "Uusi")])
        go_on.set()
        late.result()
    assert engine.digests() == {"solution:1": solution(1, "Uusi").digest}


def test_older_write_does_not_bring_back_what_was_taken_out(engine):
    read, go_on = threading.Event(), threading.Event()

    def slow(_uids):
        read.set()
        assert go_on.wait(20)
        return [solution(1, "Vanha")]

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(engine.refresh, ["solution:1"], slow)
        assert read.wait(20)
        engine.delete(["solution:1"])
        go_on.set()
        late.result()
    assert uids(engine.search(Query(""))) == ["solution:2"]
    assert engine.status().documents == 1


def test_clock_that_is_behind_follows_the_others(engine, monkeypatch):
    engine.upsert([solution(1, "Uusi")])
    hour_ago = time.time_ns() - 3600 * 10**9
    monkeypatch.setattr(elastic_store.time, "time_ns", lambda: hour_ago)
    engine.upsert([solution(1, "Uudempi")])
    assert engine.digests()["solution:1"] == solution(1, "Uudempi").digest
    before = engine.store._tick()
    assert engine.store._tick() == before + 1


def test_writers_and_rebuilds_of_many_processes_lose_nothing(engine, url):
    script = """
for n in range({0}, {0} + 8):
    engine.upsert([solution(n, "Puisto")])
"""
    others = [other_process(url, script.format(start)) for start in (100, 200)]

    begun = threading.Event()

    def slowly():
        begun.set()
        for n in (1, 2):
            yield solution(n, "Puisto")
            time.sleep(0.5)

    with ThreadPoolExecutor(3) as pool:
        rebuilt = pool.submit(engine.rebuild, slowly(), no_progress)
        assert begun.wait(
            20
        )  # those of the other processes may come before; ours come while it runs
        list(pool.map(lambda n: engine.upsert([solution(n, "Puisto")]), range(300, 308)))
        rebuilt.result()
    for other in others:
        with other:
            other.communicate()
        assert other.returncode == 0
    found = set(numbers(engine.search(Query("puisto", limit=200))))
    assert found >= {1, 2, *range(300, 308)}
    assert len(names(engine)) == 1


def test_write_that_meets_the_switch_reaches_the_new_index(engine, monkeypatch):
    """The builder's alias is gone when the write arrives: it is the serving one by now."""
    looked_up = {"x": {engine.store.serving, engine.store._building}}
    monkeypatch.setattr(engine.store, "_indices", lambda: looked_up)
    engine.upsert([solution(5, "Viides")])
    assert numbers(engine.search(Query("viides"))) == [5]


def test_write_that_meets_a_removal_makes_no_index(engine, monkeypatch):
    looked_up = {"x": {engine.store.serving}}
    own = engine.store._indices
    for name in names(engine):
        engine.store._remove(name)
    monkeypatch.setattr(engine.store, "_indices", lambda: looked_up)
    with pytest.raises(SearchUnavailable, match="no index"):
        engine.upsert([solution(5, "Viides")])
    assert own() == {}


def test_document_that_is_refused_is_told(engine):
    with pytest.raises(SearchUnavailable, match="did not take solution:9"):
        engine.store.write(lambda: [("solution:9", {"unknown": 1})])
    with pytest.raises(SearchUnavailable, match="did not take solution:9"):
        engine.store.rebuild([("solution:9", {"unknown": 1})], "x", no_progress)
    assert len(names(engine)) == 1


def test_many_changes_of_one_call_all_arrive(engine):
    engine.upsert(solution(n, "Puisto") for n in range(1100))
    assert engine.status().documents == 1100
    assert len(engine.digests()) == 1100
    engine.delete([f"solution:{n}" for n in range(1, 1100)])
    assert set(engine.digests()) == {"solution:0"}


@pytest.mark.voikko
def test_change_of_analyser_asks_for_a_rebuild(engine, url, voikko):
    assert engine.status().stale == ""
    status = elastic(url, voikko).status()
    assert "no voikko" in status.stale
    assert status.documents == 2


def test_instances_with_other_prefixes_are_left_alone(engine, plain, url):
    beside = elastic(f"{url}-2", plain)
    with pytest.raises(SearchUnavailable):
        beside.status()
    try:
        beside.rebuild([solution(1, "Muu")], no_progress)
        assert len(names(engine)) == 1
        engine.rebuild([], no_progress)
        assert beside.status().documents == 1
    finally:
        for name in [*names(beside), beside.store._clock]:
            beside.store._remove(name)


@contextmanager
def server_that_says(status: int, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"elasticsearch://127.0.0.1:{server.server_port}/talkoot"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"{}", ServerDown),
        (429, b"{}", ServerDown),
        (503, b"{}", ServerDown),
        (400, b'{"error": {"type": "no", "reason": "no"}}', SearchUnavailable),
        (200, b"<html>", ServerDown),
    ],
)
def test_whatever_a_server_answers_is_unavailable(plain, status, body, kind):
    with server_that_says(status, body) as url:
        engine = elastic(url, plain)
        for ask in (
            lambda: engine.search(Query("puisto")),
            lambda: engine.upsert([solution(1, "Puisto")]),
            engine.status,
        ):
            with pytest.raises(kind, match="Elasticsearch"):
                ask()


def test_server_that_does_not_answer_is_not_waited_for(plain, monkeypatch):
    monkeypatch.setattr(elastic_store, "READ_WITHIN", 0.2)
    with needs.silent_port() as port:
        engine = elastic(f"elasticsearch://127.0.0.1:{port}/talkoot", plain)
        began = time.monotonic()
        with pytest.raises(ServerDown, match="does not answer"):
            engine.search(Query("puisto"))
        assert time.monotonic() - began < 2


def test_another_host_answers_for_one_that_is_down(engine, url, plain):
    address = elastic_address(url)
    dead = f"127.0.0.1:{needs.free_port()}"
    living = address.hosts[0].removeprefix("http://")
    several = elastic(f"elasticsearch://{dead},{living}/{address.prefix}", plain)
    for _ in range(4):
        assert numbers(several.search(Query("toinen"))) == [2]
    several.upsert([solution(3, "Kolmas")])
    assert numbers(several.search(Query("kolmas"))) == [3]
