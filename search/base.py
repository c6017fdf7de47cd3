"""What every engine does alike: plan, search, near misses when little is found, suggestion."""

import copy
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from search.analysis import Analyser, fold, normal, tokens
from search.engine import (
    NEAR_MISSES,
    Document,
    Hit,
    Likeness,
    Load,
    Query,
    Results,
    Sort,
    Status,
    capped,
)
from search.plan import Plan, Slot, Synonyms, make_plan

TITLE_TIMES: Final = 3
LETTERS_OF: Final = 2  # words of a query that letters in common may come near to
NOTHING: Final = "_"
MAX_START: Final = 10  # letters of a title's word that completion knows
MAX_START_WORDS: Final = 12
SynonymSource = Callable[[], Synonyms]


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine found, best first, ties by uid."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[tuple[str, int], ...]]
    partial: bool = False


class BaseEngine(ABC):
    name: str

    def __init__(self, analyser: Analyser, synonyms: SynonymSource) -> None:
        self.analyser = analyser
        self.synonyms = synonyms

    def with_synonyms(self, synonyms: Synonyms) -> Self:
        """The same index, asked as if these had been taught."""
        other = copy.copy(self)
        other.synonyms = lambda: synonyms
        return other

    def search(self, query: Query) -> Results:
        query = query.within_limits()
        plan = make_plan(query.text, query.language, self.analyser, self.synonyms())
        if query.text.strip() and not plan:
            return Results(total=0, hits=(), facets=dict.fromkeys(query.facets, ()))
        found = self._all_words(query, plan)
        suggestion = ""
        hits = found.hits
        wanted = min(NEAR_MISSES, query.limit) - found.total if found.total < query.fill else 0
        if plan and wanted > 0 and query.offset == 0 and query.sort == Sort.RELEVANCE:
            unmet = self._unmet(query.kind, plan.slots)
            better = self._better_words(query, unmet)
            if better and found.total == 0:
                suggestion = _with_words(plan, better)
            near = self._any_word(
                query,
                _near(plan.slots, unmet, better, self._slots_of(better.values(), query)),
                without=frozenset(hit.uid for hit in hits),
                limit=wanted,
            )
            hits += tuple(replace(hit, near=True) for hit in near)
        return Results(
            total=found.total,
            hits=hits,
            facets=found.facets,
            near_misses=found.total == 0 and bool(hits),
            suggestion=suggestion,
            truncated=plan.truncated,
            partial=found.partial,
        )

    @abstractmethod
    def _all_words(self, query: Query, plan: Plan) -> Found:
        """Documents that meet every slot; all documents for an empty plan."""

    @abstractmethod
    def _any_word(
        self, query: Query, slots: tuple[Slot, ...], *, without: frozenset[str], limit: int
    ) -> tuple[Hit, ...]:
        """Documents that meet a slot, one of its hints, or half of a word's grams."""

    @abstractmethod
    def _unmet(self, kind: str, slots: tuple[Slot, ...]) -> list[Slot]:
        """Slots that no document meets."""

    @abstractmethod
    def _words_like(self, word: str) -> list[tuple[str, int]]:
        """Indexed lemmas that begin like the word, with the number of documents."""

    @abstractmethod
    def similar(self, likeness: Likeness) -> tuple[Hit, ...]: ...

    @abstractmethod
    def complete(self, start: str, *, kind: str, limit: int = 8) -> list[str]: ...

    @abstractmethod
    def upsert(self, documents: Iterable[Document]) -> None: ...

    @abstractmethod
    def delete(self, uids: Iterable[str]) -> None: ...

    @abstractmethod
    def refresh(self, uids: Iterable[str], load: Load) -> None: ...

    @abstractmethod
    def rebuild(self, documents: Iterable[Document], progress: Callable[[int], None]) -> int: ...

    @abstractmethod
    def digests(self) -> dict[str, str]: ...

    @abstractmethod
    def status(self) -> Status: ...

    def _better_words(self, query: Query, unmet: list[Slot]) -> dict[Slot, str]:
        """For each slot that no document meets, the nearest word that some document has."""
        better: dict[Slot, str] = {}
        for slot in unmet[:3]:
            word = slot.surface.lower()
            if " " in word or len(word) < 4:
                continue
            known = self.analyser.suggest(word)[:5] if query.language == "fi" else []
            slots = [(s, self._slots_of([s], query)) for s in known if " " not in s]
            missing = self._unmet(query.kind, tuple(t for _, found in slots for t in found))
            candidates = [
                (distance(word, text), 0, text)
                for text, found in slots
                if found and not any(slot in missing for slot in found)
            ]
            within = 1 if len(word) < 6 else 2
            candidates += [
                (distance(word, text), -count, text)
                for text, count in self._words_like(word)
                if abs(len(text) - len(word)) <= within
            ]
            close = [c for c in candidates if 0 < c[0] <= within]
            if close:
                better[slot] = min(close)[2]
        return better

    def _slots_of(self, words: Iterable[str], query: Query) -> tuple[Slot, ...]:
        plans = [make_plan(w, query.language, self.analyser, self.synonyms()) for w in words]
        return tuple(slot for plan in plans for slot in plan.slots)


def _near(
    slots: tuple[Slot, ...],
    unmet: list[Slot],
    better: Mapping[Slot, str],
    corrected: tuple[Slot, ...],
) -> tuple[Slot, ...]:
    """Letters in common cost the most: only for words that no document has in any form, and for
    which no better word is known."""
    lettered = [slot for slot in unmet if slot not in better][:LETTERS_OF]
    near = (*(slot for slot in slots if slot not in lettered), *corrected)
    return (*lettered, *(replace(slot, grams=()) for slot in near))


def _with_words(plan: Plan, better: dict[Slot, str]) -> str:
    text = plan.text
    for slot in sorted(better, key=lambda slot: -slot.start):
        text = text[: slot.start] + better[slot] + text[slot.end :]
    return text.strip()


def distance(one: str, other: str) -> int:
    """Letters changed, added, left out, or two neighbours swapped; diacritics cost nothing.

    Optimal string alignment distance, capped at 4. Equal after folding but not before: 1.
    """
    if one == other:
        return 0
    a, b = fold(one), fold(other)
    if a == b:
        return 1
    if abs(len(a) - len(b)) > 3:
        return 4
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, row = row, now
    return min(row[-1], 4)


def document_terms(analyser: Analyser, document: Document) -> dict[str, str]:
    """The document's terms by field, its title three times.

    Engines differ in whether a document without a field counts in that field's statistics, so
    none is without: a term that no query has stands for nothing.
    """
    texts = [(document.title, document.language, TITLE_TIMES)]
    texts += [(text, document.language, 1) for text in document.body]
    texts += [(text, language, 1) for language, text in document.others]
    return {name: terms or NOTHING for name, terms in analyser.document(texts)._asdict().items()}


def title_key(title: str) -> str:
    """What lists by title are sorted by."""
    return fold(normal(title).casefold())[:100]


def stored_text(document: Document) -> str:
    """What comes back with a hit."""
    stored = {
        "title": document.title,
        "payload": dict(document.payload),
        "boosts": document.capped_boosts,
    }
    return json.dumps(stored, ensure_ascii=False, default=str)


def stored_hit(uid: str, score: float, stored: Mapping[str, Any]) -> Hit:
    """A hit of what `stored_text` has kept."""
    boosts = stored["boosts"]
    parts = {"text": score / capped(boosts) if boosts else score, **boosts}
    return Hit(uid, score, parts, stored["payload"], stored["title"])


def starts(title: str) -> str:
    """Beginnings of the title's words, for completion: `k ki kir kirj …`."""
    words = [token.text.lower() for token in tokens(normal(title))][:MAX_START_WORDS]
    found = (word[:n] for word in words for n in range(1, min(len(word), MAX_START) + 1))
    return " ".join(dict.fromkeys(found))


def starts_with(title: str, words: list[str]) -> bool:
    """Whether each of what has been typed begins a word of the title."""
    of_title = [token.text.lower() for token in tokens(normal(title))]
    return all(any(has.startswith(word) for has in of_title) for word in words)
