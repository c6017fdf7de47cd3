"""Solutions side by side: the page, and the same as files for an agenda."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue import comparison_files, queries
from catalogue.choice import MOST, Choice, chosen
from catalogue.comparison import compare
from catalogue.models import Solution
from core import printing, ratelimit
from core.cards import SolutionRow
from core.views import later


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Two to four solutions by their facts; with fewer, the way to choose more."""
    choice = _choice(request)
    whole = compare(choice.solutions)
    only = _only_differences(request)
    return render(
        request,
        "catalogue/comparison.html",
        {
            "choice": choice,
            "most": MOST,
            "comparison": whole.only_differences() if only else whole,
            "whole": whole,
            "only": only,
            "kinds": comparison_files.kinds(),
            "others": _others(choice) if len(choice.solutions) == 1 else [],
        },
    )


@require_safe
def comparison_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the page of the same address shows, as a file; with nothing to compare, that page."""
    choice = _choice(request)
    page = reverse("catalogue:comparison") + choice.query
    if len(choice.solutions) < 2:
        return redirect(page)
    most = settings.DOWNLOADS_PER_MINUTE
    if not ratelimit.allow("download", ratelimit.address_of(request), limit=most, seconds=60):
        return later(429, 60, _("Too many downloads. Wait a minute."))
    made = compare(choice.solutions)
    if _only_differences(request):
        made = made.only_differences()
    try:
        return comparison_files.respond(made, kind, page=f"{settings.SITE_URL}{page}")
    except printing.BusyError:
        return later(503, 30, _("The printer has a lot to do. Try again in a moment."))


def _only_differences(request: HttpRequest) -> bool:
    return request.GET.get("differ") == "1"


def _choice(request: HttpRequest) -> Choice:
    public = queries.with_users(Solution.objects.published())
    return chosen(request.GET, public.prefetch_related("tags"))  # type: ignore[misc]


def _others(choice: Choice) -> list[SolutionRow]:
    """Of the same theme, to be compared with the only one there is."""
    found = queries.related(choice.solutions[0])
    return [queries.comparable(queries.row_of(one), one, choice) for one in found]
