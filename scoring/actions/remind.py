"""Verbs: remind jurors of missing sheets, all in one press."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge
from core import audit, mail
from core.errors import Invalid, require
from scoring import rules
from scoring.models import Reminder
from scoring.queries import dashboard as read

TEMPLATE = "juror_reminder"
RECENTLY = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Letter:
    """A reminder before it is sent: word for word what the juror would get."""

    behind: read.Behind
    language: str
    subject: str
    text: str
    recent: bool


def letters_for(*, challenge: Challenge, by: User, at: dt.datetime) -> list[Letter]:
    """One letter per juror with missing sheets, all their series in it."""
    require(bool(rules.can_run_jury(by, challenge)))
    letters = []
    for one in read.behind(challenge):
        language = _language(one)
        subject, text = mail.written(
            TEMPLATE, context=_context(challenge, one, language), language=language
        )
        recent = one.reminded_at is not None and at - one.reminded_at < RECENTLY
        letters.append(Letter(one, language, subject, text, recent))
    return letters


@transaction.atomic
def remind(
    *, challenge: Challenge, jurors: Collection[int], press: uuid.UUID, by: User, at: dt.datetime
) -> int:
    """Send the chosen jurors their letter; how many. The same press never sends a second time.

    Who has submitted everything in between gets none.
    """
    require(bool(rules.can_run_jury(by, challenge)))
    Challenge.objects.select_for_update().get(pk=challenge.pk)
    if Reminder.objects.filter(press=press).exists():
        return 0
    if not jurors:
        raise Invalid(errors={"jurors": [_("Choose at least one juror.")]})
    sent = 0
    for one in read.behind(challenge, only=jurors):
        language = _language(one)
        reminder = Reminder(juror=one.juror, press=press, missing=one.missing, at=at)
        reminder.full_clean()
        reminder.save()
        mail.send(
            to=one.juror.email,
            template=TEMPLATE,
            language=language,
            context=_context(challenge, one, language),
            about=one.juror,
        )
        sent += 1
    audit.record(
        "jury.reminded", challenge, by=by, data={"jurors": sorted(jurors), "letters": sent}
    )
    return sent


def _language(one: read.Behind) -> str:
    return one.juror.language


def _context(challenge: Challenge, one: read.Behind, language: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "challenge": str(challenge),
            "juror": one.juror,
            "rounds": [(str(round_.series), number) for round_, number in one.rounds],
            "missing": one.missing,
            "ends_at": read.ends_at(challenge),
        }
