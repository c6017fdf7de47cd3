"""The page, or for htmx the toast, that says why something was not done."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import DomainError


def by_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked, for a piece of the page and not for all of it."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Boosted") != "true"


def problem(request: HttpRequest, error: DomainError, *, status: int) -> HttpResponse:
    """A friendly page with the error's message; a toast when htmx asked."""
    if by_fragment(request):
        response = render(request, "core/_problem.html", {"error": error}, status=status)
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "innerHTML"
        return response
    context = {"error": error, "status": status, "back": _back(request)}
    return render(request, "core/problem.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """The page that the person came from, when it is one of ours; else this address."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return request.path
    return came_from._replace(scheme="", netloc="").geturl() or "/"
