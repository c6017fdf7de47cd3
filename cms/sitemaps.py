"""sitemap.xml: everything that a search engine may know of, in parts, each with its last change.

A thing that is written in one language is told at its address in that language; pages of the CMS
are told in each. Only what `queries` call public.
"""

import datetime as dt
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from catalogue.models import Solution
from ideas.models import Idea

PART: Final = 10_000  # addresses of a part; 50,000 is the protocol's most


class Part(Sitemap[Any]):
    """`moment` names the field of the last change."""

    limit = PART
    moment: str
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def lastmod(self, item: Any) -> dt.datetime | None:
        found: dt.datetime | None = getattr(item, self.moment)
        return found

    def get_latest_lastmod(self) -> dt.datetime | None:
        """Asked of the database, not of every item."""
        listed: Any = self.items()
        return listed.order_by().aggregate(latest=Max(self.moment))["latest"]

    def location(self, item: Any) -> str:
        with translation.override(item.language):
            return str(item.get_absolute_url())


class Solutions(Part):
    moment = "updated_at"

    def items(self) -> QuerySet[Solution]:
        return Solution.objects.published().only("slug", "language", "updated_at").order_by("pk")


class Proposals(Part):
    moment = "published_at"

    def items(self) -> QuerySet[Idea]:
        return Idea.objects.public().only("uid", "language", "published_at").order_by("pk")


class Pages(Part):
    """Pages of the CMS, challenges among them, but for the alias of an untranslated page."""

    moment = "last_published_at"

    def items(self) -> QuerySet[Page]:
        listed = Page.objects.live().public().filter(depth__gt=1, alias_of=None)
        return listed.select_related("locale").order_by("path")

    def location(self, item: Page) -> str:
        return urlsplit(item.full_url or "").path or "/"


class Lists(Part):
    """The lists that lead to the rest, in each language."""

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]
        names = ("challenges:list", "search:catalogue", "accounts:municipalities")
        return [(name, code) for name in names for code, _label in settings.LANGUAGES]

    def location(self, item: tuple[str, str]) -> str:
        with translation.override(item[1]):
            return reverse(item[0])

    def lastmod(self, item: Any) -> None:
        return None

    def get_latest_lastmod(self) -> None:
        return None


PARTS: Final[dict[str, type[Sitemap[Any]] | Sitemap[Any]]] = {
    "pages": Pages,
    "lists": Lists,
    "solutions": Solutions,
    "proposals": Proposals,
}
