"""Verbs on an open challenge: take the opening back, pause, go on, give more time.

Each tells everybody who has begun or handed in a proposal, by an event that ideas answer with
letters; the deed, its audit row and the event are one transaction.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges import rules, timetable
from challenges.actions import locked, save_timetable
from challenges.models import Challenge, FormVersion
from challenges.publishing import unpublish_pages
from challenges.states import ChallengeState, PhaseKind
from core import audit, outbox
from core.errors import Invalid, NotNow, require

REGRET = dt.timedelta(minutes=10)  # how long an opening may be taken back
NOTICE = "challenge.notice"


def can_reopen_preparation(challenge: Challenge, at: dt.datetime) -> bool:
    """Whether the opening may still be taken back: a moment ago, and nobody has proposed."""
    return (
        challenge.state == ChallengeState.OPENED
        and challenge.opened_at is not None
        and at - challenge.opened_at <= REGRET
        and challenge.last_number == 0
    )


@transaction.atomic
def undo_opening(*, challenge: Challenge, by: User, at: dt.datetime) -> Challenge:
    """Back to preparing, within ten minutes and before the first proposal.

    Frozen forms stay as they are for drafts that were begun; each series gets a new version with
    the same questions, which may be changed again.
    """
    require(bool(rules.can_open_challenge(by, challenge)))
    challenge = locked(challenge)
    if not can_reopen_preparation(challenge, at):
        raise NotNow(
            _("The opening can be taken back for ten minutes, if nobody has proposed anything.")
        )
    for series in challenge.series.all():
        frozen = series.newest_form
        if frozen is not None:
            FormVersion.objects.create(
                series=series, number=frozen.number + 1, definition=frozen.definition
            )
    challenge.state, challenge.opened_at = ChallengeState.PREPARING, None
    challenge.paused_at, challenge.pause_reason = None, ""
    challenge.save(update_fields=["state", "opened_at", "paused_at", "pause_reason"])
    unpublish_pages(challenge=challenge, by=by)
    audit.record("challenge.opening_undone", challenge, by=by)
    outbox.emit("challenge.changed", challenge=challenge.pk)
    return challenge


@transaction.atomic
def pause(*, challenge: Challenge, reason: str, by: User, at: dt.datetime) -> Challenge:
    """Nothing can be handed in until staff let it go on; drafts can be written. Told to all."""
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    if challenge.state != ChallengeState.OPENED or challenge.paused_at is not None:
        raise NotNow(_("Only an open challenge can be paused, once at a time."))
    if challenge.closes_at is None or challenge.closes_at <= at:
        raise NotNow(_("The call has closed already."))
    challenge.paused_at, challenge.pause_reason = at, reason_of(reason)
    challenge.full_clean()
    challenge.save(update_fields=["paused_at", "pause_reason"])
    audit.record("challenge.paused", challenge, by=by, data={"reason": challenge.pause_reason})
    outbox.emit("challenge.changed", challenge=challenge.pk)
    outbox.emit(NOTICE, challenge=challenge.pk, kind="paused", reason=challenge.pause_reason)
    return challenge


@transaction.atomic
def resume(*, challenge: Challenge, by: User, at: dt.datetime) -> Challenge:
    """Proposals may be handed in again; give more time first when the closing has gone by."""
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    if challenge.paused_at is None:
        raise NotNow(_("The challenge has not been paused."))
    if challenge.closes_at is None or challenge.closes_at <= at:
        raise NotNow(_("The call has closed already."))
    challenge.paused_at, challenge.pause_reason = None, ""
    challenge.save(update_fields=["paused_at", "pause_reason"])
    audit.record("challenge.resumed", challenge, by=by, data={"at": at})
    outbox.emit("challenge.changed", challenge=challenge.pk)
    outbox.emit(NOTICE, challenge=challenge.pk, kind="resumed", reason="")
    return challenge


@transaction.atomic
def extend(
    *, challenge: Challenge, closes_at: dt.datetime, reason: str, by: User, at: dt.datetime
) -> list[str]:
    """Close later than was told; later phases move by as many days. Told to all.

    Returns what was moved off public holidays besides, in words. Raises Invalid (closes_at,
    reason).
    """
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    before = challenge.closes_at
    if challenge.state != ChallengeState.OPENED or before is None:
        raise NotNow(_("Only an open challenge can be given more time."))
    if closes_at <= max(before, at):
        raise Invalid(errors={"closes_at": [_("The new closing must be later than the old one.")]})
    words = reason_of(reason)
    later = timetable.extended(timetable.of(challenge), closes_at=closes_at)
    spans, moves = timetable.off_holidays(later, keep=PhaseKind.SUBMISSION)
    save_timetable(challenge=challenge, phases=spans, by=by, at=at)
    audit.record(
        "challenge.extended",
        challenge,
        by=by,
        data={"from": before, "to": closes_at, "reason": words},
    )
    outbox.emit(NOTICE, challenge=challenge.pk, kind="extended", reason=words)
    return moves


def reason_of(words: str) -> str:
    if not words.strip():
        raise Invalid(errors={"reason": [_("Write why: everybody who has begun is told.")]})
    return words.strip()
