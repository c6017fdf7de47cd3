"""The outbox handlers of the catalogue."""

from typing import Any

from wagtail.models import ReferenceIndex

from catalogue import reviews
from catalogue.models import Solution
from core import clock, daily, outbox


@outbox.handler("solutions.created")
def list_references(*, solutions: list[int], **payload: Any) -> None:
    """Wagtail's register of what refers to what; it hears of single saves only by itself."""
    for solution in Solution.objects.filter(pk__in=solutions):
        ReferenceIndex.create_or_update_for_object(solution)


@outbox.handler(daily.EVENT)
def ask_whether_still_true() -> None:
    reviews.ask(at=clock.now())
