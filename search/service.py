"""The search of this process: the engine that SEARCH_URL names, and the synonyms staff taught."""

import functools
import re
import threading
import time
from collections.abc import Callable, Container
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.db.models import F

from core import clock, ratelimit
from search.address import elastic_address
from search.analysis import Analyser, analyser
from search.base import SynonymSource
from search.engine import Engine, Query, Results, Sort, Status
from search.models import SynonymGroup, ZeroResult
from search.plan import Synonyms
from search.tantivy_engine import TantivyEngine

SYNONYMS_LIVE: Final = 1.0  # seconds between looks at the database
LOGGED_A_MINUTE: Final = 60
_PERSONAL = re.compile(r"\d|@|\(at\)|\(ät\)|\[at\]")
LOGGED_WORDS: Final = 6  # longer queries are sentences, and might tell of a person

Maker = Callable[[str, Analyser, SynonymSource], Engine]


def _tantivy(url: str, words: Analyser, synonyms: SynonymSource) -> Engine:
    parts = urlsplit(url)
    folder = unquote(parts.netloc + parts.path)
    if not folder.startswith("/"):
        raise ImproperlyConfigured(
            "SEARCH_URL: tantivy:// needs a whole path, such as tantivy:///var/lib/talkoot/index"
        )
    return TantivyEngine(Path(folder), words, synonyms)


def _elasticsearch(url: str, words: Analyser, synonyms: SynonymSource) -> Engine:
    # Its client takes a third of a second and 20 MB to load: only where it is used.
    from search.elastic_engine import ElasticEngine  # noqa: PLC0415

    return ElasticEngine(elastic_address(url), words, synonyms)


ENGINES: Final[dict[str, Maker]] = {
    "tantivy": _tantivy,
    "elasticsearch": _elasticsearch,
}


def make_engine(
    url: str, words: Analyser | None = None, synonyms: SynonymSource | None = None
) -> Engine:
    """The engine of an address; ImproperlyConfigured names what is wrong with it."""
    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme not in ENGINES:
        known = ", ".join(f"{name}://" for name in ENGINES)
        raise ImproperlyConfigured(f"SEARCH_URL: begins with {scheme or url!r}, not with {known}")
    return ENGINES[scheme](url, words or analyser(), synonyms or taught_synonyms)


@functools.cache
def _engine_of(url: str) -> Engine:
    return make_engine(url)


def engine() -> Engine:
    """The engine of this process, made at first use."""
    return _engine_of(settings.SEARCH_URL)


class _Taught:
    """Synonyms as the database has them, asked again after a second, remade when changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._state: object = None
        self._synonyms = Synonyms((), analyser())

    def now(self) -> Synonyms:
        with self._lock:
            if time.monotonic() - self._looked_at >= SYNONYMS_LIVE:
                rows = list(SynonymGroup.objects.order_by("pk"))
                state = [(row.pk, row.updated_at) for row in rows]
                if state != self._state:
                    self._synonyms = Synonyms([row.members() for row in rows], analyser())
                    self._state = state
                self._looked_at = time.monotonic()
            return self._synonyms

    def forget(self) -> None:
        with self._lock:
            self._looked_at = float("-inf")


_taught = _Taught()


def taught_synonyms() -> Synonyms:
    """What staff have taught, at most a second old."""
    return _taught.now()


def forget_synonyms() -> None:
    """Look at the database at the next query."""
    _taught.forget()


def search(query: Query) -> Results:
    """Search; SearchUnavailable when the index cannot answer. What finds nothing is counted."""
    results = engine().search(query)
    if results.total == 0 and query.text.strip() and not query.filters and query.offset == 0:
        note_zero_result(query.text, query.language)
    return results


def public_total(results: Results, public: Container[int]) -> int:
    """How many were found, without those of these hits that are public no longer. An index that
    lags behind may count more of them elsewhere, till it has caught up."""
    return results.total - sum(not hit.near and int(hit.pk) not in public for hit in results.hits)


def status() -> Status:
    """How the index is, once it has also answered a question: damage shows only in use."""
    found = engine().status()
    engine().search(Query(facets=("theme",), sort=Sort.TITLE, limit=1))
    return found


def note_zero_result(text: str, language: str) -> None:
    """Count words that nothing has, at most so many a minute: a flood of them tells nothing more.

    What may tell of a person (addresses, numbers, sentences) is not kept.
    """
    words = " ".join(text.lower().replace("\0", " ").split())
    if (
        not words
        or len(words) > 100
        or words.count(" ") >= LOGGED_WORDS
        or _PERSONAL.search(words)
        or not ratelimit.allow("zero-results", "all", limit=LOGGED_A_MINUTE, seconds=60)
    ):
        return
    row = {"words": words, "language": language, "day": clock.local(clock.now()).date()}
    try:
        with transaction.atomic():
            counted = ZeroResult.objects.filter(**row)
            if not counted.update(count=F("count") + 1):
                ZeroResult.objects.bulk_create([ZeroResult(**row)], ignore_conflicts=True)
                counted.update(count=F("count") + 1)
    except DatabaseError:
        return  # a count is not worth a failed search
