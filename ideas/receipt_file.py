"""The receipt on paper: number, time and fingerprint, and the words that were handed in.

Printed when asked for, never stored. A receipt is passed on, so it has no trade secret: it says how
many there are, and the fingerprint covers them too.
"""

from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import get_language

from core import printing
from ideas import reader
from ideas.models import Idea, IdeaVersion

STYLE: Final = "css/report.css"
PATIENCE: Final = 15.0  # seconds that one waits for the printer while it prints for another


def pdf(idea: Idea, version: IdeaVersion) -> bytes:
    """PDF/UA-1 in the active language, of the proposal's `current_version`. The same version gives
    the same bytes. Raises printing.BusyError, NotPrintedError.
    """
    context = {
        "idea": idea,
        "challenge": idea.challenge,
        "version": version,
        "language": get_language(),
        "rows": [row for row in reader.rows(idea, reader.Audience.TEAM) if row.is_answered],
        "secrets": len(reader.secret_parts(idea, reader.Audience.TEAM)),
    }
    page = render_to_string("ideas/receipt_print.html", context)
    return printing.pdf(page, style=STYLE, wait=PATIENCE)
