"""Whether the service is well, and the page for a form whose key has expired."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware import csrf
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import healthchecks

SECRET_WORDS = ("password", "csrfmiddlewaretoken", "code", "otp", "secret")
FROM_ELSEWHERE = (csrf.REASON_BAD_ORIGIN, csrf.REASON_BAD_REFERER, csrf.REASON_INSECURE_REFERER)


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
    return JsonResponse(
        {"status": "ok" if well else "down", "parts": parts}, status=200 if well else 503
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key has expired: show what was typed, and let one press send it again.

    Only for a form that came from our own pages: one posted from elsewhere gets no second chance.
    Files, passwords and codes are never given back.
    """
    ours = _came_from_here(request, reason)
    context = {
        "action": request.get_full_path(),
        "fields": _typed(request) if ours else [],
        "files": sorted(request.FILES) if ours else [],
        "multipart": request.content_type == "multipart/form-data",
        "ours": ours,
    }
    return render(request, "core/csrf_failure.html", context, status=403)


def _came_from_here(request: HttpRequest, reason: str) -> bool:
    fetch_site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if fetch_site not in ("same-origin", "none"):
        return False
    if any(reason == elsewhere % ("",) * elsewhere.count("%s") for elsewhere in FROM_ELSEWHERE):
        return False
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return source is not None and urlsplit(source).netloc == request.get_host()


def _typed(request: HttpRequest) -> list[dict[str, object]]:
    """(name, values) of each posted field, long ones first worth seeing, secrets left out."""
    return [
        {"name": name, "values": values, "label": name.replace("_", " ").replace("-", " ")}
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in SECRET_WORDS)
    ]
