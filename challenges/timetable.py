"""Dates of a challenge: moved together by local days, checked as a whole."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from challenges.dates import long_date
from challenges.models import Challenge
from challenges.recipes import helsinki
from challenges.states import PhaseKind
from core.clock import HELSINKI, local

SATURDAY = 5

Span = tuple[dt.datetime, dt.datetime]
Timetable = Mapping[PhaseKind, Span]


def of(challenge: Challenge) -> dict[PhaseKind, Span]:
    return {PhaseKind(p.kind): (p.starts_at, p.ends_at) for p in challenge.timetable}


def moved(timetable: Timetable, *, opens_on: dt.date) -> dict[PhaseKind, Span]:
    """The same timetable from another opening day: days shift, times of day stay as they were."""
    days = opens_on - local(timetable[PhaseKind.SUBMISSION][0]).date()

    def shift(moment: dt.datetime) -> dt.datetime:
        here = local(moment)
        return helsinki(here.date() + days, here.time())

    return {kind: (shift(starts), shift(ends)) for kind, (starts, ends) in timetable.items()}


def extended(timetable: Timetable, *, closes_at: dt.datetime) -> dict[PhaseKind, Span]:
    """The call closes then; what comes after it moves by as many days, times of day stay."""
    starts, before = timetable[PhaseKind.SUBMISSION]
    days = dt.timedelta(days=(local(closes_at).date() - local(before).date()).days)

    def later(moment: dt.datetime) -> dt.datetime:
        here = local(moment)
        return max(helsinki(here.date() + days, here.time()), closes_at)

    moved_on: dict[PhaseKind, Span] = {
        kind: (later(begins), later(ends))
        for kind, (begins, ends) in timetable.items()
        if kind != PhaseKind.SUBMISSION
    }
    return {PhaseKind.SUBMISSION: (starts, closes_at), **moved_on}


def off_holidays(
    timetable: Timetable, *, keep: PhaseKind | None = None
) -> tuple[dict[PhaseKind, Span], list[str]]:
    """No phase begins or ends on a Finnish public holiday: (timetable, what was moved, in words).

    A date that falls on one moves to the next day that is neither a holiday nor a weekend; a phase
    that begins when another ends goes with it. The opening stays: somebody has chosen that day.
    `keep`: a phase whose end somebody has chosen.
    """
    spans: dict[PhaseKind, Span] = {}
    moves: list[str] = []
    previous: dt.datetime | None = None
    for kind in PhaseKind:
        if kind not in timetable:
            continue
        starts, ends = timetable[kind]
        if kind != PhaseKind.SUBMISSION:
            starts = _working(starts, moves)
        if kind != keep:
            ends = _working(ends, moves)
        if previous is not None and starts < previous:
            starts = previous
        spans[kind], previous = (starts, max(starts, ends)), max(starts, ends)
    return spans, list(dict.fromkeys(moves))


def _working(moment: dt.datetime, moves: list[str]) -> dt.datetime:
    here = local(moment)
    holiday = holiday_on(here.date())
    if not holiday:
        return moment
    day = here.date()
    while holiday_on(day) or day.weekday() >= SATURDAY:
        day += dt.timedelta(days=1)
    moved_to = dt.datetime.combine(day, here.time(), HELSINKI)
    moves.append(
        _("%(from)s is a public holiday (%(name)s): moved to %(to)s.")
        % {"from": long_date(moment), "name": holiday, "to": long_date(moved_to)}
    )
    return helsinki(day, here.time())


def holiday_on(day: dt.date) -> str:
    """The holiday's name in the active language, "" on other days."""
    language = {"sv": "sv_FI", "en": "en_US"}.get(get_language() or "fi", "fi")
    name: str = _holidays(day.year, language).get(day, "")
    return name


@lru_cache(maxsize=32)
def _holidays(year: int, language: str) -> dict[dt.date, str]:
    made = import_module("holidays").country_holidays("FI", years=year, language=language)
    return dict(made)


def problems(timetable: Timetable) -> dict[str, list[str]]:
    """What is wrong, by field: «submission_ends»: [message]. Phases follow each other in order."""
    found: dict[str, list[str]] = {}
    if PhaseKind.SUBMISSION not in timetable:
        found["submission_starts"] = [_("Say when proposals may be made.")]
    previous: Span | None = None
    for kind in PhaseKind:
        if kind not in timetable:
            continue
        starts, ends = timetable[kind]
        if ends <= starts:
            found.setdefault(f"{kind}_ends", []).append(_("The phase must end after it starts."))
        if previous and starts < previous[1]:
            found.setdefault(f"{kind}_starts", []).append(
                _("The phase begins before the one before it has ended.")
            )
        previous = (starts, ends)
    return found
