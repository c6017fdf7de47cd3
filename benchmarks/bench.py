"""What the benchmarks share: a database of their own, and how things are timed.

Import it first: it sets up Django on a fresh SQLite file (or DATABASE_URL).
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("TALKOOT_VAR", tempfile.mkdtemp(prefix="talkoot-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["OUTBOX_DRAINER"] = "0"
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django
from django.conf import settings

settings.STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
settings.ALLOWED_HOSTS = ["*"]
settings.PAGE_CACHE_SECONDS = 0
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

ROUNDS = 7


@dataclass(frozen=True)
class Spent:
    """Medians of a request: CPU seconds of this process, and its number of queries."""

    cpu: float
    queries: int


def prepare() -> None:
    """A migrated, empty database, and responses that tell their context."""
    setup_test_environment(debug=False)
    call_command("migrate", verbosity=0)


CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def count_queries(captured: CaptureQueriesContext) -> int:
    """Statements that read or write; what begins and ends transactions is not among them."""
    return sum(not query["sql"].lstrip().upper().startswith(CONTROL) for query in captured)


def time_request(call: Callable[[], HttpResponse], *, expect: int = 200) -> Spent:
    """Median CPU over some rounds, after one to warm up; the queries of the last."""
    times: list[float] = []
    queries = 0
    for turn in range(ROUNDS + 1):
        with CaptureQueriesContext(connection) as captured:
            begun = time.process_time()
            response = call()
            spent = time.process_time() - begun
        assert response.status_code == expect, (response.status_code, response.content[:400])
        queries = count_queries(captured)
        if turn:
            times.append(spent)
    return Spent(statistics.median(times), queries)


def bare_view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def reference() -> float:
    """CPU seconds of a view without middleware or database: what this machine is worth today."""
    request = HttpRequest()
    begun = time.process_time()
    for _ in range(2000):
        bare_view(request)
    return (time.process_time() - begun) / 2000


def line(name: str, got: float, limit: float, unit: str) -> bool:
    good = got <= limit
    print(f"  {'ok  ' if good else 'OVER'} {name:56}{got:10.4g} {unit:10} to reach ≤ {limit:g}")
    return good


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client
