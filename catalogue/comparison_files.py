"""A comparison on paper and as a table: DOCX and PDF for an agenda, CSV for a spreadsheet."""

from importlib import import_module
from typing import Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.comparison import Comparison
from catalogue.models import Solution
from core import clock, printing
from core.export import csv_response

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STYLE: Final = "css/report.css"
PATIENCE: Final = 15.0  # seconds that one waits for the printer while it prints for another


def kinds() -> tuple[str, ...]:
    """What this machine can make; PDF only where there is Pango."""
    return ("docx", "pdf", "csv") if printing.can_make_pdf() else ("docx", "csv")


def respond(comparison: Comparison, kind: str, *, page: str) -> HttpResponseBase:
    """The file, to be kept. `page`: the whole address of the comparison. Raises Http404 for a kind
    that cannot be made here, printing.BusyError when the printer has too much to do."""
    if kind not in kinds():
        raise Http404
    name = f"vertailu-{clock.local(clock.now()):%Y-%m-%d}.{kind}"
    if kind == "csv":
        return csv_response(name, *table(comparison))
    made = docx(comparison, page) if kind == "docx" else pdf(comparison, page)
    return HttpResponse(
        made,
        content_type=DOCX if kind == "docx" else printing.PDF,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def table(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    """(names of the columns, rows): a fact in each row, a solution in each column."""
    header = [_("Fact"), *(one.title for one in comparison.solutions), _("Differs")]
    rows = [
        [
            row.label,
            *(cell.text for cell in row.cells),
            _("Yes") if row.differs else _("No"),
        ]
        for row in comparison.rows
    ]
    return header, [*rows, [_("Address"), *(map(address, comparison.solutions)), ""]]


def address(solution: Solution) -> str:
    """The whole address of its page."""
    return f"{settings.SITE_URL}{solution.get_absolute_url()}"


def pdf(comparison: Comparison, page: str) -> bytes:
    """PDF/UA-1, as the jury's reports are."""
    context = {
        "comparison": comparison,
        "language": get_language(),
        "addresses": [(one, address(one)) for one in comparison.solutions],
        "page": page,
        "at": clock.now(),
    }
    printed = render_to_string("catalogue/comparison_print.html", context)
    return printing.pdf(printed, style=STYLE, wait=PATIENCE)


def docx(comparison: Comparison, page: str) -> bytes:
    # python-docx takes a third of a second to load: only who asks for a file pays.
    made: bytes = import_module("catalogue.comparison_docx").written(
        comparison, page, [address(one) for one in comparison.solutions]
    )
    return made
