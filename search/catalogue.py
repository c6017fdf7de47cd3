"""The catalogue's page: what the address asks for, and what the engine or the database answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Solution
from catalogue.queries import published_by_pk, row_of, with_users
from catalogue.states import CostBand, Offer, Readiness
from challenges.models import Challenge, Theme
from core.cards import SolutionRow
from core.multilingual import text
from search.analysis import analyser
from search.engine import Query, Results, SearchUnavailable, Sort
from search.highlight import Highlighter
from search.service import search, taught_synonyms

PER_PAGE: Final = 20
MOST_VALUES: Final = 12
MOST_WORDS: Final = 300  # characters of a query

# As questions, in the order of the page. The names are the engine's.
FACETS: Final = {
    "theme": gettext_lazy("What is it about?"),
    "readiness": gettext_lazy("How ready?"),
    "offer": gettext_lazy("How do I get it?"),
    "cost": gettext_lazy("What does a pilot cost?"),
    "size": gettext_lazy("Size of the municipality"),
    "municipality": gettext_lazy("From which municipality?"),
    "challenge": gettext_lazy("From which challenge?"),
    "award": gettext_lazy("Award"),
}
SIZES: Final = {
    "under_5k": gettext_lazy("under 5,000 residents"),
    "5k_20k": gettext_lazy("5,000–20,000"),
    "20k_100k": gettext_lazy("20,000–100,000"),
    "over_100k": gettext_lazy("over 100,000"),
}
SORTS: Final = {
    Sort.RELEVANCE.value: gettext_lazy("Best match first"),
    Sort.NEWEST.value: gettext_lazy("Newest first"),
    Sort.TITLE.value: gettext_lazy("By title"),
}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    question: str
    options: tuple[Option, ...]


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

    @classmethod
    def read(cls, params: QueryDict, *, language: str) -> "Asked":
        page = params.get("page", "1")
        sort = params.get("sort", "")
        return cls(
            words=" ".join(params.get("q", "").replace("\x00", " ").split())[:MOST_WORDS],
            filters={
                name: values for name in FACETS if (values := tuple(_values(params.getlist(name))))
            },
            sort=sort if sort in SORTS else Sort.RELEVANCE.value,
            page=min(max(int(page), 1), 500) if page.isdecimal() and len(page) < 5 else 1,
            language=language,
        )

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
        if page and page > 1:
            pairs.append(("page", str(page)))
        return "?" + urlencode(pairs)


def _values(given: Iterable[str]) -> Iterator[str]:
    """What was chosen of a facet, each once, within limits."""
    cleaned = (value.replace("\x00", "").strip()[:100] for value in given)
    yield from list(dict.fromkeys(value for value in cleaned if value))[:MOST_VALUES]


@dataclass(frozen=True)
class Found:
    """All that the page shows. `down` says that the list comes from the database, unsearched."""

    asked: Asked
    total: int
    rows: tuple[SolutionRow, ...]
    facets: tuple[Facet, ...]
    applied: tuple[Applied, ...]
    near_misses: bool
    suggestion: str
    truncated: bool
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
    def suggestion_url(self) -> str:
        return "?" + urlencode({"q": self.suggestion})


def find(asked: Asked) -> Found:
    """Search, or list from the database when the index is out of reach.

    A page beyond the last one is the last one.
    """
    found = _find(asked)
    if asked.page > found.pages:
        return _find(replace(asked, page=found.pages))
    return found


def _find(asked: Asked) -> Found:
    try:
        results = search(
            Query(
                text=asked.words,
                language=asked.language,
                filters=asked.filters,
                facets=tuple(FACETS),
                offset=(asked.page - 1) * PER_PAGE,
                limit=PER_PAGE,
                sort=Sort(asked.sort) if asked.words or asked.sort != "relevance" else Sort.TITLE,
            )
        )
    except SearchUnavailable:
        return _from_database(asked)
    known = labels()
    marker = Highlighter(asked.words, asked.language, analyser(), taught_synonyms())
    pks = [int(hit.pk) for hit in results.hits]
    found = published_by_pk(pks)
    rows = tuple(
        row_of(found[pk], mark=marker.mark if marker else None) for pk in pks if pk in found
    )
    return Found(
        asked=asked,
        total=results.total,
        rows=rows,
        facets=_facets(asked, results, known),
        applied=_applied(asked, known),
        near_misses=results.near_misses,
        suggestion=results.suggestion,
        truncated=results.truncated,
        down=False,
    )


def _from_database(asked: Asked) -> Found:
    listed = _plain(asked)
    start = (asked.page - 1) * PER_PAGE
    return Found(
        asked=asked,
        total=listed.count(),
        rows=tuple(row_of(one) for one in with_users(listed)[start : start + PER_PAGE]),
        facets=(),
        applied=_applied(asked, labels()),
        near_misses=False,
        suggestion="",
        truncated=False,
        down=True,
    )


def _plain(asked: Asked) -> QuerySet[Solution]:
    """What the database alone can do: letters in title or summary, and the plain filters."""
    listed = Solution.objects.published().order_by("title", "pk")
    for word in asked.words.split()[:8]:
        listed = listed.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    columns = {
        "theme": "theme__key__in",
        "readiness": "readiness__in",
        "offer": "offer__in",
        "cost": "cost_band__in",
        "municipality": "municipality__in",
        "challenge": "challenge__slug__in",
    }
    for name, values in asked.filters.items():
        if name in columns:
            listed = listed.filter(**{columns[name]: values})
    return listed


def labels() -> dict[str, dict[str, str]]:
    """Words for the engine's values; a value without any is shown as it is."""
    return {
        "theme": {theme.key: text(theme.name) for theme in Theme.objects.all()},
        "challenge": {
            slug: text(name)
            for slug, name in Challenge.objects.opened().values_list("slug", "name")
        },
        "readiness": {value: str(label) for value, label in Readiness.choices},
        "offer": {value: str(label) for value, label in Offer.choices},
        "cost": {value: str(label) for value, label in CostBand.choices},
        "size": {value: str(label) for value, label in SIZES.items()},
        "award": {"yes": _("Award winner")},
    }


def _facets(
    asked: Asked, results: Results, labels: Mapping[str, Mapping[str, str]]
) -> tuple[Facet, ...]:
    facets = []
    for name, question in FACETS.items():
        chosen = asked.filters.get(name, ())
        counts = dict(results.facets.get(name, ()))
        values = list(dict.fromkeys([*chosen, *counts]))
        order = list(labels.get(name, {}))
        if order and name != "challenge":
            values.sort(key=lambda value: order.index(value) if value in order else len(order))
        options = [
            Option(
                value=value,
                label=labels.get(name, {}).get(value, value),
                count=counts.get(value, 0),
                chosen=value in chosen,
            )
            for value in values[: MOST_VALUES + len(chosen)]
        ]
        if options:
            facets.append(Facet(name=name, question=str(question), options=tuple(options)))
    return tuple(facets)


def _applied(asked: Asked, labels: Mapping[str, Mapping[str, str]]) -> tuple[Applied, ...]:
    return tuple(
        Applied(
            label=labels.get(name, {}).get(value, value),
            url=asked.address(without=(name, value)),
        )
        for name, values in asked.filters.items()
        for value in values
    )
