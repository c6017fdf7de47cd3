"""The catalogue from the database alone, while the index is out of reach.

Words are looked for as letters in titles and summaries. Choices hold as they do with the index: for
each facet of search/documents.py there is a condition here.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import Organisation
from catalogue.models import Reuse, Solution
from catalogue.states import ACTIVE
from search.documents import LARGEST, SIZE_BANDS, USER_BANDS
from search.plan import MAX_WORDS

Values = tuple[str, ...]


def plain_list(
    words: str, filters: Mapping[str, Values], *, newest: bool = False
) -> QuerySet[Solution]:
    """Published solutions with all the words and choices, by title or the newest first."""
    listed = Solution.objects.published().order_by("-updated_at" if newest else "title", "pk")
    for word in words.split()[:MAX_WORDS]:
        listed = listed.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    listed = listed.alias(targets=Cast("target_groups", TextField()))
    for name, values in filters.items():
        if name in COLUMNS:
            listed = listed.filter(**{f"{COLUMNS[name]}__in": values})
        elif name in CONDITIONS:
            listed = listed.filter(CONDITIONS[name](values))
    return listed


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=()))


def _municipality(values: Values) -> Q:
    return Q(municipality__in=values) | Q(municipality="", owner__municipality__in=values)


def _of_having(of_organisation: Q) -> Q:
    """The owner, or one that uses it."""
    having = Organisation.objects.filter(of_organisation)
    used = Reuse.objects.filter(stage__in=ACTIVE, organisation__in=having).values("solution")
    return Q(owner__in=having) | Q(pk__in=used)


def _band(column: str, bands: Iterable[tuple[int, str]], values: Values) -> Q:
    """`column` is in one of the bands of these names."""
    chosen, least = [], 0
    for limit, name in bands:
        if name in values:
            chosen.append(Q(**{f"{column}__gte": least, f"{column}__lt": limit}))
        least = limit
    return _any(chosen)


def _years(values: Values) -> Q:
    """Of the challenge, else of the coming into the catalogue."""
    asked = [int(value) for value in values if re.fullmatch(r"[12]\d{3}", value)]
    return _any(
        Q(challenge__opened_at__year=year)
        | Q(challenge__opened_at=None, first_published_at__year=year)
        for year in asked
    )


def _technologies(values: Values) -> Q:
    """One of the names with commas between."""
    return _any(Q(technology__regex=rf"(^|,)\s*{re.escape(one)}\s*(,|$)") for one in values)


COLUMNS: Final = {
    "theme": "theme__key",
    "readiness": "readiness",
    "offer": "offer",
    "cost": "cost_band",
    "challenge": "challenge__slug",
    "licence": "licence",
    "language": "language",
}
CONDITIONS: Final[Mapping[str, Callable[[Values], Q]]] = {
    "municipality": _municipality,
    "region": lambda values: _of_having(Q(region__in=values)),
    "size": lambda values: _of_having(_band("population", (*SIZE_BANDS, (10**9, LARGEST)), values)),
    "users": lambda values: _band("users_count", USER_BANDS, values),
    "evidence": lambda values: Q(evidence__in=[int(v) for v in values if re.fullmatch(r"\d", v)]),
    "award": lambda values: ~Q(award="") if "yes" in values else Q(pk__in=()),
    "year": _years,
    "technology": _technologies,
    "target": lambda values: _any(Q(targets__contains=f'"{value}"') for value in values),
}
