"""What staff see while they teach synonyms: what a group would change, what was looked for in vain.

Nothing is saved here.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Max, Sum
from django.urls import reverse

from core import clock
from search.analysis import analyser
from search.engine import Hit, Query
from search.models import SynonymGroup, ZeroResult
from search.plan import Synonyms
from search.service import engine

TOP: Final = 10
SHOWN_DAYS: Final = 90
KEPT_DAYS: Final = 365
ONCE_KEPT_DAYS: Final = 30  # words that came once may be somebody's own: they go sooner


@dataclass(frozen=True)
class Change:
    """A hit's places among the first ten, None where it is not among them."""

    title: str
    url: str
    before: int | None
    after: int | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "enters"
        if self.after is None:
            return "leaves"
        if self.before == self.after:
            return "stays"
        return "rises" if self.after < self.before else "falls"


@dataclass(frozen=True)
class Comparison:
    """The first ten solutions for a query without and with a group, in the order they would have;
    those that would leave come last. `totals`: all hits before and after."""

    words: str
    totals: tuple[int, int]
    rows: tuple[Change, ...]


def compare(words: str, language: str, group: SynonymGroup) -> Comparison:
    """Ask the engine twice: as taught now, and as if the group were saved as it is given.

    Raises SearchUnavailable.
    """
    taught = list(SynonymGroup.objects.order_by("pk"))
    with_it = [one.members() for one in taught if one.pk != group.pk] + [group.members()]
    query = Query(text=words, language=language, limit=TOP, fill=0)
    before = _asked(query, [one.members() for one in taught])
    after = _asked(query, with_it)
    places = {hit.uid: place for place, hit in enumerate(before[1], 1)}
    rows = [_change(hit, places.pop(hit.uid, None), n) for n, hit in enumerate(after[1], 1)]
    rows += [_change(hit, places[hit.uid], None) for hit in before[1] if hit.uid in places]
    return Comparison(words=words, totals=(before[0], after[0]), rows=tuple(rows))


def _asked(query: Query, groups: list[list[tuple[str, str]]]) -> tuple[int, tuple[Hit, ...]]:
    results = engine().with_synonyms(Synonyms(groups, analyser())).search(query)
    return results.total, results.hits


def _change(hit: Hit, before: int | None, after: int | None) -> Change:
    return Change(
        title=str(hit.payload["title"]),
        url=reverse("catalogue:solution", args=[hit.payload["slug"]]),
        before=before,
        after=after,
    )


@dataclass(frozen=True)
class InVain:
    """Words that found nothing: how often in the last 90 days, and when last."""

    words: str
    language: str
    times: int
    last: dt.date
    taught: bool


def in_vain(*, today: dt.date, most: int = 30) -> list[InVain]:
    """The commonest first. Two queries."""
    known = {
        (word.lower(), code) for one in SynonymGroup.objects.all() for word, code in one.members()
    }
    rows = (
        ZeroResult.objects.filter(day__gt=today - dt.timedelta(days=SHOWN_DAYS))
        .values("words", "language")
        .annotate(times=Sum("count"), last=Max("day"))
        .order_by("-times", "-last", "words")[:most]
    )
    return [InVain(**row, taught=(row["words"], row["language"]) in known) for row in rows]


def forget_old_words(*, at: dt.datetime) -> int:
    """Delete what has been kept long enough; how many rows."""
    today = clock.local(at).date()
    old = ZeroResult.objects.filter(day__lt=today - dt.timedelta(days=KEPT_DAYS))
    once = ZeroResult.objects.filter(count=1, day__lt=today - dt.timedelta(days=ONCE_KEPT_DAYS))
    return int(old.delete()[0] + once.delete()[0])
