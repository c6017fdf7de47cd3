"""The newest solutions of a search for feed readers: Atom, and JSON Feed 1.1."""

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import gettext as _

from catalogue.models import Solution
from core.export import CONTROL
from search.catalogue import Asked
from search.downloads import found
from search.engine import Sort

MOST: Final = 50
TYPES: Final = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def feed(asked: Asked, kind: str, *, page: str, own: str) -> HttpResponse:
    """`page` and `own`: whole addresses of the search's page and of the feed itself."""
    newest = list(found(asked, sort=Sort.NEWEST, most=MOST, portion=MOST))
    newest.sort(key=lambda one: (one.updated_at, one.pk), reverse=True)
    title = CONTROL.sub("", f"{asked.words} – {_('Solutions')}" if asked.words else _("Solutions"))
    make = _json if kind == "json" else _atom
    response = make(newest, f"{title} – Talkoot", page=page, own=own, language=asked.language)
    response["Content-Type"] = TYPES[kind]
    response["Access-Control-Allow-Origin"] = "*"
    if newest:
        response["Last-Modified"] = http_date(int(newest[0].updated_at.timestamp()))
    return response


def _atom(
    newest: list[Solution], title: str, *, page: str, own: str, language: str
) -> HttpResponse:
    whole = Atom1Feed(
        title=title, link=page, feed_url=own, feed_guid=own, description="", language=language
    )
    for one in newest:
        whole.add_item(
            title=_plain(one.title),
            link=_address(one),
            description=_plain(one.summary),
            unique_id=one.uid.urn,
            pubdate=one.first_published_at or one.created_at,
            updateddate=one.updated_at,
            author_name=_plain(one.provider or one.owner.name),
            categories=[one.theme.key] if one.theme else [],
        )
    return HttpResponse(whole.writeString("utf-8"))


def _json(
    newest: list[Solution], title: str, *, page: str, own: str, language: str
) -> HttpResponse:
    whole: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": page,
        "feed_url": own,
        "language": language,
        "items": [
            {
                "id": one.uid.urn,
                "url": _address(one),
                "title": _plain(one.title),
                "content_text": _plain(one.summary),
                "date_published": _stamp(one.first_published_at or one.created_at),
                "date_modified": _stamp(one.updated_at),
                "authors": [{"name": _plain(one.provider or one.owner.name)}],
                "language": one.language,
                **({"tags": [one.theme.key]} if one.theme else {}),
            }
            for one in newest
        ],
    }
    return JsonResponse(whole, json_dumps_params={"ensure_ascii": False})


def _plain(text: str) -> str:
    """What XML cannot hold is left out."""
    return CONTROL.sub("", text)


def _address(one: Solution) -> str:
    with translation.override(one.language):
        return f"{settings.SITE_URL}{one.get_absolute_url()}"


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
