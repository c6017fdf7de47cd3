"""The jury's report: rubric, panel, ties, ranking, decision, signatures. As PDF where Pango is.

Two editions from one template. The public one names only proposals that everybody may see and
tells of ties by numbers; the whole one is for staff and the auditor, and has what jurors answered
to criteria that ask for words. Neither has jurors' comments to each other, private notes,
addresses, or who proposed.
"""

from __future__ import annotations

import ctypes.util
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from challenges.models import Challenge
from core.lazy import module
from scoring.queries.report import report_of

weasyprint, text_fonts = module("weasyprint"), module("weasyprint.text.fonts")

PDF: Final = "application/pdf"
HTML: Final = "text/html; charset=utf-8"
STYLE: Final = "css/report.css"
HERE: Final = "https://report.invalid/"  # stands for our static files; nothing goes out

EPOCH: Final = "SOURCE_DATE_EPOCH"

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells every step of every font
# Of a call that WeasyPrint's next version makes otherwise: nothing that an operator could mend.
warnings.filterwarnings("ignore", message="'instantiateVariableFont' is deprecated")
_one_at_a_time = threading.Lock()


def can_make_pdf() -> bool:
    """Whether the machine has what WeasyPrint draws with (Debian: libpango-1.0-0)."""
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0"))


def make(challenge: Challenge, language: str, *, full: bool) -> tuple[bytes, str]:
    """(file, its media type). Without Pango it is the HTML, which says so.

    The same rows give the same bytes: the report bears the time of the decision, not of printing.
    """
    printable = can_make_pdf()
    page = html(challenge, language, full=full, printable=printable)
    return (pdf(page), PDF) if printable else (page.encode(), HTML)


def html(challenge: Challenge, language: str, *, full: bool, printable: bool) -> str:
    with translation.override(language):
        context: dict[str, Any] = {
            "report": report_of(challenge, full=full),
            "full": full,
            "printable": printable,
            "language": language,
        }
        return render_to_string("scoring/report.html", context)


def pdf(page: str) -> bytes:
    """Tagged PDF. Nothing is fetched but our own style sheet and fonts, from this machine."""
    fonts = text_fonts.FontConfiguration()
    document = weasyprint.HTML(string=page, base_url=HERE, url_fetcher=_fetch)
    style = weasyprint.CSS(
        string=_static(STYLE).read_text(),
        base_url=f"{HERE}css/",
        url_fetcher=_fetch,
        font_config=fonts,
    )
    with _always_the_same():
        made: bytes = document.write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"
        )
    return made


@contextmanager
def _always_the_same() -> Iterator[None]:
    """One document at a time, its bytes from its content alone.

    WeasyPrint names the cells of a tagged table by their addresses in memory: here by the order in
    which they are met. fontTools writes the present into the fonts that it cuts: here a fixed time.
    """
    tags: Any = import_module("weasyprint.pdf.tags")
    numbers: dict[int, int] = {}
    with _one_at_a_time:
        before = os.environ.get(EPOCH)
        os.environ[EPOCH] = "0"
        tags.id = lambda thing: numbers.setdefault(id(thing), len(numbers))
        try:
            yield
        finally:
            del tags.id
            if before is None:
                del os.environ[EPOCH]
            else:
                os.environ[EPOCH] = before


def _fetch(url: str, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
    parts = urlsplit(url)
    path = _static(parts.path.lstrip("/"))
    if not url.startswith(HERE) or path.suffix != ".woff2":
        raise ValueError(f"{url} is not part of the report")
    return {"string": path.read_bytes(), "mime_type": "font/woff2"}


def _static(name: str) -> Path:
    root = (Path(settings.BASE_DIR) / "static").resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise ValueError(f"{name} is outside the static files")
    return path
