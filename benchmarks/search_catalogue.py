"""Catalogue search at two sizes: ours against the raw engine in the same run.

    python -m benchmarks.search_catalogue [10000 100000]

On the engine of SEARCH_URL: Elasticsearch when it says so (in indices of the benchmark's own,
removed at the end), else the embedded one.

Raw: the terms of the same match set as plain term queries, five counts, twenty hits: no weights,
no boosts, no letters in common, nothing marked. The analysis of the query is not in its time.
Lemmas only: one term query for each word, which finds less.
Ours: analysis of the query, all its forms, five counts, twenty hits read and highlighted.
Also: rebuild, one change until it is seen, completion, memory of the process.
"""

import os
import random
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tantivy import Occur
from tantivy import Query as TQuery

from search.address import elastic_address
from search.analysis import Analyser
from search.base import BaseEngine
from search.elastic_engine import ElasticEngine
from search.engine import Document, Query
from search.highlight import Highlighter
from search.plan import Form, Plan, Synonyms, make_plan
from search.tantivy_engine import TantivyEngine
from search.tantivy_query import SCHEMA
from tests.search.making import remove_indices
from tests.search.quality import QUERIES, SOLUTIONS, SYNONYMS

FACETS = {"theme": 14, "readiness": 7, "municipality": 300, "region": 19, "cost": 4}
WORDS = 100
Raw = Callable[[str], None]


def documents(number: int) -> Iterator[Document]:
    """Made-up solutions from the words of the development set, with Zipf's law in the choice."""
    dice = random.Random(1)
    words = [word for _, language, title, text in SOLUTIONS if language == "fi"
             for word in f"{title} {text}".split()]  # fmt: skip
    words = sorted(set(words))
    dice.shuffle(words)
    weights = [1 / (rank + 5) for rank in range(len(words))]
    for pk in range(number):
        chosen = dice.choices(words, weights, k=WORDS)
        yield Document(
            uid=f"solution:{pk}",
            kind="solution",
            language="fi",
            title=" ".join(chosen[:5]),
            body=(" ".join(chosen[5:]),),
            facets={name: (f"v{dice.randrange(size)}",) for name, size in FACETS.items()},
            boosts={"users": 1 + dice.random() * 0.15},
            payload={"title": " ".join(chosen[:5]), "summary": " ".join(chosen[5:25])},
        )


def measured(call: Callable[[str], object], words: list[str]) -> tuple[float, float]:
    """p50 and p95, milliseconds."""
    taken = []
    for word in words:
        began = time.perf_counter()
        call(word)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def lemmas(analyser: Analyser, text: str) -> list[str]:
    return [analyser.word(word.lower(), "fi").lemmas[0] for word in text.split()]


def planned(engine: BaseEngine, texts: list[str]) -> dict[str, Plan]:
    return {text: make_plan(text, "fi", engine.analyser, engine.synonyms()) for text in texts}


def all_of(queries: list[TQuery]) -> TQuery:
    return TQuery.boolean_query([(Occur.Must, query) for query in queries])


def any_of(queries: list[TQuery]) -> TQuery:
    return TQuery.boolean_query([(Occur.Should, query) for query in queries])


def term(name: str, text: str) -> TQuery:
    return TQuery.term_query(SCHEMA, name, text, "freq")


def raw_tantivy(engine: TantivyEngine, texts: list[str]) -> tuple[Raw, Raw]:
    searcher = engine.store.searcher()
    counts = {n: {"terms": {"field": f"facets.{n}", "size": 1000}} for n in FACETS}
    plans = planned(engine, texts)

    def ask(query: TQuery) -> None:
        searcher.aggregate(query, counts)
        for _, address in searcher.search(query, 20).hits:
            searcher.doc(address)

    def same(text: str) -> None:
        ask(
            all_of(
                [
                    any_of(
                        [
                            all_of([any_of([term(t.field, t.text) for t in n]) for n in form.needs])
                            for form in slot.forms
                        ]
                    )
                    for slot in plans[text].slots
                ]
            )
        )

    def least(text: str) -> None:
        ask(all_of([term("lemma", lemma) for lemma in lemmas(engine.analyser, text)]))

    return same, least


def raw_elastic(engine: ElasticEngine, texts: list[str]) -> tuple[Raw, Raw]:
    counts = {n: {"terms": {"field": f"facets.{n}", "size": 1000}} for n in FACETS}
    plans = planned(engine, texts)

    def ask(must: list[dict]) -> None:
        engine.store.client.search(
            index=engine.store.serving,
            query={"bool": {"must": must}},
            aggs=counts,
            size=20,
            track_total_hits=True,
        )

    def one_of(queries: list[dict]) -> dict:
        return queries[0] if len(queries) == 1 else {"bool": {"should": queries}}

    def form_query(form: Form) -> dict:
        needs = [one_of([{"term": {t.field: t.text}} for t in need]) for need in form.needs]
        return needs[0] if len(needs) == 1 else {"bool": {"must": needs}}

    def same(text: str) -> None:
        ask([one_of([form_query(form) for form in slot.forms]) for slot in plans[text].slots])

    def least(text: str) -> None:
        ask([{"term": {"lemma": lemma}} for lemma in lemmas(engine.analyser, text)])

    return same, least


def bench(number: int, folder: Path, url: str) -> None:
    analyser = Analyser()
    synonyms = Synonyms(SYNONYMS, analyser)
    if url.startswith("elasticsearch://"):
        elastic = ElasticEngine(elastic_address(url), analyser, lambda: synonyms)
        measure(number, elastic, synonyms, lambda texts: raw_elastic(elastic, texts))
    else:
        embedded = TantivyEngine(folder / str(number), analyser, lambda: synonyms)
        measure(number, embedded, synonyms, lambda texts: raw_tantivy(embedded, texts))


def measure(
    number: int,
    engine: BaseEngine,
    synonyms: Synonyms,
    raw_queries: Callable[[list[str]], tuple[Raw, Raw]],
) -> None:
    """`raw_queries` is asked when the index is there."""
    analyser = engine.analyser
    began = time.perf_counter()
    engine.rebuild(documents(number), lambda _number: None)
    print(f"{engine.name}, {number} solutions: rebuilt in {time.perf_counter() - began:.1f} s")
    texts = [text for text, language, kind, _ in QUERIES if language == "fi" and kind != "typo"]
    raw, least = raw_queries(texts)
    texts = texts * 3

    def ours(text: str) -> None:
        results = engine.search(Query(text, facets=tuple(FACETS)))
        show(text, results)

    def filtered(text: str) -> None:
        chosen = {"theme": ("v1", "v2"), "cost": ("v1",)}
        show(text, engine.search(Query(text, facets=tuple(FACETS), filters=chosen)))

    def only_search(text: str) -> None:
        engine.search(Query(text, facets=tuple(FACETS)))

    def show(text: str, results) -> None:
        marker = Highlighter(text, "fi", analyser, synonyms)
        for hit in results.hits:
            marker.mark(hit.payload["title"], "fi")
            marker.mark(hit.payload["summary"], "fi")

    def page(text: str) -> None:
        engine.search(Query(text, facets=tuple(FACETS), offset=400))

    def change(_text: str) -> None:
        engine.upsert([next(documents(1))])
        engine.search(Query("kirjasto"))

    for name, call in (
        ("raw engine, lemmas only", least),
        ("raw engine, five counts, 20 hits", raw),
        ("ours, five counts, 20 hits", only_search),
        ("ours, highlighted too", ours),
        ("ours, two filters, highlighted", filtered),
        ("ours, 21st page", page),
    ):
        call(texts[0])
        print("  {:<34} p50 {:6.1f} ms  p95 {:6.1f} ms".format(name, *measured(call, texts)))
    typos = [text for text, language, kind, _ in QUERIES if kind == "typo"] * 3
    print("  {:<34} p50 {:6.1f} ms  p95 {:6.1f} ms".format("ours, typos", *measured(ours, typos)))
    starts = [text[:3] for text in texts]
    completed = measured(lambda start: engine.complete(start, kind="solution"), starts)
    print("  {:<34} p50 {:6.1f} ms  p95 {:6.1f} ms".format("completion", *completed))
    worst = [" ".join(text for text, *_ in QUERIES[n : n + 12]) for n in range(0, 96, 12)]
    costly = measured(only_search, worst)
    print("  {:<34} p50 {:6.1f} ms  p95 {:6.1f} ms".format("twelve words", *costly))
    changed = measured(change, [""] * 20)
    print("  {:<34} p50 {:6.1f} ms  p95 {:6.1f} ms".format("change until seen", *changed))
    print(f"  memory of the process so far: {memory():.0f} MB")


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]
    given = os.environ.get("SEARCH_URL", "")
    url = f"{given.rpartition('/')[0]}/bench{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            for number in sizes:
                bench(number, Path(folder), url)
        finally:
            if url.startswith("elasticsearch://"):
                remove_indices([url])


if __name__ == "__main__":
    main()
