"""What the search box offers while one types: titles, themes and organisations that are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Organisation
from catalogue.models import Reuse, Solution
from catalogue.states import ACTIVE
from challenges.models import Theme
from core.multilingual import text
from search.analysis import normal, tokens
from search.base import starts_with
from search.engine import SearchUnavailable
from search.service import engine

SHORTEST: Final = 2
LONGEST: Final = 80
TITLES: Final = 6
OTHERS: Final = 2  # of themes, and of organisations


@dataclass(frozen=True)
class Suggestion:
    text: str
    kind: str  # in words; empty for a title


def suggestions(typed: str) -> list[Suggestion]:
    """Best first, each text once; nothing for less than two letters or an index out of reach."""
    typed = " ".join(typed.replace("\x00", " ").split())[:LONGEST]
    words = [token.text.lower() for token in tokens(normal(typed))]
    if sum(map(len, words)) < SHORTEST:
        return []
    found: dict[str, Suggestion] = {}
    for one in (*_themes(words), *_organisations(words), *_titles(typed)):
        found.setdefault(one.text.casefold(), one)
    return list(found.values())


def _titles(typed: str) -> Iterator[Suggestion]:
    try:
        titles = engine().complete(typed, kind="solution", limit=TITLES)
    except SearchUnavailable:
        return
    # A stale index offers nothing that has been taken away.
    public = set(
        Solution.objects.published().filter(title__in=titles).values_list("title", flat=True)
    )
    for title in titles:
        if title in public:
            yield Suggestion(title, "")


def _themes(words: list[str]) -> list[Suggestion]:
    """Themes of which something is published."""
    shown = Solution.objects.published().filter(theme=OuterRef("pk"))
    names = (text(theme.name) for theme in Theme.objects.filter(Exists(shown)))
    return [Suggestion(name, _("theme")) for name in names if starts_with(name, words)][:OTHERS]


def _organisations(words: list[str]) -> list[Suggestion]:
    """Owners and users of what is published."""
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    owns = Solution.objects.published().filter(owner=OuterRef("pk"))
    uses = Reuse.objects.filter(organisation=OuterRef("pk"), solution__live=True, stage__in=ACTIVE)
    names = (
        Organisation.objects.filter(named, Exists(owns) | Exists(uses))
        .order_by("name")
        .values_list("name", flat=True)[:20]
    )
    return [Suggestion(name, _("organisation")) for name in names if starts_with(name, words)][
        :OTHERS
    ]
