"""A challenge's Wagtail pages: made of a recipe's texts, renamed, published together."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wagtail.models import Locale

from accounts.models import User
from challenges.hosting import ensure_host
from challenges.models import Challenge, ChallengePage
from core.multilingual import missing, text

Multilingual = Mapping[str, str]


def make_pages(*, challenge: Challenge, texts: Mapping[str, Any], by: User | None) -> None:
    """A draft page in every language: its own text where the recipe has it, else an alias."""
    host = ensure_host(challenge.owner)
    first = _page_in(host.locale.language_code, challenge, texts)
    first.locale = host.locale
    first.owner = by
    host.add_child(instance=first)
    written = _languages(texts)
    for translated_host in host.get_translations().select_related("locale"):
        locale: Locale = translated_host.locale
        if locale.language_code not in written:
            first.copy_for_translation(locale, alias=True)
            continue
        page = _page_in(locale.language_code, challenge, texts)
        page.locale = locale
        page.owner = by
        page.translation_key = first.translation_key
        translated_host.add_child(instance=page)


def publish_pages(*, challenge: Challenge, by: User | None) -> None:
    """Publish the newest revision in every language; aliases follow their originals."""
    for page in ChallengePage.objects.filter(challenge=challenge, alias_of__isnull=True):
        revision = page.get_latest_revision() or page.save_revision(user=by)
        revision.publish(user=by, log_action=True)


def unpublish_pages(*, challenge: Challenge, by: User | None) -> None:
    """Take the pages off in every language; their texts stay as drafts."""
    for page in ChallengePage.objects.filter(challenge=challenge, alias_of__isnull=True):
        page.unpublish(user=by, log_action=True)


def rename_pages(*, challenge: Challenge) -> None:
    """Carry the challenge's name to its pages and to the drafts that wait to be published."""
    for page in ChallengePage.objects.filter(challenge=challenge).select_related("locale"):
        title = text(challenge.name, page.locale.language_code)
        ChallengePage.objects.filter(pk=page.pk).update(title=title, draft_title=title)
        if page.latest_revision_id and page.alias_of_id is None:
            revision = page.latest_revision
            revision.content = {**revision.content, "title": title, "draft_title": title}
            revision.save(update_fields=["content"])


def _languages(texts: Mapping[str, Any]) -> set[str]:
    lacking = set(missing(texts["lead"])) | set(missing(texts["rules"]))
    return {code for code, _home in texts["lead"].items()} - lacking


def _page_in(language: str, challenge: Challenge, texts: Mapping[str, Any]) -> ChallengePage:
    return ChallengePage(
        title=text(challenge.name, language),
        slug=challenge.slug,
        live=False,
        has_unpublished_changes=True,
        challenge=challenge,
        lead=text(texts["lead"], language),
        story=_stream(
            {"type": block["type"], "value": text(block["text"], language)}
            for block in texts.get("story", ())
        ),
        needs=_structs("need", texts.get("needs", ()), language),
        rules=text(texts["rules"], language),
        timetable_note=text(texts.get("timetable_note"), language),
        faq=_structs("item", texts.get("faq", ()), language),
    )


def _structs(kind: str, rows: Sequence[Mapping[str, Multilingual]], language: str) -> str:
    return _stream(
        {"type": kind, "value": {name: text(words, language) for name, words in row.items()}}
        for row in rows
    )


def _stream(blocks: Any) -> str:
    return json.dumps(list(blocks))
