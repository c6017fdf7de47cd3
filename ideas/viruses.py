"""ClamAV, where CLAMAV_URL names a clamd: a file that it knows is refused, and while it does not
answer no file is taken."""

import io
import logging
from typing import IO, BinaryIO, Final, cast
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.utils.translation import gettext as _

from core import healthchecks
from ideas.filetypes import Refused

log = logging.getLogger(__name__)
PATIENCE: Final = 30  # seconds


def check(file: IO[bytes]) -> None:
    """Refused, in words: with a virus, or when that cannot be told now."""
    if not settings.CLAMAV_URL:
        return
    file.seek(0)
    try:
        status, name = _scanner().instream(cast("BinaryIO", file))["stream"]
    except (ClamdError, OSError, KeyError) as error:
        log.exception("ClamAV did not answer")
        raise Refused(_("Files cannot be checked for viruses now. Try again later.")) from error
    if status == "FOUND":
        log.warning("A file with %s was refused", name)
        raise Refused(_("The file has a virus (%(name)s).") % {"name": name})
    if status != "OK":
        log.error("ClamAV could not check a file: %s", name)
        raise Refused(_("The file could not be checked for viruses."))


def health() -> str:
    """For /health: whether it looks at what it is given."""
    try:
        status, _name = _scanner().instream(io.BytesIO(b"Talkoot"))["stream"]
    except (ClamdError, OSError, KeyError) as error:
        raise healthchecks.Down("the virus scanner does not answer") from error
    return f"ClamAV answers {status}"


def _scanner() -> ClamdNetworkSocket:
    parts = urlsplit(settings.CLAMAV_URL)
    if parts.scheme == "unix":
        return ClamdUnixSocket(path=parts.path, timeout=PATIENCE)
    return ClamdNetworkSocket(parts.hostname or "", parts.port or 3310, PATIENCE)
