"""The site's first pages in Finnish, Swedish and English, and how solutions are approved. May be
run again at any time.

What exists is left as it is: staff may have written over it.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from catalogue.approval import ensure_workflow
from cms.models import ContentPage, HomePage
from core.multilingual import text

CONTENT = Path(__file__).parent / "content"
FIRST = "fi"


@transaction.atomic
def setup_site(pages: Iterable[Mapping[str, Any]] = ()) -> HomePage:
    """Locales, home pages, the site's record, the content pages that the footer leads to, and the
    workflow of solutions.

    `pages`, in the shape of content/pages.json, stand in for those with the same slug.
    """
    locales = {
        code: Locale.objects.get_or_create(language_code=code)[0] for code, _n in settings.LANGUAGES
    }
    home = _home(locales)
    _site(home)
    _remove_welcome_page()
    others = {page["slug"]: page for page in pages}
    for page in _read("pages"):
        _content_page(others.get(page["slug"], page), home, locales)
    ensure_workflow()
    return home


def _read(name: str) -> Any:
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))


def _home(locales: Mapping[str, Locale]) -> HomePage:
    words = _read("home")
    homes = {home.locale_id: home for home in HomePage.objects.filter(depth=2)}
    first = homes.get(locales[FIRST].pk)
    for code, locale in sorted(locales.items(), key=lambda item: item[0] != FIRST):
        if locale.pk in homes:
            continue
        home = HomePage(
            title="Talkoot",
            slug="talkoot" if code == FIRST else f"talkoot-{code}",
            headline=text(words["headline"], code),
            lead=text(words["lead"], code),
            locale=locale,
        )
        if first:
            home.translation_key = first.translation_key
        Page.get_first_root_node().add_child(instance=home)
        first = first or home
    if first is None:
        raise RuntimeError("there is no home page in the site's first language")
    return first


def _site(home: HomePage) -> None:
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": port,
            "root_page": home,
            "site_name": "Talkoot",
        },
    )
    Site.clear_site_root_paths_cache()


def _remove_welcome_page() -> None:
    """The page that Wagtail's first migration makes."""
    for page in Page.objects.filter(depth=2):
        if page.specific_class is Page:
            page.delete()


def _content_page(words: Mapping[str, Any], home: HomePage, locales: Mapping[str, Locale]) -> None:
    """The page in the languages that it is written in; an alias of it in the others."""
    pages = {page.locale_id: page for page in ContentPage.objects.filter(slug=words["slug"])}
    first = pages.get(locales[FIRST].pk)
    for code, locale in sorted(locales.items(), key=lambda item: item[0] != FIRST):
        if locale.pk in pages:
            continue
        if first and code not in words["title"]:
            first.copy_for_translation(locale, alias=True)
            continue
        page = _in_language(words, code)
        page.locale = locale
        if first:
            page.translation_key = first.translation_key
        home.get_translation(locale).add_child(instance=page)
        first = first or page


def _in_language(words: Mapping[str, Any], code: str) -> ContentPage:
    blocks = [
        {"type": block["type"], "value": text(block["text"], code)} for block in words["body"]
    ]
    return ContentPage(
        title=text(words["title"], code),
        slug=words["slug"],
        lead=text(words["lead"], code),
        body=json.dumps(blocks),
    )
