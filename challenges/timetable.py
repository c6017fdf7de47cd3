"""Dates of a challenge: moved together by local days, checked as a whole."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from challenges.models import Challenge
from challenges.recipes import helsinki
from challenges.states import PhaseKind
from core.clock import local

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
