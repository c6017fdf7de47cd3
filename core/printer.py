"""A process of its own that prints one page: `python -m core.printer STYLE`, HTML in, PDF out.

Printing a thick document takes hundreds of megabytes, which Python does not give back: they go with
the process. It knows nothing of Django or the database. `core.printing` starts it.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

HERE: Final = "https://report.invalid/"  # stands for our static files; nothing goes out
STATIC: Final = (Path(__file__).parent.parent / "static").resolve()
NICE: Final = 10  # whoever waits for a page goes before whoever waits for a file


def pdf(page: str, style: str) -> bytes:
    """Tagged PDF (PDF/UA-1) of the page, with the style sheet of that name, say «css/report.css».

    Nothing is fetched but our own style sheet and fonts, from this machine. The same page gives the
    same bytes: WeasyPrint names the cells of a tagged table by their addresses in memory, here by
    the order in which they are met; fontTools writes the present into the fonts that it cuts, here
    a fixed time.
    """
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    weasyprint: Any = import_module("weasyprint")
    tags: Any = import_module("weasyprint.pdf.tags")
    numbers: dict[int, int] = {}
    tags.id = lambda thing: numbers.setdefault(id(thing), len(numbers))
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    sheet = weasyprint.CSS(
        string=static(style).read_text(encoding="utf-8"),
        base_url=f"{HERE}css/",
        url_fetcher=fetch,
        font_config=fonts,
    )
    document = weasyprint.HTML(string=page, base_url=HERE, url_fetcher=fetch)
    made: bytes = document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
    return made


def fetch(url: str, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
    path = static(urlsplit(url).path.lstrip("/"))
    if not url.startswith(HERE) or path.suffix != ".woff2":
        raise ValueError(f"{url} is not part of the document")
    return {"string": path.read_bytes(), "mime_type": "font/woff2"}


def static(name: str) -> Path:
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC):
        raise ValueError(f"{name} is outside the static files")
    return path


def main() -> None:
    os.nice(NICE)
    # fontTools tells every step of every font; the other is of a call that WeasyPrint's next
    # version makes otherwise: nothing that an operator could mend.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message="'instantiateVariableFont' is deprecated")
    sys.stdout.buffer.write(pdf(sys.stdin.buffer.read().decode(), sys.argv[1]))


if __name__ == "__main__":
    main()
