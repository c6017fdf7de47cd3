"""Tables that a spreadsheet can open without running what somebody wrote."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from types import GeneratorType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core import export
from core.xlsx import CELL_AT_MOST

HEADER = ["Name", "=Sum"]


def as_csv(rows):
    text = b"".join(export.csv_lines(HEADER, rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def as_xlsx(rows, **kwargs):
    return load_workbook(io.BytesIO(b"".join(export.xlsx_chunks(HEADER, rows, **kwargs)))).active


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n=1",
        "＝1",
        "\x00=1",
        "\x01+1",
        "\tx",
    ],
)
def test_safe_puts_an_apostrophe_before_a_formula(text):
    assert str(export.safe(text)).startswith("'")


@pytest.mark.parametrize("value", [0, -5, 3.25, Decimal("-1.10"), True, None, date(2026, 1, 2)])
def test_safe_leaves_values_as_they_are(value):
    assert export.safe(value) is value


@given(st.text())
def test_safe_text_never_begins_like_a_formula(text):
    kept = str(export.safe(text))
    assert kept.lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}
    assert not export.CONTROL.search(kept)


def test_safe_removes_control_characters():
    assert export.safe("a\x00b\x1bc\nd\te\ud800") == "abc\nd\te"


def test_csv_keeps_lines_quotes_and_letters():
    rows = as_csv([['Ääkköset; "q"', "a\nb"], ["=HYPERLINK(1)", 4]])
    assert rows == [
        *(["Name", "'=Sum"], ['Ääkköset; "q"', "a\nb"], ["'=HYPERLINK(1)", "4"]),
    ]


def test_csv_says_time_in_finland():
    assert as_csv([[datetime(2026, 6, 1, 12, 0, tzinfo=UTC), ""]])[1] == ["2026-06-01 15:00:00", ""]


def test_xlsx_numbers_are_numbers_and_formulas_are_text():
    sheet = as_xlsx([["=1+1", Decimal("2.50")], ["-3", -3], ["@x", True]])
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        *(["Name", "'=Sum"], ["'=1+1", 2.5], ["'-3", -3], ["'@x", True]),
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n", "b"}


def test_xlsx_takes_long_texts_and_odd_sheet_names():
    sheet = as_xlsx([["x" * 40_000, datetime(2026, 1, 1, tzinfo=UTC)]], sheet="Haaste: [a/b]?*" * 4)
    assert len(sheet["A2"].value) == CELL_AT_MOST
    assert sheet["B2"].value == datetime(2026, 1, 1, 2, 0)


def test_rows_are_taken_one_by_one():
    taken = []

    def rows():
        for number in range(3):
            taken.append(number)
            yield [number, ""]

    lines = export.csv_lines(HEADER, rows())
    assert isinstance(lines, GeneratorType)
    next(lines), next(lines)
    assert taken == []
    next(lines)
    assert taken == [0]


def test_response_is_an_attachment_with_a_plain_name():
    response = export.xlsx_response('Ehdotukset "2026"/../x.xlsx', HEADER, [])
    assert response["Content-Disposition"] == 'attachment; filename="Ehdotukset-2026-..-x.xlsx"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert export.csv_response("a.csv", HEADER, [])["Content-Type"] == "text/csv; charset=utf-8"
