"""What can happen to a proposal's files: they come, they go, they are kept as evidence."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import IO
from uuid import UUID, uuid4

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from challenges.definition import Field
from core import audit
from core.errors import require
from ideas import filetypes, rules, viruses
from ideas.actions import lock_idea, require_editable
from ideas.filetypes import Refused
from ideas.models import Attachment, Idea, attachment_path

log = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024


class Pieces(File):  # type: ignore[type-arg]
    """A file that storage writes piece by piece, counted and hashed on its way.

    A folder takes the chunks as they come, an object store reads as much as it sends at once.
    """

    def __init__(self, source: Iterator[bytes]) -> None:
        super().__init__(None)
        self.source = source
        self.size = 0
        self.digest = hashlib.sha256()
        self.ahead = b""

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        read = [self.ahead]
        length = len(self.ahead)
        for piece in self.chunks():
            read.append(piece)
            length += len(piece)
            if 0 <= size <= length:
                break
        whole = b"".join(read)
        end = len(whole) if size < 0 else size
        self.ahead = whole[end:]
        return whole[:end]

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for piece in self.source:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece


def add_file(
    *,
    idea: Idea,
    question: Field,
    file: IO[bytes],
    name: str,
    size: int,
    at: dt.datetime,
    by: User | None = None,
    secret: bool = False,
    uid: UUID | None = None,
) -> Attachment:
    """Keep one file as an answer to the question, or as its secret part.

    Checking and copying happen before the transaction, so that nobody waits for them. Raises
    Refused with the reason in words, CallClosed when the proposal can no longer be changed.
    """
    require_takes(idea=idea, question=question, name=name, size=size, secret=secret, at=at, by=by)
    kind = filetypes.check(file, name=name, size=size, accept=question.accept)
    viruses.check(file)
    attachment = Attachment(
        uid=uid or uuid4(),
        idea=idea,
        field_key=question.key,
        secret=secret,
        name=filetypes.clean_name(name),
        content_type=kind.content_type,
        created_at=at,
        uploaded_by=by,
    )
    pieces = Pieces(filetypes.stored_pieces(file, kind))
    try:
        attachment.file.save("", pieces, save=False)
    except OSError as error:
        log.exception("A file could not be stored")
        with suppress(OSError):  # what was written before the disk was full
            attachment.file.storage.delete(attachment_path(attachment, ""))
        raise Refused(_("The file could not be stored now. Try again in a while.")) from error
    attachment.size, attachment.sha256 = pieces.size, pieces.digest.hexdigest()
    try:
        with transaction.atomic():
            locked = lock_idea(idea)
            require_editable(locked, at)
            _require_room(locked, question, secret=secret)
            attachment.full_clean(exclude=["idea", "uploaded_by", "removed_at"])
            attachment.save()
    except BaseException:
        attachment.file.delete(save=False)
        raise
    return attachment


def require_takes(
    *,
    idea: Idea,
    question: Field,
    name: str,
    size: int,
    secret: bool,
    at: dt.datetime,
    by: User | None,
) -> None:
    """What can be told of a file before it is here: whether the question takes it from this person
    now. Raises as `add_file`."""
    require(rules.can_edit_draft(by, idea))
    require(question.secret or not secret)
    require(question.is_file and idea.form.parsed.fields.get(question.key) == question)
    require_editable(idea, at)
    _require_room(idea, question, secret=secret)
    filetypes.kind_by_name(filetypes.clean_name(name), question.accept)
    filetypes.check_size(size, max_bytes=question.max_mb * MEGABYTE)


@transaction.atomic
def remove_file(*, attachment: Attachment, at: dt.datetime, by: User | None = None) -> None:
    """Take a file off the proposal.

    What a version that was handed in refers to is kept, as it is what the municipality received.
    """
    require(rules.can_edit_draft(by, attachment.idea))
    idea = lock_idea(attachment.idea)
    require_editable(idea, at)
    if _was_delivered(attachment):
        Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_at=at)
        audit.record(
            "attachment.removed",
            idea,
            by=by,
            data={"attachment": attachment.uid, "sha256": attachment.sha256},
        )
        return
    stored = attachment.file
    attachment.delete()
    transaction.on_commit(lambda: stored.delete(save=False))


def _was_delivered(attachment: Attachment) -> bool:
    uid = attachment.uid.hex
    return any(
        file["uid"] == uid
        for version in attachment.idea.versions.only("payload")
        for file in version.payload["attachments"]
    )


def _require_room(idea: Idea, question: Field, *, secret: bool) -> None:
    """What anyone sees and the secret part have room for as many each."""
    there = Attachment.objects.filter(
        idea=idea, field_key=question.key, secret=secret, removed_at=None
    ).count()
    if there >= question.max_files:
        raise Refused(
            ngettext(
                "This question takes %(most)s file, and it is there already. Remove it first.",
                "This question takes %(most)s files, and they are there already. Remove one first.",
                question.max_files,
            )
            % {"most": question.max_files}
        )
