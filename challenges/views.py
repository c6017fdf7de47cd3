"""The public list of challenges, and needs. A challenge's own page is a Wagtail page (pages.py)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from challenges import needs, queries
from challenges.need_form import NeedForm
from core import clock, ratelimit, robots
from core.arrival import arrived_at
from core.errors import Invalid
from core.forms import show_errors

NEEDS_PER_HOUR = 30  # of one address


@require_safe
def challenge_list(request: HttpRequest) -> HttpResponse:
    at = arrived_at(request)
    listed = queries.public_list(at=at)
    return render(
        request,
        "challenges/list.html",
        {"groups": queries.by_status(listed), "total": len(listed), "at": at},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest) -> HttpResponse:
    """Anybody tells a need; the words of a search without result come along as `q`."""
    if request.method != "POST":
        return _need(request, NeedForm(initial={"text": _searched(request)}))
    form = NeedForm(request.POST)
    if not form.is_valid():
        return _need(request, form, status=422)
    if trouble := _trouble(request):
        form.add_error(None, trouble)
        return _need(request, form, status=429)
    try:
        needs.tell_need(
            **form.cleaned_data,
            language=get_language() or "fi",
            by=request.user if isinstance(request.user, User) else None,
            at=arrived_at(request),
        )
    except Invalid as refusal:
        show_errors(form, refusal)
        return _need(request, form, status=422)
    return redirect("challenges:need_told")


@require_safe
def need_told(request: HttpRequest) -> HttpResponse:
    return render(request, "challenges/need_told.html")


def _searched(request: HttpRequest) -> str:
    words = request.GET.get("q", "").replace("\x00", " ").strip()[:300]
    return _("I looked for “%(words)s”.") % {"words": words} + "\n\n" if words else ""


def _trouble(request: HttpRequest) -> str:
    """Why this sending is not taken, in words; "" when it is."""
    if trouble := robots.trouble("need", request.POST, arrived_at(request)):
        return trouble
    address = ratelimit.address_of(request)
    if not ratelimit.allow("need", address, limit=NEEDS_PER_HOUR, seconds=3600):
        return _("Very many needs have been told from here. Wait a while and send it again.")
    return ""


def _need(request: HttpRequest, form: NeedForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "opened": robots.opened("need", clock.now())}
    return render(request, "challenges/need.html", context, status=status)
