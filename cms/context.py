"""What every template may ask for. Nothing here touches the database."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from core.languages import same_page


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class LanguageLink:
    code: str
    name: str  # the language's own name: Suomi, Svenska, English
    url: str
    current: bool


def main_links(request: HttpRequest) -> list[Link]:
    """The main navigation, with the branch that the reader stands on marked."""
    named = (
        (_("Challenges"), "challenges:list"),
        (_("Solutions"), "search:catalogue"),
        (_("Municipalities"), "accounts:municipalities"),
        (_("How it works"), "cms:how"),
    )
    links = [(label, reverse(name)) for label, name in named]
    return [Link(label, url, request.path.startswith(url)) for label, url in links]


def language_links(request: HttpRequest) -> list[LanguageLink]:
    """The page that is open, in each language of the site."""
    active = get_language()
    return [
        LanguageLink(
            code=code,
            name=get_language_info(code)["name_local"].capitalize(),
            url=same_page(request, code),
            current=code == active,
        )
        for code, _name in settings.LANGUAGES
    ]


def site(request: HttpRequest) -> dict[str, Any]:
    """`main_links` and `language_links`, worked out only when a template asks for them."""
    return {
        "main_links": SimpleLazyObject(lambda: main_links(request)),
        "language_links": SimpleLazyObject(lambda: language_links(request)),
        "is_demo": settings.DEMO,
        "site_url": settings.SITE_URL,
    }
