"""Reads: lists for the public and for staff, and what a challenge's page shows."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Organisation, User
from challenges import cards, dates, registry
from challenges.models import Challenge, FormVersion, Phase, Series, Theme
from challenges.registry import IdeaNumbers, National
from challenges.rules import can_create_challenge
from challenges.states import ChallengeState, PhaseKind, Status
from core.cards import ChallengeCard, PhaseMark

# How the public list is ordered: what one can do something about comes first.
LIST_ORDER = (Status.OPEN, Status.COMING, Status.SCORING, Status.DECIDED)
NATIONAL_KEY, NATIONAL_SECONDS = "challenges.national", 60


@dataclass(frozen=True)
class ListedChallenge:
    """A challenge in a list, with what it is at that moment."""

    challenge: Challenge
    status: Status

    @property
    def url(self) -> str:
        return self.challenge.get_absolute_url()

    @property
    def card(self) -> ChallengeCard:
        return cards.challenge_card(self.challenge, self.status)


def public_list(*, at: dt.datetime, owner: Organisation | None = None) -> list[ListedChallenge]:
    """Every challenge that the public may know of: open ones by closing time, then the rest."""
    challenges = Challenge.objects.opened().with_phases()
    if owner is not None:
        challenges = challenges.filter(owner=owner)
    listed = [ListedChallenge(one, one.status_at(at)) for one in challenges]
    return sorted(listed, key=_list_order)


def by_status(listed: list[ListedChallenge]) -> dict[Status, list[ListedChallenge]]:
    """The same, gathered by state in the order of the list; states without any are left out."""
    groups: dict[Status, list[ListedChallenge]] = defaultdict(list)
    for one in listed:
        groups[one.status].append(one)
    return {status: groups[status] for status in LIST_ORDER if groups[status]}


def _list_order(listed: ListedChallenge) -> tuple[int, float]:
    challenge, status = listed.challenge, listed.status
    if status == Status.OPEN:
        moment = challenge.closes_at
    elif status == Status.COMING:
        moment = challenge.opens_at
    else:
        moment = challenge.closes_at
        return LIST_ORDER.index(status), -(moment.timestamp() if moment else 0)
    return LIST_ORDER.index(status), moment.timestamp() if moment else 0


@dataclass(frozen=True)
class ThemeCount:
    theme: Theme
    ideas: int


@dataclass(frozen=True)
class Door:
    """A way in to propose: one series."""

    series: Series
    ideas: int

    @property
    def words(self) -> cards.DoorWords:
        return cards.door_words(self.series.kind)


@dataclass(frozen=True)
class ChallengeScreen:
    """What a challenge's page shows besides its texts."""

    challenge: Challenge
    status: Status
    phases: list[Phase]
    now: Phase | None
    doors: list[Door]
    themes: list[ThemeCount]
    numbers: IdeaNumbers
    days_left: int
    at: dt.datetime

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN

    @property
    def takes_inquiries(self) -> bool:
        return self.challenge.takes_inquiries(self.at)

    @property
    def marks(self) -> list[PhaseMark]:
        return cards.phase_marks(self.phases, self.status, self.at)

    @property
    def closing(self) -> str:
        """“Monday 30 Nov at 16:00”."""
        closes = self.challenge.closes_at
        return dates.moment(closes) if closes else ""

    @property
    def opening(self) -> str:
        opens = self.challenge.opens_at
        return dates.moment(opens) if opens else ""

    @property
    def results_on(self) -> str:
        phase = self.challenge.phase(PhaseKind.RESULTS)
        return dates.long_date(phase.starts_at) if phase else ""

    @property
    def mosaic_caption(self) -> str:
        return cards.mosaic_words(self.numbers.total, len(self.numbers.by_municipality))


def challenge_screen(challenge: Challenge, *, at: dt.datetime) -> ChallengeScreen:
    """Four queries of our own, and those that count proposals (a constant number)."""
    numbers = registry.idea_numbers(challenge)
    closes = challenge.closes_at
    left = (closes - at) if closes and closes > at else dt.timedelta()
    return ChallengeScreen(
        challenge=challenge,
        status=challenge.status_at(at),
        phases=challenge.timetable,
        now=challenge.phase_at(at),
        doors=[Door(one, numbers.by_series.get(one.pk, 0)) for one in challenge.series.all()],
        themes=[ThemeCount(one, numbers.by_theme.get(one.pk, 0)) for one in challenge.themes.all()],
        numbers=numbers,
        days_left=left.days,
        at=at,
    )


def for_page(challenge_id: int) -> Challenge:
    """A challenge with all that its page needs, in a constant number of queries."""
    return Challenge.objects.with_phases().prefetch_related("series", "themes").get(pk=challenge_id)


def public_challenge(slug: str) -> Challenge | None:
    """By short name, if the public may know of it. For views of higher floors."""
    found = Challenge.objects.with_phases().filter(slug=slug).first()
    return found if found and found.is_public else None


def national() -> National:
    """Numbers of the whole country for the home page, kept a minute."""
    numbers: National | None = cache.get(NATIONAL_KEY)
    if numbers is None:
        numbers = registry.national()
        cache.set(NATIONAL_KEY, numbers, NATIONAL_SECONDS)
    return numbers


def hosts_of_country() -> National:
    """Our part of those numbers: municipalities that have published a challenge."""
    rows = (
        Challenge.objects.opened()
        .exclude(owner__municipality="")
        .order_by()
        .values_list("owner__municipality")
        .annotate(count=Count("pk"))
    )
    return National(by_municipality=dict(rows))


@dataclass(frozen=True)
class StaffRow:
    """A challenge in the back office's list."""

    challenge: Challenge
    status: Status
    waiting_days: int


def staff_list(user: User, *, at: dt.datetime) -> list[StaffRow]:
    challenges = Challenge.objects.workable_by(user).with_phases()
    return [
        StaffRow(one, one.status_at(at), _days_to(one.closes_at, at))
        for one in challenges.order_by("-created_at", "-pk")
    ]


def _days_to(moment: dt.datetime | None, at: dt.datetime) -> int:
    return max((moment - at).days, 0) if moment else 0


def staff_challenge(user: User, pk: int) -> Challenge | None:
    """The challenge with what its back-office pages show, if the person works for its host."""
    return (
        Challenge.objects.workable_by(user)
        .with_phases()
        .prefetch_related("series", "themes", "pages__locale")
        .filter(pk=pk)
        .first()
    )


def newest_forms(challenge: Challenge) -> dict[int, FormVersion]:
    """Series' pk → the newest version of its form, also one being corrected. Two queries."""
    return _latest(FormVersion.objects.filter(series__challenge=challenge))


def forms_in_force(challenge: Challenge) -> dict[int, FormVersion]:
    """Series' pk → what proposals are begun with, as `Series.form` of each. Two queries."""
    rows = FormVersion.objects.filter(series__challenge=challenge)
    if challenge.state != ChallengeState.PREPARING:
        rows = rows.exclude(frozen_at=None)
    return _latest(rows)


def _latest(rows: QuerySet[FormVersion]) -> dict[int, FormVersion]:
    wanted = Q(pk__in=[])
    for row in rows.order_by().values("series").annotate(last=Max("number")):
        wanted |= Q(series=row["series"], number=row["last"])
    return {form.series_id: form for form in FormVersion.objects.filter(wanted)}


def hosts_of(user: User) -> list[Organisation]:
    """Hosts in whose name the person may publish a challenge."""
    return [
        one for one in Organisation.objects.filter(is_host=True) if can_create_challenge(user, one)
    ]
