"""The index follows the database: each event reads the row again and writes what is public now.

Handlers run outside a transaction, since an index is no part of one; doing one twice does no harm.
"""

import datetime as dt
from typing import Any, Final

from catalogue.models import Solution
from core import clock, daily, outbox
from ideas.models import Idea
from search import registry, saved, teaching
from search.engine import SearchUnavailable
from search.service import engine

TRY_AGAIN: Final = dt.timedelta(seconds=15)
AT_ONCE: Final = 500  # documents of one commit


def refresh(uids: list[str]) -> None:
    """Make the index agree with the database about these. While it is out of reach, try again
    later: an outage must not use up the attempts of a job."""
    for begin in range(0, len(uids), AT_ONCE):
        part = uids[begin : begin + AT_ONCE]
        try:
            engine().refresh(part, registry.documents)
        except SearchUnavailable:
            outbox.emit("search.refresh", run_after=clock.now() + TRY_AGAIN, uids=part)


@outbox.handler(daily.EVENT)
def order_letters_of_searches() -> None:
    saved.order_letters()


@outbox.handler("searches.due")
def tell_of_searches(*, user: int) -> None:
    saved.tell(user=user, at=clock.now())


@outbox.handler("search.refresh", atomic=False)
def refresh_again(*, uids: list[str]) -> None:
    """Also for bulk changes: one event with many uids (`solution:12`) is one commit."""
    refresh(uids)


def _refresh_one(kind: str, payload: dict[str, Any]) -> None:
    refresh([f"{kind}:{payload[kind]}"])


def _refresh_challenge(payload: dict[str, Any]) -> None:
    """A challenge decides which of its proposals are public, and gives facets their names."""
    pk = payload["challenge"]
    ideas = Idea.objects.filter(challenge=pk).values_list("pk", flat=True)
    solutions = Solution.objects.filter(challenge=pk).values_list("pk", flat=True)
    refresh([f"idea:{idea}" for idea in ideas] + [f"solution:{one}" for one in solutions])


@outbox.handler("idea.submitted", atomic=False)
def idea_submitted(**payload: Any) -> None:
    _refresh_one("idea", payload)


@outbox.handler("idea.hidden", atomic=False)
@outbox.handler("idea.restored", atomic=False)
def idea_moderated(**payload: Any) -> None:
    """What staff hide is no longer found, nor similar to anything."""
    _refresh_one("idea", payload)


@outbox.handler("idea.withdrawn", atomic=False)
def idea_withdrawn(**payload: Any) -> None:
    _refresh_one("idea", payload)


@outbox.handler("ideas.anonymised", atomic=False)
@outbox.handler("ideas.moved", atomic=False)
@outbox.handler("ideas.named", atomic=False)
@outbox.handler("ideas.published", atomic=False)
def ideas_published(*, ideas: list[int], **payload: Any) -> None:
    refresh([f"idea:{pk}" for pk in ideas])


@outbox.handler("solution.changed", atomic=False)
def solution_changed(**payload: Any) -> None:
    _refresh_one("solution", payload)


@outbox.handler("solutions.changed", atomic=False)
def solutions_changed(*, solutions: list[int], **payload: Any) -> None:
    """Of an import: many at once, in one commit."""
    refresh([f"solution:{pk}" for pk in solutions])


@outbox.handler("challenge.changed", atomic=False)
def challenge_changed(**payload: Any) -> None:
    _refresh_challenge(payload)


@outbox.handler("challenge.closed", atomic=False)
def challenge_closed(**payload: Any) -> None:
    _refresh_challenge(payload)


@outbox.handler("challenge.cancelled", atomic=False)
def challenge_cancelled(**payload: Any) -> None:
    _refresh_challenge(payload)


@outbox.handler("decision.published", atomic=False)
def decision_published(**payload: Any) -> None:
    _refresh_challenge(payload)


@outbox.handler(daily.EVENT)
def forget_old_words() -> None:
    teaching.forget_old_words(at=clock.now())
