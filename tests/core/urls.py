"""Addresses of views that only tests have."""

import threading
from itertools import count

from django.conf.urls.i18n import i18n_patterns
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.urls import path

from core.errors import Denied, DomainError, Invalid, NotNow

built = count(1)
gate = threading.Event()
gate.set()
begun: list[str] = []  # pages that are being built or were, by their query
TEXT = "Hyvää päivää, maailma. " * 40


def page(request: HttpRequest) -> HttpResponse:
    begun.append(request.GET.urlencode())
    gate.wait(10)
    return HttpResponse(f"{TEXT} {next(built)}")


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    raise {
        "denied": Denied(),
        "not-now": NotNow("The call has closed."),
        "invalid": Invalid(errors={"name": ["Too long."]}),
        "other": DomainError("No."),
        "bug": ZeroDivisionError(),
    }[kind]


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{next(built)}", headers={"Cache-Control": "private"})


def with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(f"{next(built)}")
    response.set_cookie("seen", "1")
    return response


def with_form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{get_token(request)} {next(built)}")


def with_session(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = next(built)
    return HttpResponse(str(request.session["seen"]))


def with_message(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Saved")
    return HttpResponse(f"{next(built)}")


def missing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{next(built)}", status=404)


def moved(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"/page?{next(built)}")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse([str(next(built))])


def with_nonce(request: HttpRequest) -> HttpResponse:
    policy = {"Content-Security-Policy": "script-src 'nonce-abc'"}
    return HttpResponse(f"{next(built)}", headers=policy)


def large(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        f"{next(built)}".ljust(600 * 1024), headers={"Content-Encoding": "identity"}
    )


def arrival(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.arrived_at.isoformat(), headers={"Cache-Control": "no-store"})


urlpatterns = [
    path("admin/page", page),
    path("by_language", page),  # outside the languages' prefixes: depends on what is asked for
    *i18n_patterns(
        path("page", page),
        path("refuse/<slug:kind>", refuse),
        path("arrival", arrival),
        *[
            path(view.__name__, view)
            for view in (
                *(private, with_cookie, with_form, with_session, with_message),
                *(missing, moved, stream, with_nonce, large),
            )
        ],
    ),
]
