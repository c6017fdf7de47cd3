"""The printer: a process of its own, accessible PDF, nothing fetched from elsewhere."""

import io
import resource
from pathlib import Path

import pytest
from pypdf import PdfReader

from core import printer, printing

PAGE = """<!doctype html><html lang="fi"><head><title>Kooste</title></head><body><main>
<h1>Kooste</h1><h2 id="a">Ääkköset</h2><p>Katso <a href="#a">tästä</a>.</p>
<table><thead><tr><th scope="col">Aihe</th></tr></thead>
<tbody><tr><td>Koulu</td></tr></tbody></table>
</main></body></html>"""


def read(page: str = PAGE) -> PdfReader:
    return PdfReader(io.BytesIO(printing.pdf(page, style="css/report.css")))


@pytest.mark.pango
def test_what_is_printed_says_that_it_is_pdf_ua_and_is_built_so():
    root = read().trailer["/Root"]
    assert root["/Lang"] == "fi"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


@pytest.mark.pango
def test_the_same_page_gives_the_same_bytes():
    assert printing.pdf(PAGE, style="css/report.css") == printing.pdf(PAGE, style="css/report.css")


@pytest.mark.pango
def test_the_server_does_not_grow():
    printing.pdf(PAGE, style="css/report.css")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    printing.pdf(PAGE.replace("<p>", "<p>" + "sana " * 20_000), style="css/report.css")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 4_000  # kilobytes


@pytest.mark.pango
def test_a_failure_is_an_error_with_its_words():
    with pytest.raises(printing.NotPrintedError, match="outside the static files"):
        printing.pdf(PAGE, style="../manage.py")


@pytest.mark.parametrize(
    "address",
    ["https://example.org/x.woff2", "file:///etc/passwd", f"{printer.HERE}../../x.woff2"],
)
def test_nothing_is_fetched_from_elsewhere(address):
    with pytest.raises((ValueError, OSError)):
        printer.fetch(address)


@pytest.mark.pango
def test_a_file_of_the_machine_does_not_get_into_the_document():
    made = printing.pdf(
        '<html lang="fi"><title>x</title><img src="file:///etc/passwd" alt=""><p>y</p>',
        style="css/report.css",
    )
    assert b"root:" not in made
    assert Path("/etc/passwd").exists()
