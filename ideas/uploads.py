"""A file that comes in pieces: a broken line costs the piece that was on its way, not the file.

What has come lies in UPLOAD_ROOT, by the ids of the proposal and of the upload; with the last piece
it becomes an attachment like any other (attachments.add_file), with the upload's id. So a piece
that is sent again, because the answer was lost, changes nothing.
"""

import datetime as dt
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from challenges.definition import Field
from ideas.attachments import add_file, require_takes
from ideas.filetypes import Refused
from ideas.models import Attachment, Idea

log = logging.getLogger(__name__)

PIECE_AT_MOST: Final = 1024 * 1024  # bytes
COMING_AT_MOST: Final = 20  # files of one proposal that have begun to come
KEPT_FOR: Final = dt.timedelta(days=1)
NOT_STORED: Final = gettext_lazy("The file could not be stored now. Try again in a while.")


@dataclass(frozen=True)
class Coming:
    """A file on its way: `size` in bytes is what it will have."""

    upload: UUID
    idea: Idea
    question: Field
    secret: bool
    name: str
    size: int


class OutOfPlace(Exception):
    """The piece does not begin where the file here ends: at `here` bytes."""

    def __init__(self, here: int) -> None:
        super().__init__(f"the file here has {here} bytes")
        self.here = here


def take_piece(
    coming: Coming, piece: bytes, *, offset: int, at: dt.datetime, by: User | None = None
) -> int:
    """Put a piece at its place; how many bytes are here then. With all of them the file is added.

    Raises OutOfPlace, Refused with the reason in words (before anything is sent, where name and
    size tell it), CallClosed when the proposal can no longer be changed.
    """
    known = Attachment.objects.filter(uid=coming.upload).first()
    if known is not None:
        if known.idea_id != coming.idea.pk:  # nobody's browser gives two files one id
            raise Refused(NOT_STORED)
        return coming.size
    require_takes(
        idea=coming.idea,
        question=coming.question,
        name=coming.name,
        size=coming.size,
        secret=coming.secret,
        at=at,
        by=by,
    )
    with _opened(coming) as file:
        here = file.seek(0, os.SEEK_END)
        if here != offset or here + len(piece) > coming.size:
            raise OutOfPlace(here)
        _append(file, piece, here)
        if here + len(piece) < coming.size:
            return here + len(piece)
        try:
            add_file(
                uid=coming.upload,
                idea=coming.idea,
                question=coming.question,
                file=file,
                name=coming.name,
                size=coming.size,
                secret=coming.secret,
                at=at,
                by=by,
            )
        finally:
            _path(coming).unlink(missing_ok=True)
    return coming.size


def forget_abandoned(*, at: dt.datetime) -> int:
    """Throw away what has not grown for a day; how many files."""
    gone = 0
    for folder in _root().glob("*"):
        gone += _sweep(folder, at)
        with suppress(OSError):  # not empty
            folder.rmdir()
    return gone


def _root() -> Path:
    return Path(settings.UPLOAD_ROOT)


def _path(coming: Coming) -> Path:
    return _root() / coming.idea.uid.hex / coming.upload.hex


@contextmanager
def _opened(coming: Coming) -> Iterator[IO[bytes]]:
    """The file so far; held, so that the same piece sent twice at once comes once."""
    path = _path(coming)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() and len(list(path.parent.iterdir())) >= COMING_AT_MOST:
            raise Refused(_("Very many files are on their way. Wait until they are here."))
        file = path.open("a+b")
    except OSError as error:
        log.exception("A piece of a file could not be stored")
        raise Refused(NOT_STORED) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _is_there(path, file):
            # Whoever held it has finished with it: begin anew, and hear how it ended.
            raise OutOfPlace(0)
        yield file


def _is_there(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _append(file: IO[bytes], piece: bytes, here: int) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:  # a full disk keeps no half of a piece
        with suppress(OSError):
            file.truncate(here)
        log.exception("A piece of a file could not be stored")
        raise Refused(NOT_STORED) from error


def _sweep(folder: Path, at: dt.datetime) -> int:
    gone = 0
    for path in folder.glob("*"):
        with suppress(OSError):
            if at.timestamp() - path.stat().st_mtime > KEPT_FOR.total_seconds():
                path.unlink()
                gone += 1
    return gone
