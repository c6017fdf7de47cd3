"""The embedded engine: a tantivy index in a folder of the machine."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import Occur
from tantivy import Query as TQuery

from search.alike import (
    KNOWN_FREQUENCIES,
    SIMILAR_POOL,
    area_number,
    most_telling,
    place_factor,
    telling_terms,
)
from search.analysis import Analyser, normal, tokens
from search.base import (
    MAX_START,
    MAX_START_WORDS,
    BaseEngine,
    Found,
    SynonymSource,
    document_terms,
    starts,
    starts_with,
    stored_hit,
    stored_text,
    title_key,
)
from search.engine import (
    Document,
    Hit,
    Likeness,
    Load,
    Query,
    Sort,
    Status,
)
from search.parallel import both
from search.plan import Plan, Slot
from search.tantivy_faults import reads, writes
from search.tantivy_query import (
    SCHEMA,
    SCHEMA_VERSION,
    facet_counts,
    facet_counts_request,
    filtered_query,
    form_query,
    kind_query,
    marked,
    match_query,
    near_query,
)
from search.tantivy_store import Row, Store

SPARE: Final = 20  # hits fetched beyond the page, so that ties at its end fall by uid
KIND_SEPARATOR: Final = "\x1f"


class TantivyEngine(BaseEngine):
    name = "tantivy"

    def __init__(self, folder: Path, analyser: Analyser, synonyms: SynonymSource) -> None:
        super().__init__(analyser, synonyms)
        self.store = Store(folder, SCHEMA, SCHEMA_VERSION)
        self._frequencies: dict[tuple[str, str], int] = {}

    # Searching

    @reads
    def _all_words(self, query: Query, plan: Plan) -> Found:
        searcher = self.store.searcher()
        matching = match_query(query.kind, plan)
        wanted = filtered_query(matching, query.filters)

        def best() -> tuple[int, tuple[Hit, ...]]:
            if query.sort == Sort.RELEVANCE:
                return _best(searcher, wanted, query.offset, query.limit)
            return _ordered(searcher, wanted, query)

        if not query.facets:
            total, hits = best()
            return Found(total=total, hits=hits, facets={})
        request = facet_counts_request(query.facets, query.filters)
        counts, (total, hits) = both(
            lambda: facet_counts(searcher.aggregate(matching, request), query.facets), best
        )
        return Found(total=total, hits=hits, facets=counts)

    @reads
    def _any_word(
        self, query: Query, slots: tuple[Slot, ...], *, without: frozenset[str], limit: int
    ) -> tuple[Hit, ...]:
        near = near_query(query.kind, slots, query.filters, without)
        return _best(self.store.searcher(), near, 0, limit)[1]

    @reads
    def _unmet(self, kind: str, slots: tuple[Slot, ...]) -> list[Slot]:
        searcher = self.store.searcher()
        return [slot for slot in slots if not _is_met(searcher, kind, slot)]

    @reads
    def _words_like(self, word: str) -> list[tuple[str, int]]:
        return self.store.searcher().terms_with_prefix("lemma", word[:2], None, 5000)

    @reads
    def similar(self, likeness: Likeness) -> tuple[Hit, ...]:
        searcher = self.store.searcher()
        alike = self._alike_query(searcher, likeness)
        if alike is None:
            return ()
        found = searcher.search(alike, SIMILAR_POOL, count=False).hits
        addresses = [address for _, address in found]
        areas = searcher.fast_field_values("area", addresses)
        latitudes = searcher.fast_field_values("latitude", addresses)
        longitudes = searcher.fast_field_values("longitude", addresses)
        ranked = []
        for (score, address), area, latitude, longitude in zip(
            found, areas, latitudes, longitudes, strict=True
        ):
            factor = place_factor(likeness, area, latitude, longitude)
            ranked.append((score * factor, factor, address))
        ranked.sort(key=lambda row: -row[0])
        hits = []
        for score, factor, address in ranked[: likeness.limit + len(likeness.without) + 5]:
            ((uid, stored),) = _read(searcher, [address])
            if uid not in likeness.without:
                parts = {"text": score / factor, "place": factor}
                hits.append(Hit(uid, score, parts, stored["payload"], stored["title"]))
        hits.sort(key=lambda hit: (-hit.score, hit.uid))
        return tuple(hits[: likeness.limit])

    def _alike_query(self, searcher: tantivy.Searcher, likeness: Likeness) -> TQuery | None:
        """The most telling terms of title and text."""
        counts = telling_terms(self.analyser, likeness)
        known = {key: self._documents_with(searcher, *key) for key in counts}
        telling = most_telling(counts, known, max(searcher.num_docs, 1))
        terms = [
            (
                Occur.Should,
                TQuery.boost_query(TQuery.term_query(SCHEMA, name, text, "freq"), weight),
            )
            for name, text, weight in telling
        ]
        if not terms:
            return None
        return TQuery.boolean_query(
            [(Occur.Must, TQuery.boolean_query(terms)), (Occur.Must, kind_query(likeness.kind))]
        )

    def _documents_with(self, searcher: tantivy.Searcher, name: str, text: str) -> int:
        """In how many documents the term is, roughly: kept for choosing terms, not for ranking."""
        key = (name, text)
        known = self._frequencies.get(key)
        if known is None:
            known = searcher.doc_freq(name, text)
            if known:
                if len(self._frequencies) >= KNOWN_FREQUENCIES:
                    self._frequencies.clear()
                self._frequencies[key] = known
        return known

    @reads
    def complete(self, start: str, *, kind: str, limit: int = 8) -> list[str]:
        words = [token.text.lower() for token in tokens(normal(start))][:MAX_START_WORDS]
        if not words:
            return []
        clauses = [(Occur.Must, kind_query(kind, 1.0))]
        for word in words:
            starts = TQuery.term_query(SCHEMA, "start", word[:MAX_START], "basic")
            clauses.append((Occur.Must, TQuery.const_score_query(starts, 0.0)))
        searcher, begun = self.store.searcher(), TQuery.boolean_query(clauses)
        # Which of equals are offered does not matter: thousands may begin with three letters.
        found = searcher.search(begun, limit * 3, count=False, weight_by_field="boost").hits
        hits = sorted(_hits(searcher, found), key=lambda hit: (-round(hit.score, 5), hit.uid))
        return list(dict.fromkeys(hit.title for hit in hits if starts_with(hit.title, words)))[
            :limit
        ]

    # Writing

    @writes
    def upsert(self, documents: Iterable[Document]) -> None:
        self.store.write(lambda: ([], map(self._row, documents)))

    @writes
    def delete(self, uids: Iterable[str]) -> None:
        self.store.write(lambda: (list(uids), ()))

    @writes
    def refresh(self, uids: Iterable[str], load: Load) -> None:
        wanted = list(uids)
        self.store.write(lambda: (wanted, map(self._row, load(wanted))))

    @writes
    def rebuild(self, documents: Iterable[Document], progress: Callable[[int], None]) -> int:
        built_at = dt.datetime.now(dt.UTC).isoformat()
        rows = map(self._row, documents)
        return self.store.rebuild(rows, self.analyser.fingerprint, built_at, progress)

    # Knowing

    @reads
    def digests(self) -> dict[str, str]:
        found = self.store.searcher().terms_with_prefix("digest", "", TQuery.all_query(), None)
        pairs = (term.split(KIND_SEPARATOR) for term, count in found if count)
        return dict(pairs)

    @reads
    def status(self) -> Status:
        serving = self.store.current()
        searcher = self.store.searcher()
        stale = ""
        if serving.analyser != self.analyser.fingerprint:
            stale = f"built with {serving.analyser}, now {self.analyser.fingerprint}"
        return Status(
            documents=searcher.num_docs,
            analyser=serving.analyser,
            built_at=dt.datetime.fromisoformat(serving.built_at),
            stale=stale,
        )

    def _row(self, document: Document) -> Row:
        fields: dict[str, Any] = document_terms(self.analyser, document)
        fields["kind"] = document.kind
        fields["digest"] = f"{document.uid}{KIND_SEPARATOR}{document.digest}"
        fields["facets"] = {name: marked(values) for name, values in document.facets.items()}
        fields["title_key"] = title_key(document.title)
        # tantivy multiplies the score by log2(2 + field).
        fields["boost"] = float(2**document.boost - 2)
        fields["changed"] = int(document.changed_at.timestamp()) if document.changed_at else 0
        fields["area"] = area_number(document.area)
        if document.place:
            fields["latitude"] = float(document.place.latitude)
            fields["longitude"] = float(document.place.longitude)
        fields["start"] = starts(document.title)
        fields["stored"] = stored_text(document)
        return Row(document.uid, fields)


def _is_met(searcher: tantivy.Searcher, kind: str, slot: Slot) -> bool:
    """Whether some document meets it. There is no stopping at the first, so the rarest form is
    asked for first, and those not at all of which a need has no document of any kind."""
    ways = []
    for form in slot.forms:
        rarity = min(
            sum(searcher.doc_freq(term.field, term.text) for term in need) for need in form.needs
        )
        if rarity:
            ways.append((rarity, form))
    ways.sort(key=lambda way: way[0])
    return any(searcher.search(form_query(kind, form), 1, count=False).hits for _, form in ways)


Place = tuple[float, tantivy.DocAddress]  # score, where it is


def _read(
    searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """uid and what is stored of each."""
    documents = [searcher.doc(address) for address in addresses]
    # One JSON text for all: half the time of one for each.
    stored = json.loads(f"[{','.join(str(one.get_first('stored')) for one in documents)}]")
    return zip((str(one.get_first("uid")) for one in documents), stored, strict=True)


def _hits(searcher: tantivy.Searcher, found: list[Place]) -> list[Hit]:
    read = _read(searcher, [address for _, address in found])
    return [
        stored_hit(uid, score, stored)
        for (score, _), (uid, stored) in zip(found, read, strict=True)
    ]


def _best(
    searcher: tantivy.Searcher, query: TQuery, offset: int, limit: int
) -> tuple[int, tuple[Hit, ...]]:
    """A page of the best, equal scores by uid also across the edges of the page."""
    until = offset + limit
    if limit == 0:
        return _count(searcher.search(query, 1)), ()
    reach = until + SPARE
    while True:
        answer = searcher.search(query, reach, weight_by_field="boost")
        found = answer.hits
        scores = [round(score, 5) for score, _ in found]
        if len(found) < reach or scores[-1] < scores[until - 1]:
            break
        if reach > until + 2000:
            break
        reach = until + (reach - until) * 4
    if offset >= len(found):
        return _count(answer), ()
    # The page with those that share the scores of its first and its last.
    begin = scores.index(scores[offset])
    last = scores[min(until, len(scores)) - 1]
    end = until
    while end < len(scores) and scores[end] == last:
        end += 1
    hits = _hits(searcher, found[begin:end])
    hits.sort(key=lambda hit: (-round(hit.score, 5), hit.uid))
    return _count(answer), tuple(hits[offset - begin : until - begin])


def _ordered(
    searcher: tantivy.Searcher, query: TQuery, wanted: Query
) -> tuple[int, tuple[Hit, ...]]:
    by_title = wanted.sort == Sort.TITLE
    answer = searcher.search(
        query,
        max(wanted.limit, 1),
        order_by_field="title_key" if by_title else "changed",
        order=tantivy.Order.Asc if by_title else tantivy.Order.Desc,
        offset=wanted.offset,
    )
    found = [(0.0, address) for _, address in answer.hits[: wanted.limit]]
    return _count(answer), tuple(_hits(searcher, found))


def _count(answer: Any) -> int:
    """How many match in all; tantivy's type hints do not know of it."""
    return int(answer.count)
