"""Which solutions are being compared: the address holds it all (`?s=slug&s=slug`), nothing is kept.

The same words follow one through the search, a solution's page and the comparison.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import QueryDict

from catalogue.models import Solution

NAME: Final = "s"
MOST: Final = 4  # side by side
READ_AT_MOST: Final = 50  # names in an address: what follows is not looked at


@dataclass(frozen=True)
class Choice:
    """What an address asks to compare, and what the page's address is with more or less of it."""

    params: QueryDict  # of the page that is open
    solutions: tuple[Solution, ...]  # published, in the order of the address, MOST at most
    beyond: tuple[Solution, ...]  # published as well, but over MOST
    missing: int  # names that no published solution has

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(one.slug for one in self.solutions)

    @property
    def is_full(self) -> bool:
        return len(self.solutions) >= MOST

    @property
    def query(self) -> str:
        """The choice alone, for the address of another page: "?s=…", or "" when it is empty."""
        return query(self.slugs)

    def has(self, slug: str) -> bool:
        return slug in self.slugs

    def toggled(self, slug: str) -> str:
        """The open page's query with one solution more, or less when it is there; "" when full."""
        if self.has(slug):
            return self._with(one for one in self.slugs if one != slug)
        return "" if self.is_full else self._with((*self.slugs, slug))

    @property
    def items(self) -> list[tuple[Solution, str]]:
        """Each with the open page's query without it."""
        return [(one, self.toggled(one.slug)) for one in self.solutions]

    def _with(self, slugs: Iterable[str]) -> str:
        params = self.params.copy()
        params.setlist(NAME, list(slugs))
        return f"?{params.urlencode()}"


def named(params: QueryDict) -> tuple[str, ...]:
    """The names in an address, each once; what cannot be a name at all is among them."""
    return tuple(dict.fromkeys(params.getlist(NAME)[:READ_AT_MOST]))


def query(slugs: Iterable[str]) -> str:
    params = QueryDict(mutable=True)
    params.setlist(NAME, list(slugs))
    return f"?{params.urlencode()}" if params.get(NAME) else ""


def chosen(params: QueryDict, solutions: QuerySet[Solution] | None = None) -> Choice:
    """Read an address, in one query or none (and those that `solutions` makes beside)."""
    names = named(params)
    found: dict[str, Solution] = {}
    if possible := [name for name in names if name and "\x00" not in name]:
        published: QuerySet[Solution] = Solution.objects.published().select_related("theme")
        found = (published if solutions is None else solutions).in_bulk(possible, field_name="slug")
    listed = [found[name] for name in names if name in found]
    return Choice(
        params=params,
        solutions=tuple(listed[:MOST]),
        beyond=tuple(listed[MOST:]),
        missing=len(names) - len(listed),
    )
