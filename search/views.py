"""The catalogue's search page, and what it asks for while one types and looks closer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.signed_in import person_of
from catalogue.choice import chosen
from catalogue.queries import municipalities_of, numbers
from core import ratelimit
from search import saved
from search.analysis import analyser
from search.catalogue import SORTS, Asked, find, likes
from search.documents import solutions
from search.service import taught_synonyms
from search.suggest import suggestions
from search.why import why as why_of

SUGGESTIONS_PER_MINUTE = 600  # of one address: a whole town hall may be behind it
# Else a browser that goes back shows the part that it keeps of this address, for the page.
_by_part = vary_on_headers("HX-Request")


@_by_part
def catalogue(request: HttpRequest) -> HttpResponse:
    """Search and facets; htmx asks for the results only, the address holds the whole search."""
    compared = chosen(request.GET)
    asked = Asked.read(request.GET, language=get_language() or "fi", compared=compared.slugs)
    found = find(asked, compared)
    mine = municipalities_of(person_of(request)) if request.user.is_authenticated else []
    kept = list(saved.of(person_of(request))) if request.user.is_authenticated else []
    context = {
        "found": found,
        "asked": found.asked,
        "sorts": SORTS,
        "likes": likes(found.asked, mine),
        "saved": kept,
        "can_keep": request.user.is_authenticated and saved.is_new(found.asked, kept),
        "choice": compared,
    }
    if _wants_part(request):
        return render(request, "search/_results.html", {**context, "partial": True})
    return render(request, "search/catalogue.html", {**context, "numbers": numbers()})


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Options of the search box's list, as HTML; 429 without any to who asks without end."""
    if not ratelimit.allow(
        "suggest", ratelimit.address_of(request), limit=SUGGESTIONS_PER_MINUTE, seconds=60
    ):
        return HttpResponse(status=429)
    found = suggestions(request.GET.get("q", ""))
    return render(request, "search/_suggestions.html", {"suggestions": found})


@require_safe
@_by_part
def why(request: HttpRequest, slug: str) -> HttpResponse:
    """Why a solution is in a result: opened in its row, or as a page of its own."""
    asked = Asked.read(
        request.GET, language=get_language() or "fi", compared=chosen(request.GET).slugs
    )
    solution = get_object_or_404(solutions(), slug=slug)
    explained = why_of(solution, asked.words, asked.language, analyser(), taught_synonyms())
    template = "search/_why.html" if _wants_part(request) else "search/why.html"
    return render(request, template, {"solution": solution, "asked": asked, "why": explained})


def _wants_part(request: HttpRequest) -> bool:
    headers = request.headers
    return bool(headers.get("HX-Request") and not headers.get("HX-History-Restore-Request"))
