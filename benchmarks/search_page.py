"""The catalogue's pages on a real server, with the demo and many imported solutions.

    [SEARCH_URL=elasticsearch://…] python -m benchmarks.search_page [10000 100000]

`import_solutions`, `index --rebuild` and `index --check` as an operator gives them; then one reader
after another (the page of results with facets and marks, suggestions, the API), 16 readers at once
for some seconds, and the memory of the web process. No page is asked for twice within the second
that it would be kept.
In the same run the server's bare page (/health) by the same client tells what the machine is worth.
With SEARCH_URL the indices are the benchmark's own, and removed at the end.
"""

import http.client
import json
import os
import random
import secrets
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from benchmarks.memory import memory_of
from tests.e2e.support import Server, manage
from tests.search.making import remove_indices
from tests.search.quality import QUERIES, SOLUTIONS

READERS, SECONDS = 16, 10.0
PAGE_AT_MOST, SUGGEST_AT_MOST = 100.0, 10.0  # ms, p95 at 100,000
REBUILD_AT_MOST, MEMORY_AT_MOST = 180.0, 250.0  # seconds at 100,000; MB
MORE = "&readiness=pilot&more=1"
KEPT = 1.2  # seconds: longer than a page is kept


def rows(number: int, database: Path) -> Iterator[dict[str, object]]:
    """Made-up solutions from the words of the development set, with Zipf's law in the choice."""
    dice = random.Random(1)
    words = sorted({w for _, code, *texts in SOLUTIONS if code == "fi"
                    for w in " ".join(texts).split()})  # fmt: skip
    dice.shuffle(words)
    weights = [1 / (rank + 5) for rank in range(len(words))]
    with sqlite3.connect(database) as read:
        owners = read.execute(
            "SELECT slug, municipality FROM accounts_organisation WHERE kind = 'municipality'"
        ).fetchall()
        themes = [key for (key,) in read.execute("SELECT key FROM challenges_theme")]
        known, bands = (
            [
                value
                for (value,) in read.execute(f"SELECT DISTINCT {column} FROM catalogue_solution")
            ]
            for column in ("readiness", "cost_band")
        )
    for place in range(number):
        chosen = dice.choices(words, weights, k=100)
        owner, municipality = dice.choice(owners)
        yield {
            "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"talkoot-benchmark-{place}")),
            "language": "fi",
            "title": " ".join(chosen[:5]),
            "summary": " ".join(chosen[5:25])[:160],
            "problem": " ".join(chosen[25:60]),
            "solution": " ".join(chosen[60:]),
            "owner": owner,
            "municipality": municipality,
            "theme": dice.choice(themes),
            "readiness": dice.choice(known),
            "cost_band": dice.choice(bands),
            "live": True,
        }


class Reader:
    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.faults: list[str] = []

    def ask(self, path: str) -> float:
        """Milliseconds until the last byte."""
        began = time.perf_counter()
        self.line.request("GET", path)
        answer = self.line.getresponse()
        answer.read()
        if answer.status != 200:
            self.faults.append(f"{answer.status} {path}")
        return (time.perf_counter() - began) * 1000


def p50_p95(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]


def told(what: str, times: list[float], most: float = 0.0) -> bool:
    middle, late = p50_p95(times)
    good = not most or late <= most
    limit = f"  (p95 to reach {most:.0f})" if most else ""
    print(f"  {what:<38} p50 {middle:7.1f}  p95 {late:7.1f} ms{limit} {'' if good else 'OVER'}")
    return good


def one_after_another(port: int, texts: list[str]) -> list[bool]:
    reader = Reader(port)
    ways: list[tuple[str, Callable[[str], str], float]] = [
        ("reference: /health", lambda _text: "/health", 0.0),
        ("page of results", lambda text: f"/fi/ratkaisut/?q={quote(text)}", PAGE_AT_MOST),
        ("page, filtered, all facets", lambda text: f"/fi/ratkaisut/?q={quote(text)}{MORE}", 0.0),
        ("suggestions", lambda text: f"/fi/ratkaisut/ehdota/?q={quote(text[:3])}", SUGGEST_AT_MOST),
        ("API, 50 results", lambda text: f"/api/v1/solutions?q={quote(text)}&limit=50", 0.0),
    ]  # fmt: skip
    good = []
    for what, address, most in ways:
        for text in texts[:20]:
            reader.ask(address(text))
        time.sleep(KEPT)
        good.append(told(what, [reader.ask(address(text)) for text in texts], most))
    print(f"  answers other than 200: {len(reader.faults)} {reader.faults[:3] or ''}")
    return [*good, not reader.faults]


def all_at_once(port: int, texts: list[str]) -> bool:
    until = time.monotonic() + SECONDS
    readers, times = [Reader(port) for _ in range(READERS)], []

    def read(number: int) -> None:
        dice = random.Random(number)
        while time.monotonic() < until:
            text = " ".join(dice.sample(texts, 2))
            times.append(readers[number].ask(f"/fi/ratkaisut/?q={quote(text)}"))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = [fault for reader in readers for fault in reader.faults]
    told(f"{READERS} readers at once", times)
    print(f"  {len(times) / SECONDS:.0f} pages a second, {len(faults)} errors {faults[:3] or ''}")
    return not faults


def measure(number: int, var: Path, search: dict[str, str]) -> bool:
    name = search.get("SEARCH_URL", "tantivy").partition(":")[0]
    print(f"{number} solutions and the demo, {name}")
    manage(var, "collectstatic", "--no-input", "-v0", **search)
    manage(var, "migrate", "--no-input", "-v0", **search)
    manage(var, "seed_demo", **search)
    file = var / "solutions.jsonl"
    with file.open("w") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows(number, var / "talkoot.sqlite3"))
    for words in (["import_solutions", str(file)], ["index", "--rebuild"], ["index", "--check"]):
        began = time.perf_counter()
        manage(var, *words, **search)
        took = time.perf_counter() - began
        print(f"  manage.py {words[0]} {words[1] if words[0] == 'index' else ''}: {took:.0f} s")
    texts = [text for text, language, kind, _ in QUERIES if language == "fi" and kind != "typo"]
    # The index is whole, as --check has said: what the import ordered besides need not be done.
    server = Server(var=var, env={**search, "OUTBOX_DRAINER": "0"}).start()
    try:
        good = one_after_another(server.port, texts)
        good.append(all_at_once(server.port, texts))
        held = memory_of(server)
        print(f"  memory of the web process: {held:.0f} MB (to reach {MEMORY_AT_MOST:.0f})")
    finally:
        server.stop()
    return all(good)


def main() -> int:
    sizes = [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]
    given = os.environ.get("SEARCH_URL", "")
    search = {}
    if given.startswith("elasticsearch://"):
        search = {"SEARCH_URL": f"{given.rpartition('/')[0]}/bench{secrets.token_hex(4)}"}
    good = []
    for number in sizes:
        with tempfile.TemporaryDirectory(prefix="talkoot-search-") as folder:
            try:
                good.append(measure(number, Path(folder), search))
            finally:
                if search:
                    remove_indices([search["SEARCH_URL"]])
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
