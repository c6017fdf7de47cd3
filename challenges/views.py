"""The public list of challenges. A challenge's own page is a Wagtail page (pages.py)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from challenges import queries
from core.arrival import arrived_at


@require_safe
def challenge_list(request: HttpRequest) -> HttpResponse:
    at = arrived_at(request)
    listed = queries.public_list(at=at)
    return render(
        request,
        "challenges/list.html",
        {"groups": queries.by_status(listed), "total": len(listed), "at": at},
    )
