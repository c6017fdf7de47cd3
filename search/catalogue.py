"""The catalogue's page: what the address asks for, and what the engine or the database answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from catalogue import choice
from catalogue.choice import Choice
from catalogue.models import Solution
from catalogue.queries import comparable, published_by_pk, row_of, with_users
from core.cards import SolutionRow
from search.analysis import analyser
from search.documents import size_of
from search.engine import Query, SearchUnavailable, Sort
from search.facets import FACETS, MOST_VALUES, Facet, asked_for, facets_of, labels
from search.highlight import Highlighter
from search.plain import plain_list
from search.service import public_total, search, taught_synonyms

PER_PAGE: Final = 20
MOST_WORDS: Final = 300  # characters of a query

SORTS: Final = {
    Sort.RELEVANCE.value: gettext_lazy("Best match first"),
    Sort.NEWEST.value: gettext_lazy("Newest first"),
    Sort.TITLE.value: gettext_lazy("By title"),
}


@dataclass(frozen=True)
class Applied:
    """A filter that is on, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Asked:
    """What the address says, within limits."""

    words: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    page: int
    language: str
    more: bool = False  # all the questions of the facets are shown
    compared: tuple[str, ...] = ()  # slugs that go along: no part of the search
    cut: bool = False  # there were more letters than are taken

    @classmethod
    def read(cls, params: QueryDict, *, language: str, compared: tuple[str, ...] = ()) -> "Asked":
        page = params.get("page", "1")
        sort = params.get("sort", "")
        words = " ".join(params.get("q", "").replace("\x00", " ").split())
        return cls(
            words=words[:MOST_WORDS],
            filters={
                name: values for name in FACETS if (values := tuple(_values(params.getlist(name))))
            },
            sort=sort if sort in SORTS else Sort.RELEVANCE.value,
            page=min(max(int(page), 1), 500) if page.isdecimal() and len(page) < 5 else 1,
            language=language,
            more=params.get("more") == "1",
            compared=compared,
            cut=len(words) > MOST_WORDS,
        )

    @property
    def order(self) -> Sort:
        """Without words every match is as good: by title."""
        plain = not self.words and self.sort == Sort.RELEVANCE.value
        return Sort.TITLE if plain else Sort(self.sort)

    def address(self, *, without: tuple[str, str] | None = None, page: int | None = None) -> str:
        """The query part of this search's address, with one filter taken off or another page."""
        pairs: list[tuple[str, str]] = [("q", self.words)] if self.words else []
        pairs += [
            (name, value)
            for name, values in self.filters.items()
            for value in values
            if (name, value) != without
        ]
        if self.sort != Sort.RELEVANCE.value:
            pairs.append(("sort", self.sort))
        if self.more:
            pairs.append(("more", "1"))
        pairs += [(choice.NAME, slug) for slug in self.compared]
        if page and page > 1:
            pairs.append(("page", str(page)))
        return "?" + urlencode(pairs)

    def search_address(self) -> str:
        """The same without what is compared: for files and feeds."""
        return replace(self, compared=()).address()


def _values(given: Iterable[str]) -> Iterator[str]:
    """What was chosen of a facet, each once, within limits."""
    cleaned = (value.replace("\x00", "").strip()[:100] for value in given)
    yield from list(dict.fromkeys(value for value in cleaned if value))[:MOST_VALUES]


@dataclass(frozen=True)
class Found:
    """All that the page shows. `down`: the list comes from the database, unsearched. `partial`:
    the engine ran out of time, so there may be more."""

    asked: Asked
    total: int
    rows: tuple[SolutionRow, ...]
    facets: tuple[Facet, ...]
    applied: tuple[Applied, ...]
    near_misses: bool
    suggestion: str
    truncated: bool
    partial: bool
    down: bool

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    @property
    def previous_url(self) -> str:
        return self.asked.address(page=self.asked.page - 1) if self.asked.page > 1 else ""

    @property
    def next_url(self) -> str:
        return self.asked.address(page=self.asked.page + 1) if self.asked.page < self.pages else ""

    @property
    def more_url(self) -> str:
        """All the questions; "" when they are here already."""
        return "" if self.asked.more else replace(self.asked, more=True).address()

    @property
    def bare_url(self) -> str:
        """The same words without any choice."""
        return replace(self.asked, filters={}).address()

    @property
    def suggestion_url(self) -> str:
        words = replace(self.asked, words=self.suggestion, filters={}, more=False)
        return replace(words, sort=Sort.RELEVANCE.value).address()


@dataclass(frozen=True)
class Like:
    """One press for a municipality: what others of its size and region have."""

    name: str
    url: str
    chosen: bool


def likes(asked: Asked, municipalities: Iterable[Organisation]) -> tuple[Like, ...]:
    """For each municipality whose size or region is known; pressed again it is taken off."""
    found = []
    for one in municipalities:
        own = {
            name: (value,)
            for name, value in (("size", size_of(one)), ("region", one.region))
            if value
        }
        if not own:
            continue
        chosen = all(asked.filters.get(name) == values for name, values in own.items())
        others = {name: values for name, values in asked.filters.items() if name not in own}
        filters = others if chosen else {**others, **own}
        url = replace(asked, filters=filters, page=1).address()
        found.append(Like(name=one.name, url=url, chosen=chosen))
    return tuple(found)


def find(asked: Asked, compared: Choice | None = None) -> Found:
    """Search, or list from the database when the index is out of reach.

    A page beyond the last one is the last one. With `compared`, rows can be chosen for comparison.
    """
    found = _find(asked, compared)
    if asked.page > found.pages:
        return _find(replace(asked, page=found.pages), compared)
    return found


def _find(asked: Asked, compared: Choice | None) -> Found:
    try:
        results = search(
            Query(
                text=asked.words,
                language=asked.language,
                filters=asked.filters,
                facets=asked_for(asked.filters, more=asked.more),
                offset=(asked.page - 1) * PER_PAGE,
                limit=PER_PAGE,
                sort=asked.order,
            )
        )
    except SearchUnavailable:
        return _from_database(asked, compared)
    known = labels()
    marker = Highlighter(asked.words, asked.language, analyser(), taught_synonyms())
    pks = [int(hit.pk) for hit in results.hits]
    found = published_by_pk(pks)
    rows = tuple(
        replace(
            comparable(
                row_of(found[pk], mark=marker.mark if marker else None), found[pk], compared
            ),
            why_url=_why_url(asked, found[pk]),
        )
        for pk in pks
        if pk in found
    )
    return Found(
        asked=asked,
        total=public_total(results, found),
        rows=rows,
        facets=facets_of(asked.filters, results.facets, known),
        applied=_applied(asked, known),
        near_misses=results.near_misses,
        suggestion=results.suggestion,
        truncated=results.truncated or asked.cut,
        partial=results.partial,
        down=False,
    )


def _why_url(asked: Asked, solution: Solution) -> str:
    """Where it is told why this was found; "" when nothing was searched for."""
    if not asked.words:
        return ""
    return reverse("search:why", args=[solution.slug]) + asked.address(page=asked.page)


def _from_database(asked: Asked, compared: Choice | None) -> Found:
    listed = plain_list(asked.words, asked.filters, newest=asked.order == Sort.NEWEST)
    start = (asked.page - 1) * PER_PAGE
    return Found(
        asked=asked,
        total=listed.count(),
        rows=tuple(
            comparable(row_of(one), one, compared)
            for one in with_users(listed)[start : start + PER_PAGE]
        ),
        facets=(),
        applied=_applied(asked, labels()),
        near_misses=False,
        suggestion="",
        truncated=asked.cut,
        partial=False,
        down=True,
    )


def applied(asked: Asked) -> tuple[Applied, ...]:
    """The filters of the search by their names."""
    return _applied(asked, labels())


def _applied(asked: Asked, labels: Mapping[str, Mapping[str, str]]) -> tuple[Applied, ...]:
    return tuple(
        Applied(
            label=labels.get(name, {}).get(value, value),
            url=asked.address(without=(name, value)),
        )
        for name, values in asked.filters.items()
        for value in values
    )
