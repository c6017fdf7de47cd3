"""The catalogue's search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from catalogue.queries import numbers
from search.catalogue import SORTS, Asked, find


def catalogue(request: HttpRequest) -> HttpResponse:
    """Search and facets; htmx asks for the results only, the address holds the whole search."""
    asked = Asked.read(request.GET, language=get_language() or "fi")
    found = find(asked)
    context = {"found": found, "asked": found.asked, "sorts": SORTS}
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        return render(request, "search/_results.html", context)
    return render(request, "search/catalogue.html", {**context, "numbers": numbers()})
