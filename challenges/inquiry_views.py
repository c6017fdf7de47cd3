"""Public pages of a challenge's questions and answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from challenges import inquiries, queries
from challenges.inquiry_forms import AskForm
from challenges.models import Challenge
from core import clock, ratelimit, robots
from core.arrival import arrived_at
from core.errors import Invalid, NotNow
from core.forms import show_errors

PER_HOUR = 20  # questions from one address


def public_or_404(slug: str) -> Challenge:
    found = queries.public_challenge(slug)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """What has been asked and answered; a form to ask as long as questions are taken."""
    challenge = public_or_404(slug)
    if request.method != "POST":
        return _page(request, challenge, AskForm())
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, challenge, form, status=422)
    if trouble := _trouble(request):
        form.add_error(None, trouble)
        return _page(request, challenge, form, status=429)
    try:
        inquiries.ask(
            challenge=challenge,
            **form.cleaned_data,
            language=get_language() or "fi",
            by=request.user if isinstance(request.user, User) else None,
            at=arrived_at(request),
        )
    except (Invalid, NotNow) as refusal:
        show_errors(form, refusal)
        return _page(request, challenge, form, status=422)
    return redirect("challenges:asked", challenge.slug)


@require_safe
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "challenges/asked.html", {"challenge": public_or_404(slug)})


def _trouble(request: HttpRequest) -> str:
    if trouble := robots.trouble("question", request.POST, arrived_at(request)):
        return trouble
    address = ratelimit.address_of(request)
    if not ratelimit.allow("question", address, limit=PER_HOUR, seconds=3600):
        return _("Very many questions have come from here. Wait a while and send it again.")
    return ""


def _page(
    request: HttpRequest, challenge: Challenge, form: AskForm, status: int = 200
) -> HttpResponse:
    at = arrived_at(request)
    context: dict[str, Any] = {
        "challenge": challenge,
        "answers": inquiries.answered(challenge),
        "form": form,
        "takes": challenge.takes_inquiries(at) or form.is_bound,
        "until": challenge.inquiries_until,
        "opened": robots.opened("question", clock.now()),
    }
    return render(request, "challenges/questions.html", context, status=status)
