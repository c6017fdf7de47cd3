"""Similar proposals on real ones that officials merged: share with a co-merged one in the top five.

    python -m benchmarks.search_similar FILE.csv [--no-voikko]

Prints the share for whole texts, without and with place, and the time of one call at the file's
size and at 5,000 proposals. The file has the columns id, title, texts, areaScope, latitude,
longitude, link_plans, as the City of Helsinki's open data on OmaStadi has them. Without a file
there is nothing to measure.
"""

import csv
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from search.analysis import Analyser
from search.engine import Document, Likeness, Place
from search.plan import Synonyms
from search.tantivy_engine import TantivyEngine


def read(file: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10**8)
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def place_of(row: dict[str, str]) -> Place | None:
    if not row["latitude"]:
        return None
    return Place(float(row["latitude"]), float(row["longitude"]))


def area_of(row: dict[str, str]) -> str:
    return row["areaScope"]


def document(row: dict[str, str], copy: int = 0) -> Document:
    return Document(
        uid=f"idea:{int(row['id']) + copy * 1_000_000}",
        kind="idea",
        language="fi",
        title=row["title"],
        body=(row["texts"],),
        place=place_of(row),
        area=area_of(row),
        payload={"title": row["title"]},
    )


def likeness(row: dict[str, str], *, with_place: bool) -> Likeness:
    return Likeness(
        title=row["title"],
        text=row["texts"][:5000],
        kind="idea",
        place=place_of(row) if with_place else None,
        area=area_of(row) if with_place else "",
        without=frozenset({f"idea:{row['id']}"}),
    )


def share(engine: TantivyEngine, rows: list[dict[str, str]], *, with_place: bool) -> float:
    """Of the proposals merged with others, those that have one of these among five similar."""
    merged: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for plan in row["link_plans"].split(","):
            if plan.strip():
                merged[plan.strip()].add(f"idea:{row['id']}")
    found = asked = 0
    for row in rows:
        mates = {
            uid for plan in row["link_plans"].split(",") for uid in merged.get(plan.strip(), ())
        } - {f"idea:{row['id']}"}
        if mates:
            asked += 1
            hits = engine.similar(likeness(row, with_place=with_place))
            found += any(hit.uid in mates for hit in hits)
    return found / asked


def times(engine: TantivyEngine, rows: list[dict[str, str]]) -> tuple[float, float]:
    """p50 and p95 of a call, milliseconds, first calls included."""
    taken = []
    for row in rows[:400]:
        began = time.perf_counter()
        engine.similar(likeness(row, with_place=True))
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


def main() -> None:
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if not given:
        print("Skipped: name a file, as python -m benchmarks.search_similar omastadi.csv")
        return
    rows = read(Path(given[0]))
    analyser = Analyser(use_voikko="--no-voikko" not in sys.argv)
    nothing = Synonyms((), analyser)
    with tempfile.TemporaryDirectory() as folder:
        engine = TantivyEngine(Path(folder) / "a", analyser, lambda: nothing)
        engine.rebuild(map(document, rows), lambda _number: None)
        print(f"{len(rows)} proposals, {analyser.fingerprint}")
        print(f"  co-merged in top five: {share(engine, rows, with_place=False):.1%}")
        print(f"  the same with place:   {share(engine, rows, with_place=True):.1%}")
        print("  one call p50 {:.1f} ms, p95 {:.1f} ms".format(*times(engine, rows)))
        many = [document(row, copy) for copy in range(5) for row in rows][:5000]
        large = TantivyEngine(Path(folder) / "b", analyser, lambda: nothing)
        large.rebuild(many, lambda _number: None)
        print(f"{len(many)} proposals")
        print("  one call p50 {:.1f} ms, p95 {:.1f} ms".format(*times(large, rows)))


if __name__ == "__main__":
    main()
