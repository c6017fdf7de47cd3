"""Reads: what staff see of a challenge's proposals. Of drafts nobody sees more than their count."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from challenges.models import Challenge
from ideas.models import Idea, IdeaQuerySet
from ideas.states import DELIVERED, IdeaState


@dataclass(frozen=True)
class StaffFilters:
    """What narrows the list; "" is no filter."""

    q: str = ""
    series: str = ""
    state: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "StaffFilters":
        return cls(
            q=query.get("q", "").replace("\x00", "").strip()[:100],
            series=query.get("series", "")[:40],
            state=query.get("state", "")[:12],
        )

    @property
    def are_set(self) -> bool:
        return bool(self.q or self.series or self.state)


def delivered(
    challenge: Challenge,
    filters: StaffFilters | None = None,
    *,
    without: Collection[int] = (),
) -> IdeaQuerySet:
    """Proposals that have been handed in to the challenge, by number.

    without: primary keys of those that are closed to the reader.
    """
    found = Idea.objects.delivered().filter(challenge=challenge).exclude(pk__in=without)
    if filters is None:
        return found.order_by("number")
    if filters.series:
        found = found.filter(series__key=filters.series)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.q:
        words = filters.q
        found = found.filter(
            Q(title__icontains=words)
            | Q(reference__icontains=words)
            | Q(organisation__name__icontains=words)
            | Q(contact_name__icontains=words)
            | Q(contact_email__icontains=words)
        )
    return found.order_by("number")


def for_list(found: IdeaQuerySet) -> IdeaQuerySet:
    """With what a row shows, without the texts."""
    return found.select_related("series", "organisation").only(
        "uid",
        "state",
        "reference",
        "number",
        "title",
        "language",
        "contact_name",
        "contact_email",
        "name_public",
        "submitted_at",
        "is_demo",
        "series__name",
        "organisation__name",
    )


def one(challenge: Challenge, number: int, *, without: Collection[int] = ()) -> Idea | None:
    """A delivered proposal with all that its page shows."""
    found: Idea | None = (
        delivered(challenge, without=without).for_reading().filter(number=number).first()
    )
    if found is not None:
        found.challenge = challenge
    return found


def next_unchecked(
    challenge: Challenge, after: int, *, without: Collection[int] = ()
) -> Idea | None:
    """The next one that waits for staff's word, from the beginning again after the last."""
    waiting = delivered(challenge, without=without).filter(state=IdeaState.SUBMITTED).only("number")
    found: Idea | None = waiting.filter(number__gt=after).first() or waiting.first()
    return found


def counts(challenge: Challenge) -> dict[str, int]:
    """State → how many, drafts and withdrawn ones too; "delivered" is the sum of delivered ones."""
    rows = dict(
        Idea.objects.filter(challenge=challenge)
        .order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    found = {state.value: rows.get(state.value, 0) for state in IdeaState}
    return found | {"delivered": sum(found[state] for state in DELIVERED)}
