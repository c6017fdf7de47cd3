"""A comparison as Word, PDF and CSV: read back by programs that are not ours."""

import csv
import io
import threading

import pytest
from django.urls import reverse
from django.utils import translation
from docx import Document
from pypdf import PdfReader

from catalogue import comparison_files
from catalogue.choice import query
from core import printing
from tests.factories.catalogue import SolutionFactory
from tests.pdf_ua import faults

pytestmark = pytest.mark.django_db


def address(kind, *solutions, more=""):
    return (
        reverse("catalogue:comparison_file", args=[kind]) + query(one.slug for one in solutions)
    ) + more


def download(client, kind, *solutions, more=""):
    response = client.get(address(kind, *solutions, more=more))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith('attachment; filename="vertailu-')
    assert response["X-Content-Type-Options"] == "nosniff"
    return b"".join(response) if response.streaming else response.content


@pytest.fixture
def pair():
    return (
        SolutionFactory(title="Reittiapu", technology="Rust", context="Toimii **aina**.\n\n- a"),
        SolutionFactory(title="Kimppakyyti", language="sv", technology="Go", readiness="idea"),
    )


def test_csv_has_a_fact_in_each_row(client, pair):
    rows = list(csv.reader(io.StringIO(download(client, "csv", *pair).decode("utf-8-sig"))))
    assert rows[0] == ["Fact", "Reittiapu", "Kimppakyyti", "Differs"]
    assert ["Technology", "Rust", "Go", "Yes"] in rows
    assert ["Where it works", "Toimii aina.\n\n- a", "", "Yes"] in rows
    assert rows[-1][0] == "Address"
    assert rows[-1][1].endswith(pair[0].get_absolute_url())


def test_csv_has_no_formulas(client):
    evil = SolutionFactory(title="=1+1", technology="@SUM(A1)"), SolutionFactory(technology="-2")
    text = download(client, "csv", *evil).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@")), cell


def test_docx_reads_as_the_page_does(client, pair):
    document = Document(io.BytesIO(download(client, "docx", *pair)))
    assert document.paragraphs[0].style.name == "Heading 1"
    assert document.paragraphs[0].text == "Comparison of solutions"
    assert document.core_properties.title == "Comparison of solutions"
    assert document.core_properties.language == "en-GB"
    section = document.sections[0]
    assert section.page_width > section.page_height
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert rows[0] == ["Fact", "Reittiapu", "Kimppakyyti"]
    assert ["Technology\nDiffers", "Rust", "Go"] in rows
    assert ["Accessibility", "Not known", "Not known"] in rows
    assert ["Where it works\nDiffers", "Toimii aina.\n\n- a", "Not told"] in rows
    for table in document.tables:
        assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    links = [link.address for part in document.paragraphs for link in part.hyperlinks]
    assert links[0].endswith(reverse("catalogue:comparison") + query(one.slug for one in pair))
    assert [link.rpartition("/ratkaisut/")[2] for link in links[1:]] == [
        f"{one.slug}/" for one in pair
    ]
    assert 'w:lang w:val="sv-FI"' in document.tables[0]._tbl.xml


def test_docx_bears_what_xml_does_not(client):
    made = (
        SolutionFactory(title="a\x07b", summary="x\x00\x1by".replace("\x00", "")),
        *(SolutionFactory() for _ in range(3)),
    )
    document = Document(io.BytesIO(download(client, "docx", *made)))
    assert document.tables[0].rows[0].cells[1].text == "ab"
    assert len(document.tables[0].columns) == 5


def test_only_differences_are_in_the_file_when_the_page_has_only_them(client, pair):
    rows = list(
        csv.reader(
            io.StringIO(download(client, "csv", *pair, more="&differ=1").decode("utf-8-sig"))
        )
    )
    assert {row[-1] for row in rows[1:-1]} == {"Yes"}


@pytest.mark.verapdf
@pytest.mark.pango
def test_pdf_is_accessible(client, pair, tmp_path):
    assert faults(tmp_path, download(client, "pdf", *pair)) == []


@pytest.mark.pango
def test_pdf_tells_the_same(client, pair):
    with translation.override("fi"):
        reader = PdfReader(io.BytesIO(download(client, "pdf", *pair)))
    assert reader.trailer["/Root"]["/Lang"] == "fi"
    first = reader.pages[0]
    assert first.mediabox.width > first.mediabox.height
    text = "\n".join(one.extract_text() for one in reader.pages)
    for words in ("Ratkaisujen vertailu", "Reittiapu", "Kimppakyyti", "Rust", "Eroaa"):
        assert words in text


def test_without_a_printer_there_is_no_pdf(client, pair):
    assert comparison_files.kinds() == ("docx", "csv")
    assert client.get(address("pdf", *pair)).status_code == 404


@pytest.mark.pango
def test_a_printer_that_is_busy_says_when_to_come_again(client, pair, monkeypatch):
    monkeypatch.setattr(comparison_files, "PATIENCE", 0.05)
    begun, over = threading.Event(), threading.Event()

    def hold():
        with printing._one_at_a_time:
            begun.set()
            over.wait(30)

    other = threading.Thread(target=hold)
    other.start()
    begun.wait(30)
    try:
        response = client.get(address("pdf", *pair))
    finally:
        over.set()
        other.join()
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert b"printer" in response.content


def test_one_solution_is_no_file_but_the_page(client, pair):
    response = client.get(address("docx", pair[0]))
    assert response.status_code == 302
    assert response["Location"] == reverse("catalogue:comparison") + query([pair[0].slug])


def test_downloads_are_counted(client, pair, settings):
    settings.DOWNLOADS_PER_MINUTE = 1
    assert client.get(address("csv", *pair)).status_code == 200
    refused = client.get(address("csv", *pair))
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
