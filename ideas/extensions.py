"""More time for one proposal after the closing: asked, granted or refused, in the record."""

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge
from challenges.rules import can_edit_challenge
from challenges.states import Act, ChallengeState
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from ideas import rules
from ideas.models import Extension, Idea
from ideas.states import IdeaState

ASKED: Final = "extension.asked"
ANSWERED: Final = "extension.answered"
MAY_CHANGE: Final = frozenset({IdeaState.DRAFT, IdeaState.SUBMITTED})


def open_for(idea: Idea, at: dt.datetime) -> bool:
    """Whether the proposal may be handed in at that moment: the call is open, or it has more time.

    Asks the database only after the closing.
    """
    challenge = idea.challenge
    if challenge.allows(Act.SUBMIT, at=at):
        return True
    closes = challenge.closes_at
    if challenge.state != ChallengeState.OPENED or challenge.paused_at or not closes or at < closes:
        return False
    return Extension.objects.filter(idea=idea, until__gt=at).exists()


def of_challenge(challenge: Challenge) -> QuerySet[Extension]:
    """Those that wait for an answer first."""
    rows = Extension.objects.filter(idea__challenge=challenge, idea__withdrawn_at=None)
    return rows.select_related("idea__organisation", "answered_by").order_by(
        "answered_at", "asked_at", "pk"
    )


@transaction.atomic
def ask(*, idea: Idea, why: str, by: User | None, at: dt.datetime) -> Extension:
    """The writers ask once. Raises Invalid (why), NotNow while the call is open or too late."""
    require(bool(rules.can_edit_draft(by, idea)))
    if idea.state not in MAY_CHANGE or idea.challenge.state != ChallengeState.OPENED:
        raise NotNow(_("More time can not be given any more."))
    if open_for(idea, at):
        raise NotNow(_("The call is open: you can send the proposal now."))
    if Extension.objects.filter(idea=idea).exists():
        raise NotNow(_("More time has been asked for already."))
    extension = Extension(idea=idea, why=why.replace("\x00", "").strip(), asked_at=at)
    _save(extension)
    audit.record(ASKED, extension, by=by, data={"idea": idea.uid.hex})
    outbox.emit(ASKED, extension=extension.pk)
    return extension


@transaction.atomic
def answer(
    *, extension: Extension, until: dt.datetime | None, reason: str, by: User, at: dt.datetime
) -> Extension:
    """Grant until a moment, or refuse (`until` None). A reason always; it may be answered anew.

    Raises Invalid (until, reason).
    """
    rows = Extension.objects.select_for_update(of=("self",))
    extension = rows.select_related("idea__challenge__owner").get(pk=extension.pk)
    require(bool(can_edit_challenge(by, extension.idea.challenge)))
    errors: dict[str, list[str]] = {}
    if not reason.strip():
        errors["reason"] = [_("Write why: the writers read it, and it stays in the record.")]
    if until is not None and until <= at:
        errors["until"] = [_("The new last moment must be to come.")]
    if errors:
        raise Invalid(errors=errors)
    extension.until, extension.reason = until, reason.strip()
    extension.answered_at, extension.answered_by = at, by
    _save(extension)
    data = {"idea": extension.idea.uid.hex, "until": until, "reason": extension.reason}
    audit.record(ANSWERED, extension, by=by, data=data)
    outbox.emit(ANSWERED, extension=extension.pk)
    return extension


def _save(extension: Extension) -> None:
    try:
        extension.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    extension.save()
