"""The outbox handlers of the catalogue."""

from typing import Any

from wagtail.models import ReferenceIndex

from catalogue import personal, reviews
from catalogue.models import Reuse, Solution
from catalogue.states import PROVING
from challenges import following
from challenges.following import News
from core import clock, daily, outbox
from ideas import named


@outbox.handler("solutions.created")
def list_references(*, solutions: list[int], **payload: Any) -> None:
    """Wagtail's register of what refers to what; it hears of single saves only by itself."""
    for solution in Solution.objects.filter(pk__in=solutions):
        ReferenceIndex.create_or_update_for_object(solution)


@outbox.handler(named.CHANGED)
def follow_names(*, ideas: list[int], was: str, **_event: object) -> None:
    personal.follow_names(ideas=ideas, was=was)


@outbox.handler("reuse.told")
def tell_followers_of_the_proposal(*, reuse: int) -> None:
    """A municipality tries or uses what a followed proposal became."""
    found = (
        Reuse.objects.filter(pk=reuse, stage__in=PROVING, solution__live=True)
        .exclude(solution__idea=None)
        .select_related("organisation", "solution__idea")
        .first()
    )
    if found is None or found.solution.idea is None:
        return
    idea = found.solution.idea
    words = {
        "name": idea.title,
        "where": found.organisation.name,
        "solution": found.solution.slug,
    }
    following.tell(News.ADOPTED, {idea.uid: words})


@outbox.handler(daily.EVENT)
def ask_whether_still_true() -> None:
    reviews.ask(at=clock.now())
