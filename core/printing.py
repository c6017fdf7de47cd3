"""Documents on paper: HTML in, tagged PDF out, in a process of its own (see core.printer)."""

import ctypes.util
import functools
import subprocess
import sys
import threading
from typing import Final

from django.conf import settings

PDF: Final = "application/pdf"
HTML: Final = "text/html; charset=utf-8"
SECONDS_AT_MOST: Final = 600

_one_at_a_time = threading.Lock()


class NotPrintedError(RuntimeError):
    """The printer failed; the message is the end of what it said."""


class BusyError(RuntimeError):
    """Another document was being printed for as long as one would wait."""


@functools.cache
def can_make_pdf() -> bool:
    """Whether the machine has what WeasyPrint draws with (Debian: libpango-1.0-0).

    Asked once: the linker's list is read by programs of its own.
    """
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0"))


def pdf(page: str, *, style: str, wait: float = -1) -> bytes:
    """The page as PDF/UA-1, the same bytes of the same page. Raises NotPrintedError.

    One document at a time: what it takes of memory is the printer's, and is given back with it.
    BusyError when others take longer than `wait` seconds; by default one waits for one's turn.
    """
    command = [sys.executable, "-m", "core.printer", style]
    if not _one_at_a_time.acquire(timeout=wait):
        raise BusyError
    try:
        try:
            done = subprocess.run(  # noqa: S603 - our own module, with a name from our own code
                command,
                input=page.encode(),
                capture_output=True,
                cwd=settings.BASE_DIR,
                timeout=SECONDS_AT_MOST,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NotPrintedError(f"not printed in {SECONDS_AT_MOST} s") from error
    finally:
        _one_at_a_time.release()
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise NotPrintedError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout
