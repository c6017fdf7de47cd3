"""Before the doors of staff and jurors: whoever needs a second factor shows it first."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import queries, second_factor
from core.errors import NotNow
from core.problem import by_fragment, problem
from core.views import given_back

View = Callable[[HttpRequest], HttpResponse]


class SecondFactorMiddleware:
    """Says of the person whether the session has shown a second factor, and guards the doors."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECOND_FACTOR_REQUIRED_FOR:
            request.user = SimpleLazyObject(  # type: ignore[assignment]
                partial(_marked, request, request.user)
            )
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if (
            settings.SECOND_FACTOR_REQUIRED_FOR
            and second_factor.is_door(request.path_info)
            and second_factor.must_show(request.user)
        ):
            return _first_show(request)
        return None


def _marked(request: HttpRequest, user: Any) -> Any:
    if user.is_authenticated:
        user.second_factor_shown = second_factor.is_shown(request, user)
    return user


def _first_show(request: HttpRequest) -> HttpResponse:
    """To where it is shown, or set up; what was typed meanwhile is given back, not lost."""
    name = "mfa_reauthenticate" if queries.has_second_factor(request.user) else "mfa_index"
    if request.method in ("GET", "HEAD"):
        onward = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return redirect(f"{reverse(name)}?{onward}")
    words = _("Show your second factor first, in another window. Your text stays on this page.")
    if request.headers.get("X-Autosave") == "1":
        return JsonResponse({"problem": words}, status=401)
    if by_fragment(request):
        return problem(request, NotNow(words), status=401)
    context = {**given_back(request), "where": reverse(name)}
    return render(request, "accounts/factor_first.html", context, status=401)
