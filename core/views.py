"""Whether the service is well, and the pages that give back what was typed in a form: when its key
has expired, when the session has ended, when something broke.
"""

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from core import healthchecks
from core.errors import DomainError
from core.problem import by_fragment, problem

log = logging.getLogger(__name__)

SECRET = re.compile(r"(?i)password|secret|^csrfmiddlewaretoken$|^(login[-_])?code$|^otp$|^pin$")
SHOWN_FROM = 40  # characters; shorter values go along unseen


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Each part's state as JSON; 503 when one that matters is down."""
    parts, well = {}, True
    for part in healthchecks.parts():
        try:
            parts[part.name] = {"ok": True, "detail": part.check()}
        except healthchecks.Down as reason:
            parts[part.name] = {"ok": False, "detail": str(reason)}
            well = well and not part.matters
        except Exception:  # a check that breaks is no reason to say nothing of the others
            log.exception("the health of %s could not be asked", part.name)
            parts[part.name] = {"ok": False, "detail": "it could not be asked"}
            well = well and not part.matters
    return JsonResponse(
        {"status": "ok" if well else "down", "parts": parts}, status=200 if well else 503
    )


def later(status: int, seconds: int, why: str) -> HttpResponse:
    """A file that cannot be had now: why, and after how many seconds to try again."""
    return HttpResponse(
        f"{why}\n",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(seconds), "Cache-Control": "no-store"},
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key has expired: show what was typed, and let one press send it again.

    Only for a form that came from our own pages: one posted from elsewhere gets no second chance.
    Files, passwords and codes are never given back.
    """
    if by_fragment(request):
        error = DomainError(_("The page has been open too long. Copy what you wrote and reload."))
        return problem(request, error, status=403)
    ours = _came_from_here(request)
    context = {"ours": ours, **(given_back(request) if ours else {})}
    return render(request, "core/csrf_failure.html", context, status=403)


def signed_out(request: HttpRequest) -> HttpResponse:
    """A form was sent in a session that has ended: what was typed is given back, not lost."""
    return render(request, "core/signed_out.html", given_back(request), status=401)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. What was typed is in the page, to be sent once more.

    Nothing here asks the database or the list of static files: they may be what broke.
    """
    context: dict[str, Any] = {}
    try:
        if request.method == "POST" and not by_fragment(request) and _came_from_here(request):
            context = {**given_back(request), "csrf_token": get_token(request)}
    except Exception:  # the body itself may be what could not be read
        log.exception("what was typed could not be given back")
    return HttpResponse(get_template("500.html").render(context), status=500)


def given_back(request: HttpRequest) -> dict[str, Any]:
    """The context of `core/_kept.html` and the form around it."""
    return {
        "action": request.get_full_path(),
        "multipart": request.content_type == "multipart/form-data",
        "fields": typed_fields(request),
        "files": bool(request.FILES),
    }


def _came_from_here(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()


def typed_fields(request: HttpRequest) -> list[dict[str, Any]]:
    """What was typed in a form, to be shown and sent again: name, label, values (text, long)."""
    return [
        {
            "name": name,
            "label": name.replace("_", " ").replace("-", " "),
            "values": [
                {"text": text, "long": len(text) > SHOWN_FROM or "\n" in text} for text in texts
            ],
        }
        for name, texts in request.POST.lists()
        if not SECRET.search(name)
    ]
