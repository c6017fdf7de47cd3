"""What a search engine must do, and the plain data that goes in and comes out.

Engines store the terms of analysis.py and add no analysis of their own, so that the same query
finds the same documents on each. An engine is chosen by SEARCH_URL (see service.py).
"""

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from operator import itemgetter
from typing import Any, Final, Protocol

MAX_LIMIT: Final = 200
MAX_OFFSET: Final = 10_000
NEAR_MISSES: Final = 10  # with how many hits near misses stop
FACET_VALUES: Final = 1000  # most values of a facet that are counted
MAX_BOOST: Final = 1.3  # no set of circumstances lifts a text by more
MAX_ONE_BOOST: Final = 1.15
_NAME = re.compile(r"[a-z][a-z_]{0,39}")


class SearchUnavailable(Exception):
    """The index is missing, broken or out of reach: list from the database and say so."""


class ServerDown(SearchUnavailable):
    """The search server does not answer: nothing that can be mended from here."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float


def capped(boosts: Mapping[str, float]) -> float:
    """All boosts together, no more than they may lift."""
    return min(math.prod(boosts.values()), MAX_BOOST)


def by_number(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """(value, number) pairs, the most frequent first, then by value."""
    pairs = sorted(counts, key=itemgetter(0))
    pairs.sort(key=itemgetter(1), reverse=True)  # leaves equals in their order
    return tuple(pairs)


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found.

    `uid` is `kind:pk`. `others` has texts in other languages than `language`. A boost is a factor
    from 1 to 1.15 with the name of its reason. `payload` comes back with a hit: what a card shows.
    """

    uid: str
    kind: str
    language: str
    title: str
    body: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    boosts: Mapping[str, float] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    changed_at: dt.datetime | None = None
    place: Place | None = None
    area: str = ""

    def __post_init__(self) -> None:
        for name in self.facets:
            if not _NAME.fullmatch(name):
                raise ValueError(f"not a name of a facet: {name!r}")

    @property
    def capped_boosts(self) -> dict[str, float]:
        """Those that make a difference, each within its bounds."""
        bounded = {name: min(factor, MAX_ONE_BOOST) for name, factor in self.boosts.items()}
        return {name: factor for name, factor in bounded.items() if factor > 1.0}

    @property
    def boost(self) -> float:
        return capped(self.capped_boosts)

    @property
    def digest(self) -> str:
        """Changes when anything does that a search or a card could show."""
        whole = json.dumps(asdict(self), default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Query:
    """`filters`: OR inside a facet, AND between facets. `facets`: those to count.

    `fill`: with fewer hits than this in all, near misses are added after them, up to ten hits.
    The usual 1 gives them only when nothing is found; 0 never does.
    """

    text: str = ""
    language: str = "fi"
    kind: str = "solution"
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 20
    sort: Sort = Sort.RELEVANCE
    fill: int = 1

    def within_limits(self) -> "Query":
        """The same query with nothing out of bounds; empty filters and odd names are dropped."""
        return replace(
            self,
            offset=min(max(self.offset, 0), MAX_OFFSET),
            limit=min(max(self.limit, 0), MAX_LIMIT),
            fill=min(max(self.fill, 0), MAX_LIMIT),
            filters={
                name: tuple(dict.fromkeys(values))[:100]
                for name, values in self.filters.items()
                if values and _NAME.fullmatch(name)
            },
            facets=tuple(name for name in self.facets if _NAME.fullmatch(name)),
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """`parts` tells why the score is what it is: `text` times the named factors.

    `near` hits have only some of the words, or words like them; `total` does not count them.
    """

    uid: str
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    near: bool = False

    @property
    def pk(self) -> str:
        return self.uid.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Results:
    """`near_misses`: nothing has all the words, the hits are only like what was asked for.

    `suggestion` is the whole query spelled better. `truncated`: the query had too many words.
    `partial`: the engine ran out of time, so there may be more than was found and counted.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    near_misses: bool = False
    suggestion: str = ""
    truncated: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """How the index is. `analyser` is the fingerprint it was built with."""

    documents: int
    analyser: str
    built_at: dt.datetime | None
    stale: str = ""  # why a rebuild is needed; empty when it is not


@dataclass(frozen=True, slots=True)
class Likeness:
    """What to find similar things to."""

    title: str
    text: str
    kind: str
    language: str = "fi"
    place: Place | None = None
    area: str = ""
    limit: int = 5
    without: frozenset[str] = frozenset()


Load = Callable[[list[str]], Iterable[Document]]


class Engine(Protocol):
    """Every method may raise SearchUnavailable."""

    name: str

    def with_synonyms(self, synonyms: Any) -> "Engine":
        """The same index, asked as if these (plan.Synonyms) had been taught, and no others."""

    def search(self, query: Query) -> Results: ...

    def similar(self, likeness: Likeness) -> tuple[Hit, ...]: ...

    def complete(self, start: str, *, kind: str, limit: int = 8) -> list[str]:
        """Titles with a word that begins with what has been typed."""

    def upsert(self, documents: Iterable[Document]) -> None:
        """Put in, or put in place of the one with the same uid; seen by searches within 1 s."""

    def delete(self, uids: Iterable[str]) -> None: ...

    def refresh(self, uids: Iterable[str], load: Load) -> None:
        """Make these uids be as `load` says now: those that it does not return are taken out.

        An older state never wins, whoever else writes at the same time: nobody can (tantivy), or
        what began to load later counts (Elasticsearch).
        """

    def rebuild(self, documents: Iterable[Document], progress: Callable[[int], None]) -> int:
        """Build a new index beside the living one and switch; how many documents it has.

        Changes that come while it is being built are in the new one too. Killed half-way,
        the old one goes on serving.
        """

    def digests(self) -> dict[str, str]:
        """Every uid in the index with its document's digest."""

    def status(self) -> Status: ...
