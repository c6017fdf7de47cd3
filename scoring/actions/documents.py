"""Verbs: order a document of a challenge's jury work, and keep it when it has been made."""

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge
from core import audit, outbox
from core.errors import NotNow, require
from scoring import rules
from scoring.models import Document, Meeting, Round
from scoring.states import DocumentKind, DocumentState

LANGUAGES = ("fi", "sv", "en")


@transaction.atomic
def order_package(*, challenge: Challenge, by: User, at: dt.datetime) -> Document:
    """An audit package of everything as it is now; made out of the request."""
    require(bool(rules.can_audit(by, challenge)))
    if not Round.objects.filter(series__challenge=challenge).exists():
        raise NotNow(_("There is nothing to audit before the jury has begun."))
    waiting = Document.objects.filter(
        challenge=challenge, kind=DocumentKind.PACKAGE, state=DocumentState.WAITING
    )
    if waiting.exists():
        raise NotNow(_("A package is being made. Look again in a moment."))
    document = Document(challenge=challenge, kind=DocumentKind.PACKAGE, asked_at=at, asked_by=by)
    document.full_clean()
    document.save()
    audit.record("package.ordered", document, by=by)
    outbox.emit("document.ordered", document=document.pk)
    return document


def order_minutes(meeting: Meeting, *, by: User, at: dt.datetime) -> None:
    """The closed meeting's minutes as a document in every language, in the same transaction."""
    for language in LANGUAGES:
        document = Document(
            challenge=meeting.challenge,
            kind=DocumentKind.MINUTES,
            meeting=meeting,
            language=language,
            asked_at=at,
            asked_by=by,
        )
        document.full_clean()
        document.save()
        outbox.emit("document.ordered", document=document.pk)


@transaction.atomic
def keep_document(
    *, document: Document, name: str, media_type: str, content: bytes, at: dt.datetime
) -> Document:
    """The made file, once: a repeat of the job finds it ready and leaves it alone."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    if document.state == DocumentState.READY:
        return document
    document.name, document.media_type, document.content = name, media_type, content
    document.sha256, document.size = hashlib.sha256(content).hexdigest(), len(content)
    document.state, document.made_at = DocumentState.READY, at
    document.save()
    audit.record(
        "document.made", document, by=None, data={"kind": document.kind, "sha256": document.sha256}
    )
    return document


@transaction.atomic
def note_download(*, document: Document, by: User) -> None:
    """Who took what away is in the record."""
    audit.record("document.taken", document, by=by, data={"sha256": document.sha256})
