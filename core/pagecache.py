"""Pages for anonymous readers, kept for one second in the memory of the process.

What a reader gets was built from data read less than a second ago: a copy's age counts from the
moment its building began. When a copy is 0.7 s old one reader builds the next while the others get
the copy; when there is none, one builds and the others wait for it. A change made in this process
empties the memory when it is committed (`outbox.emit` and `audit.record` see to it).

Kept is a GET answered 200 to somebody without a session, form key or message, when the answer sets
no cookie, varies on nothing that is not in the key, and does not say private, no-store or no-cache.
`front` answers from the memory before Django is even asked; the middleware does everything else.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header, patch_cache_control

REFRESH_AT = 0.7  # of the time that a copy is kept
PASS_FOR = 10.0  # seconds for which an address that cannot be kept is not tried again
WAIT_AT_MOST = 10.0
SWEEP_EVERY = 1.0
# Pages built at a time: more would only take turns in the one interpreter, and memory each. A slow
# one (a printed file) keeps the others waiting for so many seconds at most.
AT_ONCE, PATIENCE = 4, 0.5
QUERY_AT_MOST = 300
BODY_AT_MOST = 512 * 1024
BYTES_AT_MOST = 32 * 1024 * 1024
ENTRIES_AT_MOST = 2000
MAY_VARY_ON = {
    *("accept-encoding", "cookie", "hx-request", "hx-boosted", "hx-target", "hx-trigger"),
    *("hx-trigger-name", "hx-current-url", "hx-history-restore-request"),
}
HX = tuple("HTTP_" + name.upper().replace("-", "_") for name in MAY_VARY_ON if name[:3] == "hx-")

Key = tuple[Any, ...]
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, or (body None) the knowledge that this address cannot be kept."""

    born: float
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    etag: str = ""

    @property
    def weight(self) -> int:
        return 1000 + len(self.body or b"")

    @property
    def life(self) -> float:
        """Seconds for which it may be used."""
        return PASS_FOR if self.body is None else settings.PAGE_CACHE_SECONDS


class Building:
    """One reader builds; the others wait for `ready`."""

    __slots__ = ("generation", "ready")

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.ready = threading.Event()


class PageCache:
    """The memory itself. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._building: dict[Key, Building] = {}
        self._bytes = 0
        self._generation = 0
        self._swept = 0.0

    def ready(self, key: Key) -> Kept | None:
        """A copy that may be given at once: young, or still good while the next is built."""
        kept = self._kept.get(key)
        if kept is None or kept.body is None:
            return None
        age = (time.monotonic() - kept.born) / settings.PAGE_CACHE_SECONDS
        return kept if age < REFRESH_AT or (age < 1 and key in self._building) else None

    def take(self, key: Key) -> Kept | Building | None:
        """A copy to give; or the order to build (end it with `finish`); or None: go past us."""
        deadline = time.monotonic() + WAIT_AT_MOST
        while True:
            with self._lock:
                now = time.monotonic()
                kept = self._kept.get(key)
                if kept is not None:
                    age = now - kept.born
                    life = kept.life
                    if kept.body is None and age < life:
                        return None
                    if kept.body is not None and (
                        age < life * REFRESH_AT or (age < life and key in self._building)
                    ):
                        self._kept.move_to_end(key)
                        return kept
                building = self._building.get(key)
                if building is None or building.generation != self._generation:
                    building = self._building[key] = Building(self._generation)
                    return building
            if not building.ready.wait(max(0.0, deadline - time.monotonic())):
                return None

    def finish(self, key: Key, building: Building, kept: Kept | None) -> None:
        """End a building; the result is kept unless something changed meanwhile."""
        with self._lock:
            if self._building.get(key) is building:
                del self._building[key]
            if kept is not None and building.generation == self._generation:
                self._put(key, kept)
        building.ready.set()

    def _put(self, key: Key, kept: Kept) -> None:
        if old := self._kept.pop(key, None):
            self._bytes -= old.weight
        self._kept[key] = kept
        self._bytes += kept.weight
        if kept.born - self._swept > SWEEP_EVERY:
            self._sweep(kept.born)
        while self._bytes > BYTES_AT_MOST or len(self._kept) > ENTRIES_AT_MOST:
            _oldest, gone = self._kept.popitem(last=False)
            self._bytes -= gone.weight

    def _sweep(self, now: float) -> None:
        """Let go of what is too old to be given: many addresses are asked for only once."""
        self._swept = now
        for key, kept in list(self._kept.items()):
            if now - kept.born >= kept.life:
                del self._kept[key]
                self._bytes -= kept.weight

    def clear(self) -> None:
        """Forget every page at once; one that is being built will not be kept."""
        with self._lock:
            self._generation += 1
            self._kept.clear()
            self._bytes = 0


pages = PageCache()
_places = threading.BoundedSemaphore(AT_ONCE)


def invalidate() -> None:
    """Forget every page of this process once the present transaction is committed."""
    transaction.on_commit(pages.clear)


def key_of(environ: Environ) -> Key | None:
    """What the kept answer depends on; None when this request is not for the cache."""
    method = environ["REQUEST_METHOD"]
    if method not in ("GET", "HEAD") or not settings.PAGE_CACHE_SECONDS:
        return None
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if (
        len(query) > QUERY_AT_MOST
        or "HTTP_AUTHORIZATION" in environ
        or "HTTP_RANGE" in environ
        or path.startswith(_not_for_us())
        or _is_known(environ.get("HTTP_COOKIE", ""))
    ):
        return None
    by_htmx = "HTTP_HX_REQUEST" in environ
    return (
        environ.get("HTTP_HOST") or environ.get("SERVER_NAME"),
        path,
        query,
        "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
        environ.get("wsgi.url_scheme"),
        environ.get("HTTP_X_FORWARDED_PROTO"),
        tuple(environ.get(name) for name in HX) if by_htmx else None,
    )


def _not_for_us() -> tuple[str, ...]:
    return ("/admin/", "/documents/", "/health", settings.STATIC_URL, settings.MEDIA_URL)


def _is_known(cookies: str) -> bool:
    """Whether a cookie of ours could make the page this reader's own."""
    return bool(cookies) and (
        f"{settings.SESSION_COOKIE_NAME}=" in cookies
        or f"{settings.CSRF_COOKIE_NAME}=" in cookies
        or "messages=" in cookies
    )


def _keepable(response: HttpResponse) -> bool:
    if response.status_code != 200 or response.streaming or response.cookies:
        return False
    control = response.get("Cache-Control", "")
    vary = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return not (
        any(word in control for word in ("private", "no-store", "no-cache"))
        or vary - MAY_VARY_ON
        or "'nonce-" in response.get("Content-Security-Policy", "")
        or len(response.content) > BODY_AT_MOST
    )


def _keep(response: HttpResponse, born: float) -> Kept:
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
    if not response.has_header("ETag"):
        body = response.content
        if response.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)  # gzip adds random bytes; the text decides
        response["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    response["Content-Length"] = str(len(response.content))
    return Kept(born, tuple(response.items()), response.content, response["ETag"])


def _knows(environ: Environ, kept: Kept) -> bool:
    asked = environ.get("HTTP_IF_NONE_MATCH", "")
    return bool(asked) and (asked.strip() == "*" or kept.etag.removeprefix("W/") in asked)


def _unchanged(kept: Kept) -> list[tuple[str, str]]:
    told = ("etag", "cache-control", "vary", "expires", "content-location", "last-modified")
    return [
        (name, value)
        for name, value in kept.headers
        if name.lower() in told or name.lower().startswith("access-control-")
    ]


def front(application: Application) -> Application:
    """WSGI: give a kept page at once, before Django makes a request of it."""

    def serve(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        key = key_of(environ)
        kept = None if key is None else pages.ready(key)
        if kept is None:
            return application(environ, start_response)
        if _knows(environ, kept):
            start_response("304 Not Modified", _unchanged(kept))
            return []
        start_response("200 OK", list(kept.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body or b""]

    return serve


class PageCacheMiddleware:
    """Build, keep and give pages; mark as private what is made for one reader."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request.META)
        if key is None:
            return _private(self.get_response(request))
        found = pages.take(key)
        if isinstance(found, Kept):
            return _response(request, found)
        if found is None or request.method != "GET":
            if isinstance(found, Building):
                pages.finish(key, found, None)
            return self.get_response(request)
        return self._build(request, key, found)

    def _build(self, request: HttpRequest, key: Key, building: Building) -> HttpResponse:
        kept = None
        placed = _places.acquire(timeout=PATIENCE)
        born = time.monotonic()
        try:
            response = self.get_response(request)
            kept = _keep(response, born) if _keepable(response) else Kept(born)
        finally:
            if placed:
                _places.release()
            pages.finish(key, building, kept)
        return response if kept.body is None else _response(request, kept)


def _private(response: HttpResponse) -> HttpResponse:
    if not response.has_header("Cache-Control") and has_vary_header(response, "Cookie"):
        patch_cache_control(response, private=True)
    return response


def _response(request: HttpRequest, kept: Kept) -> HttpResponse:
    if _knows(request.META, kept):
        return HttpResponse(status=304, headers=dict(_unchanged(kept)))
    body = b"" if request.method == "HEAD" else kept.body or b""
    return HttpResponse(body, headers=dict(kept.headers))
