"""Whatever Elasticsearch or the way there has against it is an index out of reach, and soon known.

A server that is away refuses at once. One that hangs costs its time-out; so after one, nobody asks
for some seconds, then one asks for all: a page waits once, not each page.
"""

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, NotFoundError

from search.engine import SearchUnavailable, ServerDown

REST: Final = 5.0  # seconds
SILENT: Final = "Elasticsearch does not answer"  # where it should be is nothing for /health to tell

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Silence:
    """Whether the server has lately let somebody wait in vain: one for a process's threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def heed(self) -> None:
        """ServerDown while it rests; who comes first after that asks, and the others still rest."""
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                raise ServerDown(SILENT)
            if self._until:
                self._until = now + REST

    def begins(self) -> None:
        with self._lock:
            self._until = time.monotonic() + REST

    def ends(self) -> None:
        with self._lock:
            self._until = 0.0


class Asking(Protocol):
    @property
    def silence(self) -> Silence: ...


Self = TypeVar("Self", bound=Asking)
Method = Callable[Concatenate[Self, Given], Answer]


def reads(method: Method[Self, Given, Answer]) -> Method[Self, Given, Answer]:
    """A method that a page waits for."""

    @wraps(method)
    def asked(self: Self, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        self.silence.heed()
        try:
            answer = _translated(method, self, *args, **kwargs)
        except SearchUnavailable as error:
            if isinstance(error.__cause__, ConnectionTimeout):
                self.silence.begins()
            else:
                self.silence.ends()
            raise
        self.silence.ends()
        return answer

    return asked


def works(method: Method[Self, Given, Answer]) -> Method[Self, Given, Answer]:
    """A method of the outbox or a command, which may take its time."""

    @wraps(method)
    def done(self: Self, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return _translated(method, self, *args, **kwargs)

    return done


def _translated(
    method: Callable[Given, Answer], *args: Given.args, **kwargs: Given.kwargs
) -> Answer:
    try:
        return method(*args, **kwargs)
    except (NoConnection, ConnectionTimeout) as error:
        raise ServerDown(SILENT) from error
    except NotFoundError as error:
        raise SearchUnavailable("there is no index on Elasticsearch") from error
    except ApiError as error:
        kind = ServerDown if error.status_code in {401, 403, 429, 502, 503, 504} else None
        told = f"Elasticsearch answers {error.status_code}: {error.message}"
        raise (kind or SearchUnavailable)(told) from error
    except TransportError as error:
        raise ServerDown("what answers is not Elasticsearch") from error
