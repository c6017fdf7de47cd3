"""Questions of a challenge: asked by anybody, answered by its staff to everybody at once."""

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges import rules
from challenges.actions import locked
from challenges.models import Challenge, Inquiry
from challenges.states import InquiryState
from core import audit, outbox
from core.errors import Invalid, NotNow, require

GATHERED: Final = dt.timedelta(minutes=10)  # answers given in one sitting go in one letter
ANSWERED: Final = "inquiries.answered"
SET_ASIDE: Final = "inquiry.set_aside"
KEPT: Final = dt.timedelta(days=30)  # how long an asker's address is kept after the answer


def answered(challenge: Challenge) -> models.QuerySet[Inquiry]:
    """What everybody reads, the newest answer first."""
    rows = Inquiry.objects.filter(challenge=challenge, state=InquiryState.ANSWERED)
    return rows.order_by("-answered_at", "-pk")


def waiting(challenge: Challenge) -> models.QuerySet[Inquiry]:
    rows = Inquiry.objects.filter(challenge=challenge, state=InquiryState.NEW)
    return rows.order_by("asked_at", "pk")


@transaction.atomic
def ask(
    *,
    challenge: Challenge,
    text: str,
    email: str,
    language: str,
    by: User | None,
    at: dt.datetime,
) -> Inquiry:
    """Keep a question. The record of deeds has neither its words nor the address.

    Raises NotNow after the last moment for questions, Invalid (text, email).
    """
    if not challenge.is_public or not challenge.takes_inquiries(at):
        raise NotNow(_("Questions are not taken any more. Your text is here, but it was not sent."))
    inquiry = Inquiry(
        challenge=challenge,
        text=text.replace("\x00", "").strip(),
        email=email.strip(),
        language=language,
        asked_at=at,
    )
    _clean(inquiry)
    inquiry.save()
    audit.record("inquiry.asked", inquiry, by=by)
    return inquiry


@transaction.atomic
def answer(*, inquiry: Inquiry, shown: str, answer: str, by: User, at: dt.datetime) -> Inquiry:
    """Answer to all, or correct an answer: a correction is told like an answer.

    Whoever has begun a proposal, the asker and followers get a letter ten minutes later, with all
    that has been answered meanwhile. Raises Invalid (shown, answer).
    """
    inquiry = _locked(inquiry, by)
    empty = {"shown": shown.strip(), "answer": answer.strip()}
    if errors := {name: [_("Write this too.")] for name, text in empty.items() if not text}:
        raise Invalid(errors=errors)
    before = inquiry.answer
    inquiry.state, inquiry.note = InquiryState.ANSWERED, ""
    inquiry.shown, inquiry.answer = empty["shown"], empty["answer"]
    inquiry.answered_at, inquiry.told_at = at, None
    _clean(inquiry)
    inquiry.save()
    verb = "inquiry.answer_corrected" if before else "inquiry.answered"
    data = {"question": inquiry.shown, "answer": inquiry.answer}
    audit.record(verb, inquiry, by=by, data=data)
    outbox.emit(ANSWERED, run_after=at + GATHERED, challenge=inquiry.challenge_id)
    return inquiry


@transaction.atomic
def set_aside(*, inquiry: Inquiry, note: str, by: User, at: dt.datetime) -> Inquiry:
    """A question that is not answered to all (about one's own case, or not a question). The asker
    reads why. An answer that all have read stays. Raises Invalid (note), NotNow.
    """
    inquiry = _locked(inquiry, by)
    if inquiry.state == InquiryState.ANSWERED:
        raise NotNow(_("Everybody has the answer already. Correct it instead."))
    if not note.strip():
        raise Invalid(errors={"note": [_("Write why: the person who asked reads it.")]})
    inquiry.state, inquiry.note, inquiry.answered_at = InquiryState.SET_ASIDE, note.strip(), at
    _clean(inquiry)
    inquiry.save()
    audit.record("inquiry.set_aside", inquiry, by=by, data={"note": inquiry.note})
    outbox.emit(SET_ASIDE, inquiry=inquiry.pk)
    return inquiry


@transaction.atomic
def set_deadline(*, challenge: Challenge, days: int, by: User) -> Challenge:
    """Questions end this many days before the closing, whenever that is. Raises Invalid."""
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    challenge.inquiry_days = days
    _clean(challenge)
    challenge.save(update_fields=["inquiry_days"])
    audit.record("challenge.inquiry_days", challenge, by=by, data={"days": days})
    return challenge


def forget_addresses(*, at: dt.datetime) -> int:
    """An address was given for the answer: some time after it, it goes. How many went."""
    old = Inquiry.objects.filter(answered_at__lt=at - KEPT).exclude(email="")
    return old.update(email="")


def _locked(inquiry: Inquiry, by: User) -> Inquiry:
    rows = Inquiry.objects.select_for_update(of=("self",)).select_related("challenge__owner")
    found = rows.get(pk=inquiry.pk)
    require(bool(rules.can_answer_inquiry(by, found)))
    return found


def _clean(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
