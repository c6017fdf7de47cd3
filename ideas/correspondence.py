"""Messages between the staff of a challenge and a proposer, in the record of the proposal."""

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from ideas import rules
from ideas.actions import lock_idea
from ideas.models import Idea, Message

WRITTEN: Final = "idea.message"


def conversation(idea: Idea) -> list[Message]:
    """From the first on. One query."""
    return list(idea.messages.select_related("by").order_by("at", "pk"))


@transaction.atomic
def write_to_proposer(
    *, idea: Idea, text: str, by: User, at: dt.datetime, answer_by: dt.datetime | None = None
) -> Message:
    """Staff write; with `answer_by` they ask for a completion by that moment.

    Raises Invalid (text, answer_by).
    """
    require(bool(rules.can_see_delivered(by, idea)))
    idea = lock_idea(idea)
    require(idea.is_delivered)
    if answer_by is not None and answer_by <= at:
        raise Invalid(errors={"answer_by": [_("The last moment to answer must be to come.")]})
    return _write(Message(idea=idea, from_staff=True, by=by, text=text, at=at, answer_by=answer_by))


@transaction.atomic
def write_to_staff(*, idea: Idea, text: str, by: User | None, at: dt.datetime) -> Message:
    """The proposer writes; that answers what staff have asked for. `by` None: by the secret link.

    An answer that comes after its moment is kept, and staff see when it came.
    Raises Invalid (text), NotNow of a draft.
    """
    require(bool(rules.can_edit_draft(by, idea)))
    idea = lock_idea(idea)
    if not idea.is_delivered:
        raise NotNow(_("The municipality can be written to once the proposal has been sent."))
    idea.messages.filter(answer_by__isnull=False, answered_at=None).update(answered_at=at)
    return _write(Message(idea=idea, from_staff=False, by=by, text=text, at=at))


def _write(message: Message) -> Message:
    message.text = message.text.replace("\x00", "").strip()
    try:
        message.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    message.save()
    data = {
        "reference": message.idea.reference,
        "from_staff": message.from_staff,
        "digest": digest(message.text),  # the words can be erased, the record can not
        "answer_by": message.answer_by,
    }
    audit.record("idea.message", message, by=message.by, data=data)
    outbox.emit(WRITTEN, message=message.pk)
    return message
