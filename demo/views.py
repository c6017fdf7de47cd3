"""Signing in as one of the demo's people with one press, and reading the mail that went out."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from core.models import Mail
from demo.people import person

BACKEND = "django.contrib.auth.backends.ModelBackend"
LETTERS_PER_PAGE = 20


@require_POST
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become the demo person with this key."""
    chosen = person(request.POST.get("person", "")) if settings.DEMO else None
    user = User.objects.filter(email=chosen.email, is_demo=True).first() if chosen else None
    if chosen is None or user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    UserSession.objects.create_from_request(request)
    following = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        following, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        following = resolve_url(chosen.start)
    return redirect(following)


@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every letter that went out, newest first; `?to=` those to one address."""
    if not settings.DEMO:
        raise Http404
    letters = Mail.objects.order_by("-created_at", "-pk")
    to = request.GET.get("to", "").strip()
    if to:
        letters = letters.filter(to__icontains=to)
    page = Paginator(letters, LETTERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/mailbox.html", {"page": page, "to": to})
