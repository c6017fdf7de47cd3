"""Verbs on what kind of a competition a challenge is, and the end of a market consultation."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges import profiles, registry, rules
from challenges.actions import locked, mark_decided
from challenges.models import Challenge
from challenges.states import ChallengeProfile, ChallengeState
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from core.multilingual import clean

ENDED: Final = "consultation.ended"


def may_choose(challenge: Challenge) -> bool:
    """Until the opening, and once after it where it opened before kinds were told."""
    unsaid = challenge.state == ChallengeState.OPENED and not challenge.profile
    return challenge.state == ChallengeState.PREPARING or unsaid


@transaction.atomic
def save_profile(
    *,
    challenge: Challenge,
    profile: str,
    statements: Mapping[str, Any],
    by: User,
    notice_url: str = "",
) -> Challenge:
    """What kind it is and what it says. Statements that are not given stay as they are, so that
    going back to another kind loses none; nor are dates lost: the checklist asks for a timetable
    without the phases that the kind cannot have, and saving the timetable leaves them out.

    Raises Invalid (profile, the statements' keys, notice_url), NotNow once it has opened: people
    take part by what was said then. What had opened before kinds were told says its own once,
    whole and as it has been held until then.
    """
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    if not may_choose(challenge):
        raise NotNow(_("People take part by what was said at the opening: it stays."))
    if profile not in ChallengeProfile.values:
        raise Invalid(errors={"profile": [_("Choose one.")]})
    errors: dict[str, list[str]] = {}
    for key, words in statements.items():
        try:
            challenge.statements[key] = clean(words, max_length=profiles.WORDS_AT_MOST)
        except ValidationError as error:
            errors[key] = list(error.messages)
    if errors:
        raise Invalid(errors=errors)
    challenge.statements = profiles.tidy(challenge.statements)
    unmet = _unmet(challenge) if challenge.state == ChallengeState.OPENED else None
    challenge.profile, challenge.notice_url = profile, notice_url
    _check(challenge)
    challenge.save(update_fields=["profile", "statements", "notice_url"])
    if unmet is not None:
        _holds_already(challenge, unmet)
    data = {"profile": profile, "statements": challenge.statements, "notice_url": notice_url}
    audit.record("challenge.profile_changed", challenge, by=by, data=data)
    outbox.emit("challenge.changed", challenge=challenge.pk)
    return challenge


@transaction.atomic
def conclude(
    *, challenge: Challenge, learned: Mapping[str, str], by: User, at: dt.datetime
) -> Challenge:
    """End a market consultation: what was learned is published to all, and who took part or
    follows is told of it.

    Raises Invalid (learned), NotNow before the closing and of other kinds.
    """
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    closes = challenge.closes_at
    if challenge.has_jury or challenge.state != ChallengeState.OPENED:
        raise NotNow(_("Only an open market consultation is ended so."))
    if closes is None or at < closes:
        raise NotNow(_("It is ended once the call has closed."))
    try:
        words = clean(learned, max_length=4000)
    except ValidationError as error:
        raise Invalid(errors={"learned": error.messages}) from error
    if not words:
        raise Invalid(errors={"learned": [_("Write what was learned: everybody reads it.")]})
    challenge.statements = {**challenge.statements, profiles.OUTCOME: words}
    challenge.save(update_fields=["statements"])
    audit.record("challenge.learned", challenge, by=by, data={"learned": words})
    outbox.emit(ENDED, challenge=challenge.pk)
    return mark_decided(challenge=challenge, by=by, at=at)


def _unmet(challenge: Challenge) -> set[str]:
    """What higher floors would ask of it before an opening, in words."""
    return {
        words for check in registry.checks() for one in check(challenge) for words in one.missing
    }


def _holds_already(challenge: Challenge, unmet: set[str]) -> None:
    """An open challenge becomes nothing that it has not been. Raises Invalid."""
    if not challenge.has_jury:
        raise Invalid(errors={"profile": [_("It opened with a jury: a consultation has none.")]})
    errors = {
        one.key: [_("Write this now: it stays as it is said.")]
        for one in profiles.asked_of(challenge.profile)
        if not challenge.statements.get(one.key)
    }
    if challenge.profile in profiles.NOTICE_NEEDED and not challenge.notice_url:
        errors["notice_url"] = [_("Write this now: it stays as it is said.")]
    if news := sorted(_unmet(challenge) - unmet):
        errors["profile"] = news
    if errors:
        raise Invalid(errors=errors)


def _check(challenge: Challenge) -> None:
    try:
        Challenge._meta.get_field("notice_url").clean(challenge.notice_url, challenge)
    except ValidationError as error:
        raise Invalid(errors={"notice_url": error.messages}) from error
