"""The folder of the embedded index: several processes, kills, damage."""

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search.engine import Query, SearchUnavailable
from tests.search.making import embedded, no_progress, numbers, solution

ROOT = Path(__file__).resolve().parents[2]
START = """
import sys, time
from pathlib import Path
from search.analysis import Analyser
from tests.search.making import embedded, no_progress, solution
engine = embedded(Path(sys.argv[1]), Analyser(use_voikko=False))
"""


def other_process(folder: Path, script: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", START + script, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def engine(tmp_path, plain):
    made = embedded(tmp_path / "index", plain)
    made.rebuild([solution(1, "Ensimmäinen"), solution(2, "Toinen")], no_progress)
    return made


def test_change_by_another_process_is_seen_within_a_second(engine):
    assert engine.search(Query("kolmas", fill=0)).total == 0
    script = "engine.upsert([solution(3, 'Kolmas')]); print(time.time())"
    with other_process(engine.store.folder, script) as other:
        written, _ = other.communicate()
    assert numbers(engine.search(Query("kolmas"))) == [3]
    assert time.time() - float(written) < 1


def test_rebuild_by_another_process_is_seen(engine):
    assert engine.status().documents == 2
    with other_process(engine.store.folder, "engine.rebuild([solution(9, 'Uusi')], no_progress)"):
        pass
    assert numbers(engine.search(Query("uusi"))) == [9]
    assert engine.status().documents == 1


def test_killed_rebuild_leaves_the_old_index_serving(engine):
    script = """
def documents():
    for n in range(10**9):
        if n == 500:
            print("going", flush=True)
        yield solution(n, "Uusi")
engine.rebuild(documents(), no_progress)
"""
    with other_process(engine.store.folder, script) as other:
        assert other.stdout.readline() == "going\n"
        with pytest.raises(SearchUnavailable, match="another rebuild"):
            engine.rebuild([], no_progress)
        engine.upsert([solution(3, "Kolmas")])
        other.send_signal(signal.SIGKILL)
    assert engine.status().documents == 3
    engine.upsert([solution(4, "Neljäs")])
    assert numbers(engine.search(Query("neljäs"))) == [4]
    assert engine.rebuild([solution(1, "Ensimmäinen")], no_progress) == 1
    assert len(list(engine.store.folder.glob("g-*"))) == 1
    assert not (engine.store.folder / "journal").exists()


def test_writers_of_many_processes_and_threads_wait_for_each_other(engine):
    script = """
for n in range({0}, {0} + 10):
    engine.upsert([solution(n, "Puisto")])
"""
    others = [other_process(engine.store.folder, script.format(start)) for start in (100, 200)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: engine.upsert([solution(n, "Puisto")]), range(300, 310)))
    for other in others:
        with other:
            other.communicate()
        assert other.returncode == 0
    assert engine.search(Query("puisto", limit=0)).total == 30


def test_searches_go_on_while_others_write_and_rebuild(engine):
    script = """
for turn in range(5):
    engine.rebuild([solution(n, "Puisto") for n in range(20)], no_progress)
    engine.upsert([solution(20, "Puisto")])
"""
    with other_process(engine.store.folder, script) as other:
        while other.poll() is None:
            assert engine.search(Query("puisto")).total in (0, 20, 21)
    assert other.returncode == 0
    assert engine.search(Query("puisto")).total == 21


def test_damaged_index_is_unavailable_and_can_be_rebuilt(engine):
    generation = next(engine.store.folder.glob("g-*"))
    (generation / "meta.json").write_text("{")
    for ask in (lambda: engine.search(Query("x")), lambda: engine.upsert([solution(3, "x")])):
        with pytest.raises(SearchUnavailable):
            ask()
    engine.rebuild([solution(1, "Ensimmäinen")], no_progress)
    assert engine.search(Query("ensimmäinen")).total == 1


def test_vanished_generation_is_unavailable(engine, plain):
    for path in engine.store.folder.glob("g-*/*"):
        path.unlink()
    with pytest.raises(SearchUnavailable):
        embedded(engine.store.folder, plain).search(Query("x"))


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"generation": 3}', "\0"])
def test_unreadable_pointer_is_unavailable(engine, content):
    (engine.store.folder / "current").write_text(content)
    with pytest.raises(SearchUnavailable):
        engine.search(Query("x"))


def test_index_of_another_version_is_unavailable(engine):
    pointer = engine.store.folder / "current"
    pointer.write_text(json.dumps(json.loads(pointer.read_text()) | {"schema": 0}))
    with pytest.raises(SearchUnavailable, match="another version"):
        engine.status()


def test_folder_that_cannot_be_made_is_unavailable(tmp_path, plain):
    (tmp_path / "file").write_text("")
    with pytest.raises(SearchUnavailable, match="cannot be made"):
        embedded(tmp_path / "file" / "index", plain).rebuild([], no_progress)


@pytest.mark.voikko
def test_change_of_analyser_asks_for_a_rebuild(engine, voikko):
    assert engine.status().stale == ""
    status = embedded(engine.store.folder, voikko).status()
    assert "no voikko" in status.stale
    assert status.documents == 2
