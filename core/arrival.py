"""When the request that this thread answers was first readable.

At a closing time many come at once and wait for a free thread. The web server's worker notes the
moment when a request's first bytes were there, before the wait; see config/gunicorn.py.
"""

import threading
from datetime import UTC, datetime

from django.http import HttpRequest

from core import clock

_thread = threading.local()


class Line:
    """How many requests wait for a free thread of this process; what has time lets them first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.length = 0

    def join(self) -> None:
        with self._lock:
            self.length += 1

    def leave(self) -> None:
        with self._lock:
            self.length -= 1


line = Line()


def note(seconds_since_epoch: float | None) -> None:
    """Told by the web server before it hands the request to the application."""
    _thread.at = seconds_since_epoch


def moment() -> datetime:
    """The noted moment, else now."""
    noted = getattr(_thread, "at", None)
    return clock.now() if noted is None else datetime.fromtimestamp(noted, UTC)


def arrived_at(request: HttpRequest) -> datetime:
    """The moment that counts for closing times, as ArrivalMiddleware wrote it down.

    A request that did not come through the middlewares (a page drawn by a command) is here now.
    """
    return getattr(request, "arrived_at", None) or clock.now()
