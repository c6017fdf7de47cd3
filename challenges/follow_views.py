"""Following: a form, the letter's link, and what feed readers and calendars take."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges import following, news
from challenges.inquiry_forms import FollowForm
from challenges.inquiry_views import public_or_404
from challenges.models import Challenge
from core import clock, ratelimit, robots
from core.arrival import arrived_at
from core.multilingual import text

PER_HOUR = 30  # letters that one address on the net may have sent
TO_ONE = 5  # of them to one mailbox


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    challenge = public_or_404(slug)
    return follow_page(
        request, challenge, challenge.uid, text(challenge.name), challenge.get_absolute_url()
    )


def follow_page(
    request: HttpRequest, challenge: Challenge, followed: UUID, name: str, back: str
) -> HttpResponse:
    """The form and what it does, for whatever is followed; `back` is the address of its page."""
    form = FollowForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        if trouble := _trouble(request):
            form.add_error(None, trouble)
            status = 429
        else:
            # A mailbox gets few such letters, whoever asks; whose it is not learns nothing of it.
            if ratelimit.allow("follow-to", email, limit=TO_ONE, seconds=3600):
                following.ask(
                    challenge=challenge,
                    followed=followed,
                    name=name,
                    email=email,
                    language=get_language() or "fi",
                    at=arrived_at(request),
                )
            return redirect("challenges:follow_asked")
    context = {
        "challenge": challenge,
        "name": name,
        "back": back,
        "form": form,
        "opened": robots.opened("follow", clock.now()),
    }
    return render(request, "challenges/follow.html", context, status=status)


@require_safe
def follow_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "challenges/follow_asked.html")


@require_http_methods(["GET", "HEAD", "POST"])
def following_page(request: HttpRequest, token: str) -> HttpResponse:
    """Where the letters lead. Opening it changes nothing: programs open links too."""
    follower = following.of_token(token)
    if follower is None:
        return render(request, "challenges/not_followed.html", status=404)
    if request.method == "POST":
        if request.POST.get("do") == "end":
            following.end(follower)
            return redirect("challenges:follow_ended")
        following.confirm(follower, at=arrived_at(request))
        return redirect("challenges:following", token)
    return render(request, "challenges/following.html", {"follower": follower})


@require_safe
def follow_ended(request: HttpRequest) -> HttpResponse:
    return render(request, "challenges/follow_ended.html")


def _trouble(request: HttpRequest) -> str:
    if trouble := robots.trouble("follow", request.POST, arrived_at(request)):
        return trouble
    address = ratelimit.address_of(request)
    if not ratelimit.allow("follow", address, limit=PER_HOUR, seconds=3600):
        return _("Very many letters have been asked from here. Wait a while and try again.")
    return ""


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    challenge = public_or_404(slug)
    response = HttpResponse(news.atom(challenge, at=arrived_at(request)))
    response["Content-Type"] = "application/atom+xml; charset=utf-8"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    challenge = public_or_404(slug)
    response = HttpResponse(news.calendar(challenge), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{challenge.slug}.ics"'
    return response
