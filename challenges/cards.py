"""A challenge as the components of the public site show it: card, phase bar, doors."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges import dates, profiles
from challenges.models import Challenge, Phase
from challenges.states import PhaseKind, SeriesKind, Status
from core.cards import ChallengeCard, PhaseMark
from core.multilingual import lang, text

STATE_KINDS = {
    Status.OPEN: "now",
    Status.COMING: "",
    Status.SCORING: "jury",
    Status.DECIDED: "win",
    Status.CANCELLED: "",
}


@dataclass(frozen=True)
class DoorWords:
    """What the way in to a series says."""

    title: str
    note: str
    classes: str


def door_words(kind: str) -> DoorWords:
    if kind == SeriesKind.CITIZENS:
        return DoorWords(
            _("Propose as a citizen"), _("About 5 minutes. You need no account."), "door"
        )
    return DoorWords(
        _("Propose as an organisation"),
        _("Files, partners and trade secrets. You may go on later."),
        "door b",
    )


def state_words(challenge: Challenge, status: Status) -> str:
    """“Open until 30 Nov”, “Opens on 1 Oct”."""
    opens, closes = challenge.opens_at, challenge.closes_at
    if status == Status.OPEN and closes:
        return _("Open until %(date)s") % {"date": dates.short_date(closes)}
    if status == Status.COMING and opens:
        return _("Opens on %(date)s") % {"date": dates.long_date(opens)}
    return status_label(challenge, status)


def status_label(challenge: Challenge, status: Status) -> str:
    """Nobody assesses or decides in a market consultation."""
    if not challenge.has_jury and status == Status.SCORING:
        return _("Closed")
    if not challenge.has_jury and status == Status.DECIDED:
        return _("Ended")
    return str(status.label)


def challenge_card(challenge: Challenge, status: Status, summary: str = "") -> ChallengeCard:
    kind = profiles.kind_of(challenge)
    return ChallengeCard(
        url=challenge.get_absolute_url(),
        title=text(challenge.name),
        host=challenge.owner.name,
        summary=summary,
        seed=str(challenge.uid),
        state=state_words(challenge, status),
        state_kind=STATE_KINDS.get(status, ""),
        kind=str(kind.short) if kind else "",
        meta=proposals_words(challenge.public_ideas),
        language=lang(challenge.name),
    )


def proposals_words(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)s proposal", "%(count)s proposals", count) % {"count": count}


def phase_marks(phases: list[Phase], status: Status, at: dt.datetime) -> list[PhaseMark]:
    """The phase bar. A decided challenge has passed its checking and scoring, early or not."""
    marks = []
    for phase in phases:
        state = _phase_state(phase, status, at)
        whole = (phase.ends_at - phase.starts_at).total_seconds()
        gone = (at - phase.starts_at).total_seconds()
        marks.append(
            PhaseMark(
                name=str(PhaseKind(phase.kind).label),
                state=state,
                starts_at=phase.starts_at,
                ends_at=phase.ends_at,
                progress=max(0, min(100, round(100 * gone / whole))),
                caption=_phase_caption(phase, state),
            )
        )
    return marks


def _phase_state(phase: Phase, status: Status, at: dt.datetime) -> str:
    if status == Status.DECIDED and phase.kind in (
        PhaseKind.SUBMISSION,
        PhaseKind.CHECKING,
        PhaseKind.SCORING,
    ):
        return "past"
    if at >= phase.ends_at:
        return "past"
    return "now" if at >= phase.starts_at and status != Status.CANCELLED else "next"


def _phase_caption(phase: Phase, state: str) -> str:
    if phase.kind == PhaseKind.RESULTS:
        words = dates.short_date(phase.starts_at)
    elif phase.kind == PhaseKind.PILOTS:
        words = _("from %(date)s") % {"date": dates.short_date(phase.starts_at)}
    else:
        words = dates.stretch(phase.starts_at, phase.ends_at)
    if state != "now":
        return words
    # 1.–7.12. ends with a full stop of its own.
    return _("%(dates)s We are here.") % {"dates": words if words.endswith(".") else f"{words}."}


def mosaic_words(total: int, municipalities: int) -> str:
    """“61 proposals from 41 municipalities.”"""
    proposals = ngettext("%(count)s proposal", "%(count)s proposals", total) % {"count": total}
    places = ngettext("%(count)s municipality", "%(count)s municipalities", municipalities) % {
        "count": municipalities
    }
    return _("%(proposals)s from %(places)s. Each coloured tile is an area that has proposed.") % {
        "proposals": proposals,
        "places": places,
    }
