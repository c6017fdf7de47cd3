"""As the days pass, the demo's open call stays open and its coming one to come."""

import datetime as dt
from collections.abc import Iterator

from challenges import timetable
from challenges.actions import save_timetable
from challenges.recipes import helsinki
from challenges.states import PhaseKind, Status
from core.clock import local
from demo.data import challenge as data_of
from demo.parts.calls import challenge_of
from demo.parts.places import staff

OPEN, COMING, SCORING = "kuopio", "pietarsaari", "oulu"
LEAST = dt.timedelta(days=5)  # what must be left of a stretch; else it is moved on
WHOLE = dt.timedelta(days=12)


def keep(*, at: dt.datetime) -> Iterator[str]:
    """Move the dates that have come too near, as staff would; what was done."""
    for key, phase, edge in (
        (OPEN, PhaseKind.SUBMISSION, 1),
        (SCORING, PhaseKind.SCORING, 1),
        (COMING, PhaseKind.SUBMISSION, 0),
    ):
        data = data_of(key)
        challenge = challenge_of(data)
        dates = timetable.of(challenge)
        if challenge.status_at(at) not in (Status.OPEN, Status.SCORING, Status.COMING):
            continue
        reached = dates[phase][edge]
        if reached - at > LEAST or (edge == 0 and reached <= at):
            continue
        by, _second = staff(data)
        save_timetable(challenge=challenge, phases=_moved(dates, phase, edge, at), by=by, at=at)
        yield f"{challenge}: the timetable moved on"


def _moved(
    dates: timetable.Timetable, phase: PhaseKind, edge: int, at: dt.datetime
) -> dict[PhaseKind, timetable.Span]:
    """From the phase's edge on, every moment so many days later; the time of day stays."""
    reached = dates[phase][edge]
    days = (local(at + WHOLE).date() - local(reached).date()).days

    def later(moment: dt.datetime) -> dt.datetime:
        if moment < reached:
            return moment
        here = local(moment)
        return helsinki(here.date() + dt.timedelta(days=days), here.time())

    return {kind: (later(starts), later(ends)) for kind, (starts, ends) in dates.items()}
