"""Reads: public lists, one proposal's page, its trail, numbers of a challenge."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge, FormVersion, Series, Theme
from challenges.registry import IdeaNumbers
from challenges.states import PhaseKind, Status
from core import clock
from core.cards import IdeaCard, Step
from core.municipalities import municipality
from ideas import reader, registry
from ideas.models import EligibilityCheck, Idea, IdeaQuerySet, TeamMember
from ideas.states import IdeaState, TeamRole

PAGE_SIZE = 24


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the list with; "" is no filter."""

    q: str = ""
    theme: str = ""
    series: str = ""
    municipality: str = ""
    awarded: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """From an address's query; whatever is unknown simply finds nothing."""
        return cls(
            q=query.get("q", "").replace("\x00", "").strip()[:100],
            theme=query.get("theme", "")[:40],
            series=query.get("series", "")[:40],
            municipality=query.get("municipality", "").replace("\x00", "")[:60],
            awarded=query.get("awarded") == "1",
        )

    @property
    def are_set(self) -> bool:
        return bool(self.q or self.theme or self.series or self.municipality or self.awarded)


def public_ideas(
    challenge: Challenge, filters: Filters, *, without: frozenset[int] = frozenset()
) -> IdeaQuerySet:
    """The challenge's public proposals that the filters let through, winners first, then new.

    without: primary keys of those that are closed to the reader.
    """
    found = Idea.objects.public().filter(challenge=challenge)
    if without:
        found = found.exclude(pk__in=without)
    if filters.theme:
        found = found.filter(theme__key=filters.theme)
    if filters.series:
        found = found.filter(series__key=filters.series)
    if filters.municipality:
        found = found.filter(municipality=filters.municipality)
    if filters.awarded:
        found = found.filter(awarded=True)
    if filters.q:
        found = found.filter(title__icontains=filters.q)
    return found.order_by("-awarded", "-submitted_at", "-pk")


def public_page(
    challenge: Challenge, filters: Filters, number: int, *, without: frozenset[int] = frozenset()
) -> "Page[Any]":
    """A page of cards in three queries, whatever the number of proposals."""
    found = _for_cards(public_ideas(challenge, filters, without=without))
    page: Page[Any] = Paginator(found, PAGE_SIZE).get_page(number)
    page.object_list = _cards(challenge, page.object_list)
    return page


def latest(
    challenge: Challenge, limit: int = 6, *, without: frozenset[int] = frozenset()
) -> list[IdeaCard]:
    """The newest public proposals as cards."""
    found = Idea.objects.public().filter(challenge=challenge).order_by("-submitted_at", "-pk")
    if without:
        found = found.exclude(pk__in=without)
    return _cards(challenge, list(_for_cards(found)[:limit]))


def public_idea(uid: Any) -> Idea | None:
    """A public proposal with all that its page shows."""
    found = Idea.objects.public().for_reading().prefetch_related("challenge__phases")  # type: ignore[attr-defined]
    idea: Idea | None = found.filter(uid=uid).first()
    return idea


def hidden_idea(uid: Any) -> Idea | None:
    """A proposal that staff have hidden; its page tells the reason."""
    found: Idea | None = (
        Idea.objects.hidden().select_related("challenge__owner").filter(uid=uid).first()
    )
    return found


def _for_cards(found: IdeaQuerySet) -> IdeaQuerySet:
    return found.select_related("theme", "series", "organisation").only(
        "uid",
        "challenge_id",
        "form_id",
        "state",
        "reference",
        "language",
        "title",
        "summary",
        "municipality",
        "contact_name",
        "name_public",
        "submitted_at",
        "published_at",
        "hidden_at",
        "awarded",
        "supporters",
        "is_demo",
        "theme__key",
        "theme__name",
        "series__name",
        "series__kind",
        "organisation__name",
    )


def _cards(challenge: Challenge, ideas: Iterable[Idea]) -> list[IdeaCard]:
    ideas = list(ideas)
    forms = FormVersion.objects.in_bulk({idea.form_id for idea in ideas})
    for idea in ideas:
        idea.challenge = challenge
        idea.form = forms[idea.form_id]
    return [reader.card(idea) for idea in ideas]


def numbers(challenge: Challenge) -> IdeaNumbers:
    """How much has been proposed, as the public may know: one query that groups in the database."""
    rows = (
        Idea.objects.public()
        .filter(challenge=challenge)
        .order_by()
        .values_list("series_id", "theme_id", "municipality")
        .annotate(count=Count("pk"))
    )
    by_theme: dict[int, int] = {}
    by_series: dict[int, int] = {}
    by_place: dict[str, int] = {}
    total = 0
    for series_id, theme_id, area, count in rows:
        total += count
        by_series[series_id] = by_series.get(series_id, 0) + count
        if theme_id:
            by_theme[theme_id] = by_theme.get(theme_id, 0) + count
        if area:
            by_place[area] = by_place.get(area, 0) + count
    return IdeaNumbers(total, by_place, by_theme, by_series)


@dataclass(frozen=True)
class Place:
    """A municipality that proposals come from. `key` is what the filter takes."""

    key: str
    name: str  # in the reader's language
    count: int


def places(
    challenge: Challenge, filters: Filters, *, without: frozenset[int] = frozenset()
) -> list[Place]:
    """Where the listed proposals come from, by name; every municipality, also with one chosen."""
    anywhere = replace(filters, municipality="")
    rows = (
        public_ideas(challenge, anywhere, without=without)
        .exclude(municipality="")
        .order_by("municipality")
        .values_list("municipality")
        .annotate(count=Count("pk"))
    )
    found = [
        Place(key, place.name if (place := municipality(key)) else key, count)
        for key, count in rows
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def theme_counts(challenge: Challenge) -> list[tuple[Theme, int]]:
    """The challenge's themes with their public proposals, in the order of the themes."""
    counted = dict(
        Idea.objects.public()
        .filter(challenge=challenge, theme__isnull=False)
        .order_by()
        .values_list("theme_id")
        .annotate(count=Count("pk"))
    )
    return [(theme, counted.get(theme.pk, 0)) for theme in challenge.themes.all()]


def drafts_of(user: User, series: Series) -> list[Idea]:
    """The person's drafts to a series, newest first."""
    found = Idea.objects.of_team(user).filter(series=series, state=IdeaState.DRAFT)
    return list(found.select_related("organisation").order_by("-saved_at"))


def own_ideas(user: User) -> list[Idea]:
    """All that the person writes or has handed in, newest first."""
    found = Idea.objects.of_team(user).filter(withdrawn_at=None).defer("answers", "secrets")
    return list(found.select_related("challenge", "organisation").order_by("-saved_at")[:100])


def invitations_of(user: User) -> list[TeamMember]:
    """Places in teams that wait for the person."""
    found = TeamMember.objects.filter(
        email__iexact=user.email, joined_at=None, idea__withdrawn_at=None
    )
    return list(
        found.select_related("idea__challenge", "idea__organisation").order_by("-invited_at")
    )


def latest_check(idea: Idea) -> EligibilityCheck | None:
    return idea.checks.order_by("-at", "-pk").first()


def trail(idea: Idea, *, at: dt.datetime, refused_because: str = "") -> list[Step]:
    """received → checked → with the jury → decided → published, like a parcel's."""
    challenge = idea.challenge
    decided = idea.state == IdeaState.DECIDED
    refused = idea.state == IdeaState.INELIGIBLE
    with_jury = idea.state == IdeaState.ELIGIBLE and challenge.status_at(at) == Status.SCORING
    steps = [
        Step(label=_("Received"), state="done", caption=_day(idea.submitted_at)),
        Step(
            label=_checked_words(idea),
            state="bad"
            if refused
            else _state(
                done=decided or idea.state == IdeaState.ELIGIBLE,
                now=idea.state == IdeaState.SUBMITTED,
            ),
            caption=refused_because or _day(idea.checked_at),
        ),
    ]
    if refused:
        return steps
    if not challenge.has_jury:
        over = challenge.decided_at
        label = _("What was learned is published")
        return [
            *steps,
            Step(label=label, state=_state(done=bool(over), now=False), caption=_day(over)),
        ]
    scoring, results = challenge.phase(PhaseKind.SCORING), challenge.phase(PhaseKind.RESULTS)
    path = registry.path(idea)
    left = any(not one.advanced for one in path)
    return [
        *steps,
        Step(
            label=_("With the jury"),
            state=_state(done=decided or left, now=with_jury),
            caption=_day(scoring.starts_at) if scoring else "",
        ),
        *(
            Step(
                label=one.label,
                state="done",
                caption=_("went on") if one.advanced else _("did not go on"),
            )
            for one in path
        ),
        Step(
            label=_("Awarded") if idea.awarded else _("Decided"),
            state=_state(done=decided, now=False),
            caption=_day(idea.decided_at or (results.starts_at if results else None)),
        ),
        Step(
            label=_("Published"),
            state=_state(done=decided and idea.published_at is not None, now=False),
            caption=_day(max(idea.decided_at, idea.published_at))
            if idea.decided_at and idea.published_at
            else "",
        ),
    ]


def _checked_words(idea: Idea) -> str:
    if idea.state == IdeaState.INELIGIBLE:
        return _("Does not meet the rules")
    return _("Being checked") if idea.state == IdeaState.SUBMITTED else _("Checked")


def _state(*, done: bool, now: bool) -> str:
    return "done" if done else ("now" if now else "next")


def _day(moment: dt.datetime | None) -> str:
    if moment is None:
        return ""
    local = clock.local(moment)
    return f"{local.day}.{local.month}.{local.year}"


def contact_of(idea: Idea) -> str:
    """Whom letters about the proposal go to: its contact, else whoever is responsible for it."""
    owner = idea.team.filter(role=TeamRole.OWNER).values_list("email", flat=True).first()
    return idea.contact_email or owner or ""


def addresses_of(challenge: Challenge) -> dict[str, str]:
    """address → language of everybody who has a draft or a proposal: contacts and whole teams."""
    ideas = Idea.objects.filter(challenge=challenge, withdrawn_at=None, is_demo=False).order_by()
    found: dict[str, str] = {}
    contacts = ideas.exclude(contact_email="").values_list("contact_email", "language")
    members = TeamMember.objects.filter(
        idea__in=ideas.values("pk"), joined_at__isnull=False
    ).values_list("email", "idea__language")
    for address, language in [*contacts, *members]:
        found.setdefault(address.casefold(), language)
    return found
