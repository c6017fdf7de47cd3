"""Searches that people keep: on their own page, in their data, and in letters of what is new."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from accounts.registry import Card, Held
from catalogue.models import Solution
from core import mail, outbox
from search import downloads
from search.catalogue import Asked
from search.engine import Sort
from search.models import SavedSearch

MOST_TOLD: Final = 50  # of the newest solutions of a search


@dataclass(frozen=True)
class New:
    """What a search has found since it was last told of."""

    search: SavedSearch
    solutions: tuple[Solution, ...]


def of(user: User) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(user=user)


def is_new(asked: Asked, kept: Iterable[SavedSearch]) -> bool:
    """Whether there is something to keep that the person has not kept."""
    query = replace(asked, more=False, sort=Sort.RELEVANCE.value).search_address()
    return query != "?" and all(one.query != query for one in kept)


def card(user: User) -> Card | None:
    """On the person's own page."""
    own = list(of(user))
    return Card("search/home_card.html", {"searches": own}, order=40) if own else None


def held(user: User) -> Held:
    rows = of(user).order_by("pk").values("name", "query", "mail", "created_at")
    return Held("saved_searches", list(rows))


def erase(user: User, at: dt.datetime) -> None:
    of(user).delete()


def order_letters() -> None:
    """A job for each person who wants to hear: one search that fails stops no other's letter."""
    wanted = SavedSearch.objects.filter(mail=True, user__is_active=True)
    people = wanted.order_by("user").values_list("user", flat=True).distinct()
    outbox.emit_each("searches.due", [{"user": pk} for pk in people])


def tell(*, user: int, at: dt.datetime) -> None:
    """One letter of all that is new in the person's searches; none when nothing is."""
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:
        return
    searches = list(of(person).filter(mail=True).select_for_update())
    news = [found for one in searches if (found := _news(one, person.language)).solutions]
    of(person).filter(pk__in=[one.pk for one in searches]).update(told_at=at)
    if news and not person.is_demo:
        mail.send(
            to=person.email,
            template="saved_searches",
            language=person.language,
            context={"news": news, "path": reverse("accounts:home")},
        )


def _news(one: SavedSearch, language: str) -> New:
    asked = Asked.read(QueryDict(one.query.removeprefix("?")), language=language)
    newest = downloads.found(asked, sort=Sort.NEWEST, most=MOST_TOLD, portion=MOST_TOLD)
    fresh = (
        solution
        for solution in newest
        if (solution.first_published_at or solution.created_at) > one.told_at
    )
    return New(one, tuple(fresh))
