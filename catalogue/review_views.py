"""The page of the link in the yearly letter: is this still true? Only a press answers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalogue import reviews
from core.arrival import arrived_at
from core.errors import DomainError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponse:
    """Nobody need sign in; staff go from here to the editor, which asks who they are."""
    asked = reviews.find(token)
    if asked is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            asked.review.answer = reviews.answer(
                asked=asked, answer=request.POST.get("answer", ""), at=arrived_at(request)
            ).answer
        except DomainError as refused:
            error = str(refused)
    response = render(
        request,
        "catalogue/review.html",
        {"review": asked.review, "solution": asked.review.solution, "error": error},
        status=409 if error else 200,
    )
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
