"""The search as open data: files and feeds of what the page shows."""

from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page, require_safe

from core import ratelimit
from search import downloads, feeds
from search.catalogue import Asked
from search.engine import SearchUnavailable


def _later(status: int, seconds: int, why: str) -> HttpResponse:
    """For programs, in English as the API's errors are."""
    return HttpResponse(
        why,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(seconds), "Cache-Control": "no-store"},
    )


@require_safe
def download(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the search of the address finds, as a file."""
    most = settings.DOWNLOADS_PER_MINUTE
    if not ratelimit.allow("download", ratelimit.address_of(request), limit=most, seconds=60):
        return _later(429, 60, "Too many downloads. Wait a minute.\n")
    try:
        return downloads.download(_asked(request), kind)
    except SearchUnavailable:
        return _later(503, 15, "The search does not answer. Try again in a while.\n")


@require_safe
@conditional_page
def feed(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest of what the search of the address finds."""
    asked = _asked(request)
    query = asked.address().removeprefix("?")
    page, own = (
        f"{settings.SITE_URL}{path}{'?' if query else ''}{query}"
        for path in (reverse("search:catalogue"), reverse("search:feed", args=[kind]))
    )
    try:
        return feeds.feed(asked, kind, page=page, own=own)
    except SearchUnavailable:
        return _later(503, 15, "The search does not answer. Try again in a while.\n")


@require_safe
@conditional_page
def dcat(request: HttpRequest, form: str) -> HttpResponse:
    """The catalogue's description for data portals, at an address without a language."""
    # rdflib takes half a second and 15 MB to load: only who asks pays.
    made = import_module("search.dcat")
    name = {"ttl": "turtle", "jsonld": "json-ld"}[form]
    return HttpResponse(
        made.description(name),
        content_type=made.FORMATS[name],
        headers={"Access-Control-Allow-Origin": "*"},
    )


def _asked(request: HttpRequest) -> Asked:
    return Asked.read(request.GET, language=get_language() or "fi")
