"""The site's first pages in Finnish, Swedish and English. May be run again at any time.

What exists is left as it is: staff may have written over it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms.models import ContentPage, HomePage
from core.multilingual import text

CONTENT = Path(__file__).parent / "content"
FIRST = "fi"


@transaction.atomic
def setup_site() -> HomePage:
    """Locales, home pages, the site's record and the content pages that the footer leads to."""
    locales = {
        code: Locale.objects.get_or_create(language_code=code)[0] for code, _n in settings.LANGUAGES
    }
    home = _home(locales)
    _site(home)
    _remove_welcome_page()
    for page in _read("pages"):
        _content_page(page, home, locales)
    return home


def _read(name: str) -> Any:
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))


def _home(locales: Mapping[str, Locale]) -> HomePage:
    words = _read("home")
    home = HomePage.objects.filter(locale=locales[FIRST]).first()
    if home is None:
        home = HomePage(
            title="Talkoot",
            slug="talkoot",
            headline=text(words["headline"], FIRST),
            lead=text(words["lead"], FIRST),
            locale=locales[FIRST],
        )
        Page.get_first_root_node().add_child(instance=home)
        home.save_revision().publish()
    for code, locale in locales.items():
        if home.has_translation(locale):
            continue
        translated = home.copy_for_translation(locale).specific
        translated.headline = text(words["headline"], code)
        translated.lead = text(words["lead"], code)
        translated.save_revision().publish()
    return home


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
    first = ContentPage.objects.filter(slug=words["slug"], locale=locales[FIRST]).first()
    if first is None:
        first = _in_language(words, FIRST)
        first.locale = locales[FIRST]
        home.add_child(instance=first)
        first.save_revision().publish()
    for code, locale in locales.items():
        if first.has_translation(locale):
            continue
        if code not in words["title"]:
            first.copy_for_translation(locale, alias=True)
            continue
        page = first.copy_for_translation(locale).specific
        source = _in_language(words, code)
        page.title = page.draft_title = source.title
        page.lead, page.body = source.lead, source.body
        page.save()
        page.save_revision().publish()


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
