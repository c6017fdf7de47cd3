"""When a request came, and what is shown when an action refuses or a session has ended."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import resolve_url

from core import arrival
from core.errors import Denied, DomainError, Invalid
from core.problem import by_fragment, problem
from core.views import signed_out

View = Callable[[HttpRequest], HttpResponse]


class ArrivalMiddleware:
    """`request.arrived_at`: the moment that counts for closing times.

    It is taken before the body is read: a long upload that began in time is in time.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = arrival.moment()  # type: ignore[attr-defined]
        return self.get_response(request)


class LanguageMiddleware(LocaleMiddleware):
    """Django's, except that a 404 which a view gave stays one.

    Wagtail's pages answer to any path under a language, so that Django would send every 404 of the
    back office on to /fi/admin/…. Only an address that leads nowhere is tried with a language.
    """

    def process_response(  # type: ignore[override]
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        if response.status_code == 404 and request.resolver_match is not None:
            return response
        return super().process_response(request, response)  # type: ignore[return-value]


class SignedOutMiddleware:
    """A form sent in a session that has ended: not a way to the sign-in that loses the text, but a
    page that keeps it until one has signed in.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            request.method == "POST"
            and response.status_code == 302
            and not by_fragment(request)
            and _asks_to_sign_in(response["Location"])
        ):
            return signed_out(request)
        return response


def _asks_to_sign_in(location: str) -> bool:
    target = urlsplit(location)
    return (
        REDIRECT_FIELD_NAME in parse_qs(target.query)
        and target.path == urlsplit(resolve_url(settings.LOGIN_URL)).path
    )


class DomainErrorMiddleware:
    """A refusal that the view did not catch: Denied is a 404, the rest a page that says why.

    htmx gets the same text as a toast.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Denied):
            return response_for_exception(request, Http404(str(error)))
        if not isinstance(error, DomainError):
            return None
        return problem(request, error, status=400 if isinstance(error, Invalid) else 409)
