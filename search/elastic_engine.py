"""The engine for large catalogues: a server of Elasticsearch 8, or several."""

import datetime as dt
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from elasticsearch.dsl import MultiSearch, Search

from search.address import ElasticAddress
from search.alike import (
    KNOWN_FREQUENCIES,
    SIMILAR_POOL,
    SIMILAR_TERMS,
    Key,
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
from search.elastic_faults import Silence, reads, works
from search.elastic_query import (
    SHOWN,
    alike_query,
    all_words,
    begun_query,
    facet_counts,
    met_query,
    near_query,
)
from search.elastic_store import ElasticStore, Row
from search.engine import Document, Hit, Likeness, Load, Query, Sort, Status
from search.plan import Plan, Slot

LIKE_WORDS: Final = 100
# A second line behind the limits of plan.py. The server looks at a clock of 200 ms: less than that
# would cut quick queries short.
ENOUGH: Final = "250ms"

# It tells of every request, and of every retry with its address.
logging.getLogger("elastic_transport").setLevel(logging.ERROR)


class ElasticEngine(BaseEngine):
    name = "elasticsearch"

    def __init__(
        self, address: ElasticAddress, analyser: Analyser, synonyms: SynonymSource
    ) -> None:
        super().__init__(analyser, synonyms)
        self.store = ElasticStore(address)
        self.silence = Silence()
        self._frequencies: dict[Key, int] = {}
        self._number = 0

    def _search(self) -> Search:
        return Search(using=self.store.client, index=self.store.serving)

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer as it came: `execute` would wrap each of its parts."""
        body = {**request, "timeout": ENOUGH}
        return dict(self.store.client.search(index=self.store.serving, body=body))

    # Searching

    @reads
    def _all_words(self, query: Query, plan: Plan) -> Found:
        answer = self._answer(all_words(plan, query))
        ranked = query.sort == Sort.RELEVANCE
        return Found(
            total=answer["hits"]["total"]["value"],
            hits=tuple(_hit(hit, hit["_score"] if ranked else 0.0) for hit in _hits(answer)),
            facets=facet_counts(answer.get("aggregations", {}), query.facets),
            partial=answer["timed_out"],
        )

    @reads
    def _any_word(
        self, query: Query, slots: tuple[Slot, ...], *, without: frozenset[str], limit: int
    ) -> tuple[Hit, ...]:
        near = near_query(query.kind, slots, query.filters, without)
        return self._best(near, limit)

    def _best(self, query: Any, limit: int) -> tuple[Hit, ...]:
        search = self._search()[:limit].source(SHOWN).sort("_score", "uid")
        frame = search.extra(track_total_hits=False).to_dict()
        answer = self._answer({**frame, "query": query})
        return tuple(_hit(hit, hit["_score"]) for hit in _hits(answer))

    @reads
    def _unmet(self, kind: str, slots: tuple[Slot, ...]) -> list[Slot]:
        if not slots:
            return []
        several = MultiSearch(using=self.store.client, index=self.store.serving)
        for slot in slots:
            one = self._search().query(met_query(kind, slot))
            several = several.add(one[:0].extra(terminate_after=1, track_total_hits=1))
        answers = [dict(answer.to_dict()) for answer in several.execute()]
        return [
            slot
            for slot, answer in zip(slots, answers, strict=True)
            if not answer["hits"]["total"]["value"]
        ]

    @reads
    def _words_like(self, word: str) -> list[tuple[str, int]]:
        """Words that at most two letters set apart, and those only: a list of all that begin the
        same would have to be read from every document."""
        search = self._search()[:0].suggest(
            *("like", word),
            term={
                "field": "lemma",
                "suggest_mode": "always",
                "max_term_freq": 1_000_000_000,
                "prefix_length": 2,
                "max_edits": 2,
                "size": LIKE_WORDS,
                "string_distance": "damerau_levenshtein",
                "shard_size": LIKE_WORDS,
                "max_inspections": 20,
                "accuracy": 0.0,
            },
        )
        found = self._answer(search.to_dict())["suggest"]["like"]
        return [(option["text"], option["freq"]) for one in found for option in one["options"]]

    @reads
    def similar(self, likeness: Likeness) -> tuple[Hit, ...]:
        counts = telling_terms(self.analyser, likeness)
        if len(counts) > SIMILAR_TERMS:
            known, number = self._documents_with(counts)
        else:  # none needs to be left out, so all may be asked; terms that nothing has cost little
            known, number = dict.fromkeys(counts, 1), 1
        telling = list(most_telling(counts, known, number))
        if not telling:
            return ()
        shown = [*SHOWN, "area", "latitude", "longitude"]
        search = self._search()[:SIMILAR_POOL].source(shown).extra(track_total_hits=False)
        alike = alike_query(likeness.kind, telling)
        hits = []
        for hit in _hits(self._answer({**search.to_dict(), "query": alike})):
            its, score = hit["_source"], hit["_score"]
            if its["uid"] in likeness.without:
                continue
            factor = place_factor(likeness, its["area"], its.get("latitude"), its.get("longitude"))
            stored = json.loads(its["stored"])
            parts = {"text": score, "place": factor}
            hits.append(Hit(its["uid"], score * factor, parts, stored["payload"], stored["title"]))
        hits.sort(key=lambda hit: (-hit.score, hit.uid))
        return tuple(hits[: likeness.limit])

    def _documents_with(self, counts: Mapping[Key, float]) -> tuple[dict[Key, int], int]:
        """In how many documents each term is, roughly: kept for choosing terms, not for ranking."""
        unknown: dict[str, list[str]] = {}
        for name, text in counts:
            if (name, text) not in self._frequencies:
                unknown.setdefault(name, []).append(text)
        if unknown:
            if len(self._frequencies) >= KNOWN_FREQUENCIES:
                self._frequencies.clear()
            answer = self.store.client.termvectors(
                index=self.store.serving,
                doc={name: " ".join(texts) for name, texts in unknown.items()},
                fields=list(unknown),
                term_statistics=True,
                positions=False,
                offsets=False,
            )
            for name, vector in answer["term_vectors"].items():
                self._number = max(vector["field_statistics"]["doc_count"], 1)
                for text, its in vector["terms"].items():
                    if documents := its.get("doc_freq", 0):
                        self._frequencies[name, text] = documents
        return {key: self._frequencies.get(key, 0) for key in counts}, max(self._number, 1)

    @reads
    def complete(self, start: str, *, kind: str, limit: int = 8) -> list[str]:
        words = [token.text.lower() for token in tokens(normal(start))][:MAX_START_WORDS]
        if not words:
            return []
        hits = self._best(begun_query(kind, [word[:MAX_START] for word in words]), limit * 3)
        return list(dict.fromkeys(hit.title for hit in hits if starts_with(hit.title, words)))[
            :limit
        ]

    # Writing

    @works
    def upsert(self, documents: Iterable[Document]) -> None:
        self.store.write(lambda: map(self._row, documents))

    @works
    def delete(self, uids: Iterable[str]) -> None:
        self.store.write(lambda: [(uid, None) for uid in uids])

    @works
    def refresh(self, uids: Iterable[str], load: Load) -> None:
        wanted = list(uids)
        self.store.write(lambda: [*((uid, None) for uid in wanted), *map(self._row, load(wanted))])

    @works
    def rebuild(self, documents: Iterable[Document], progress: Callable[[int], None]) -> int:
        return self.store.rebuild(map(self._row, documents), self.analyser.fingerprint, progress)

    # Knowing

    @works
    def digests(self) -> dict[str, str]:
        return {its["uid"]: its["digest"] for its in self.store.everything("uid", "digest")}

    @reads
    def status(self) -> Status:
        built = self.store.built_with()
        counted = self._search().query("exists", field="kind").count()
        stale = ""
        if built["analyser"] != self.analyser.fingerprint:
            stale = f"built with {built['analyser']}, now {self.analyser.fingerprint}"
        return Status(
            documents=counted,
            analyser=built["analyser"],
            built_at=dt.datetime.fromisoformat(built["built_at"]),
            stale=stale,
        )

    def _row(self, document: Document) -> Row:
        fields: dict[str, Any] = document_terms(self.analyser, document)
        fields |= {
            "kind": document.kind,
            "digest": document.digest,
            "facets": {name: list(values) for name, values in document.facets.items()},
            "title_key": title_key(document.title),
            "boost": document.boost,
            "changed": int(document.changed_at.timestamp()) if document.changed_at else 0,
            "area": area_number(document.area),
            "start": starts(document.title),
            "stored": stored_text(document),
        }
        if document.place:
            fields["latitude"] = float(document.place.latitude)
            fields["longitude"] = float(document.place.longitude)
        return document.uid, fields


def _hits(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(answer["hits"]["hits"])


def _hit(hit: dict[str, Any], score: float) -> Hit:
    its = hit["_source"]
    return stored_hit(its["uid"], score, json.loads(its["stored"]))
