"""Minutes of a meeting of the jury as a file: PDF where Pango is, HTML elsewhere."""

from django.template.loader import render_to_string
from django.utils import translation

from core import printing
from scoring.models import Meeting
from scoring.queries.minutes import minutes_of
from scoring.report import STYLE


def make(meeting: Meeting, language: str) -> tuple[bytes, str]:
    """(file, its media type). The same rows give the same bytes, as of the jury's report."""
    printable = printing.can_make_pdf()
    page = html(meeting, language, printable=printable)
    if printable:
        return printing.pdf(page, style=STYLE), printing.PDF
    return page.encode(), printing.HTML


def html(meeting: Meeting, language: str, *, printable: bool) -> str:
    with translation.override(language):
        context = {"printable": printable, "language": language, **minutes_of(meeting)}
        return render_to_string("scoring/minutes.html", context)
