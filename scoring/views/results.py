"""The results page: winners first, then everybody, with reasons."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from challenges.models import Challenge
from scoring.queries.results import results_of


def results(request: HttpRequest, slug: str) -> HttpResponse:
    """404 until the decision has been published at its moment."""
    challenge = get_object_or_404(
        Challenge.objects.opened().with_phases().prefetch_related("series"), slug=slug
    )
    found = results_of(challenge)
    if found is None:
        raise Http404
    return render(request, "scoring/results.html", {"results": found, "challenge": challenge})
