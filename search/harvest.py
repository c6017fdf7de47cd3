"""What has changed in the public catalogue since a moment: for those who keep a copy of it.

Read from the database, not from the index. A solution that has been public and is no longer is told
by its uid alone; one that has never been public is not told at all.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from catalogue.models import Solution
from catalogue.queries import with_users


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes, the oldest first. `after`: where the next one begins, if there is one."""

    total: int
    public: tuple[Solution, ...]
    removed: tuple[Solution, ...]
    after: tuple[dt.datetime, int] | None


def changes(
    since: dt.datetime, *, limit: int, after: tuple[dt.datetime, int] | None = None
) -> Changes:
    """By the moment of change and the key: what changes between two pages comes later again."""
    told = Solution.objects.filter(Q(live=True) | Q(first_published_at__isnull=False))
    told = told.filter(updated_at__gte=since)
    page = told.order_by("updated_at", "pk")
    if after:
        moment, pk = after
        page = page.filter(Q(updated_at__gt=moment) | Q(updated_at=moment, pk__gt=pk))
    found = list(with_users(page)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Changes(
        total=told.filter(live=True).count(),
        public=tuple(one for one in found[:limit] if one.live),
        removed=tuple(one for one in found[:limit] if not one.live),
        after=(last.updated_at, last.pk) if last else None,
    )
