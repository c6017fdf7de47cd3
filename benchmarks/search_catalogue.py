"""Catalogue search at two sizes: ours against the raw engine in the same run.

    python -m benchmarks.search_catalogue [10000 100000]

On the engine of SEARCH_URL: Elasticsearch when it says so (in indices of the benchmark's own,
removed at the end), else the embedded one.

Raw: what one would write with the engine's own client for the same match set: the same terms of the
same words and the kind of document (the index holds proposals, too) as plain term queries, five
counts of facets, the number of all, twenty hits with their stored fields. No weights, no factors of
documents, nothing marked; the analysis of the query is not in its time, nor the reading of JSON.
Raw, shown: the same, and what came back read from JSON and marked as simply as can be: words that
begin like those asked for, by one regular expression. The same work as ours, done plainly.
Lemmas only: the same as raw with one term for each word, which finds less.
Ours: analysis of the query, all its forms, five counts, twenty hits read and marked. Raw and ours
take turns query by query, so that a noisy machine is noisy to both; the quotient of their medians
and of their sums is what there is to reach (1.3), told against both raws.
Nasty: queries made to cost, none of which may take more than 300 ms: as it is on the clock, and as
the processor's time, which a busy machine does not change (without Elasticsearch's own).
Also: rebuild, one change until it is seen, completion, memory of the process.
"""

import json
import os
import random
import re
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from html import escape
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
Raw = Callable[[str], list[str]]  # what is stored of the hits


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


def shown_plainly(text: str, stored: list[str]) -> list[str]:
    begun = "|".join(re.escape(word[: max(3, len(word) - 2)]) for word in text.split())
    words = re.compile(rf"\b(?:{begun})\w*", re.IGNORECASE)
    payloads = [json.loads(one)["payload"] for one in stored]
    return [
        words.sub(r"<mark>\g<0></mark>", escape(payload[name]))
        for payload in payloads
        for name in ("title", "summary")
    ]


def took(call: Callable[[str], object], word: str) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    call(word)
    return (time.perf_counter() - began) * 1000


def summed_up(taken: list[float]) -> tuple[float, float]:
    """p50 and p95."""
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def measured(call: Callable[[str], object], words: list[str]) -> tuple[float, float]:
    """p50 and p95, milliseconds."""
    return summed_up([took(call, word) for word in words])


def in_turn(calls: list[Callable[[str], object]], words: list[str]) -> list[list[float]]:
    """Milliseconds of each, after a round that is not counted: a server that has just been filled
    is still compiling itself. Each begins in its turn: whoever is first with a word finds nothing
    of it in the processor's cache."""
    for word in dict.fromkeys(words):
        for call in calls:
            call(word)
    taken: list[list[float]] = [[] for _ in calls]
    for turn, word in enumerate(words):
        for place in range(len(calls)):
            number = (turn + place) % len(calls)
            taken[number].append(took(calls[number], word))
    return taken


def against_raw(raw: Raw, ours: Callable[[str], object], texts: list[str]) -> None:
    def raw_shown(text: str) -> None:
        shown_plainly(text, raw(text))

    names = ("raw engine, five counts, 20 hits", "raw, shown", "ours, marked too")
    taken = dict(zip(names, in_turn([raw, raw_shown, ours], texts), strict=True))
    for name, its in taken.items():
        told(name, *summed_up(its))
    for name in names[:2]:
        medians, sums = (of(taken[names[2]]) / of(taken[name]) for of in (statistics.median, sum))
        print(f"  ours / {name}: {medians:.2f} of the medians, {sums:.2f} of the sums (1.3)")


def told(name: str, median: float, most: float) -> None:
    print(f"  {name:<34} p50 {median:6.1f} ms  p95 {most:6.1f} ms")


def nasty(call: Callable[[str], object]) -> None:
    """Made to cost: many words, common ones, misspelled ones, compounds of compounds."""
    words = sorted({w for _, _, title, text in SOLUTIONS for w in f"{title} {text}".split()})
    dice = random.Random(3)
    common, typos = (
        dice.sample(words, 60),
        [w[: len(w) // 2] + "x" + w[len(w) // 2 :] for w in words],
    )
    queries = [" ".join(text for text, *_ in QUERIES[n : n + 12]) for n in range(0, 96, 12)]
    queries += [" ".join(dice.sample(some, 12)) for some in (words, typos) for _ in range(6)]
    queries += [" ".join("-".join(dice.sample(common, 4)) for _ in range(8)) for _ in range(4)]
    queries += [" ".join("".join(dice.sample(common, 3)) for _ in range(8)) for _ in range(4)]
    queries += [dice.choice(words) + " " + dice.choice(typos) for _ in range(8)]
    queries += [" ".join(a + b for a in "aeioukst" for b in "aeioukstln"), "koulu" * 12]
    queries += [" ".join(members[0][0] for members in SYNONYMS[:14])]
    taken = []
    for query in queries:
        spent = time.process_time()
        on_clock = min(took(call, query) for _ in range(3))
        taken.append((on_clock, (time.process_time() - spent) / 3 * 1000))
    clock, processor = (max(column) for column in zip(*taken, strict=True))
    median = statistics.median(on_clock for on_clock, _ in taken)
    print(
        f"  {len(queries)} nasty queries: p50 {median:.0f} ms, worst {clock:.0f} ms (to reach 300);"
        f" worst of this process's time {processor:.0f} ms"
    )


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


def one_of(queries: list[TQuery]) -> TQuery:
    return queries[0] if len(queries) == 1 else any_of(queries)


def raw_tantivy(engine: TantivyEngine, texts: list[str]) -> tuple[Raw, Raw]:
    searcher = engine.store.searcher()
    counts = {n: {"terms": {"field": f"facets.{n}", "size": 1000}} for n in FACETS}
    plans = planned(engine, texts)

    def ask(must: list[TQuery]) -> list[str]:
        query = all_of([*must, TQuery.const_score_query(term("kind", "solution"), 0.0)])
        searcher.aggregate(query, counts)
        found = [searcher.doc(address) for _, address in searcher.search(query, 20).hits]
        return [str(document.get_first("stored")) for document in found]

    def form_query(form: Form) -> TQuery:
        needs = [one_of([term(t.field, t.text) for t in need]) for need in form.needs]
        return needs[0] if len(needs) == 1 else all_of(needs)

    def same(text: str) -> list[str]:
        return ask(
            [one_of([form_query(form) for form in slot.forms]) for slot in plans[text].slots]
        )

    def least(text: str) -> list[str]:
        return ask([term("lemma", lemma) for lemma in lemmas(engine.analyser, text)])

    return same, least


def raw_elastic(engine: ElasticEngine, texts: list[str]) -> tuple[Raw, Raw]:
    counts = {n: {"terms": {"field": f"facets.{n}", "size": 1000}} for n in FACETS}
    plans = planned(engine, texts)

    def ask(must: list[dict]) -> list[str]:
        answer = engine.store.client.search(
            index=engine.store.serving,
            query={"bool": {"must": must, "filter": [{"term": {"kind": "solution"}}]}},
            aggs=counts,
            size=20,
            track_total_hits=True,
        )
        return [hit["_source"]["stored"] for hit in answer["hits"]["hits"]]

    def either(queries: list[dict]) -> dict:
        return queries[0] if len(queries) == 1 else {"bool": {"should": queries}}

    def form_query(form: Form) -> dict:
        needs = [either([{"term": {t.field: t.text}} for t in need]) for need in form.needs]
        return needs[0] if len(needs) == 1 else {"bool": {"must": needs}}

    def same(text: str) -> list[str]:
        return ask(
            [either([form_query(form) for form in slot.forms]) for slot in plans[text].slots]
        )

    def least(text: str) -> list[str]:
        return ask([{"term": {"lemma": lemma}} for lemma in lemmas(engine.analyser, text)])

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

    against_raw(raw, ours, texts)
    for name, call in (
        ("raw engine, lemmas only", least),
        ("ours, five counts, 20 hits", only_search),
        ("ours, two filters, marked", filtered),
        ("ours, 21st page", page),
    ):
        call(texts[0])
        told(name, *measured(call, texts))
    typos = [text for text, language, kind, _ in QUERIES if kind == "typo"] * 3
    told("ours, typos", *measured(ours, typos))
    starts = [text[:3] for text in texts]
    told("completion", *measured(lambda start: engine.complete(start, kind="solution"), starts))
    nasty(only_search)
    told("change until seen", *measured(change, [""] * 20))
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
