"""The jury's report: rubric, panel, ties, ranking, decision, signatures. As PDF where Pango is.

Two editions from one template. The public one names only proposals that everybody may see and
tells of ties by numbers; the whole one is for staff and the auditor, and has what jurors answered
to criteria that ask for words. Neither has jurors' comments to each other, private notes,
addresses, or who proposed.
"""

from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation

from challenges.models import Challenge
from core import printing
from scoring.queries.report import report_of

STYLE: Final = "css/report.css"


def make(challenge: Challenge, language: str, *, full: bool) -> tuple[bytes, str]:
    """(file, its media type). Without Pango it is the HTML, which says so.

    The same rows give the same bytes: the report bears the time of the decision, not of printing.
    """
    printable = printing.can_make_pdf()
    page = html(challenge, language, full=full, printable=printable)
    if printable:
        return printing.pdf(page, style=STYLE), printing.PDF
    return page.encode(), printing.HTML


def html(challenge: Challenge, language: str, *, full: bool, printable: bool) -> str:
    with translation.override(language):
        context: dict[str, Any] = {
            "report": report_of(challenge, full=full),
            "full": full,
            "printable": printable,
            "language": language,
        }
        return render_to_string("scoring/report.html", context)
