"""Tables for people and machines: CSV (RFC 4180, UTF-8 with mark) and XLSX, row by row.

A text that a spreadsheet would take for a formula gets an apostrophe before it. Numbers, dates and
truth values stay what they are.
"""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.http import StreamingHttpResponse

from core import clock

FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
CHUNK = 64 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | Decimal | bool | date | datetime | None


def safe(value: Any) -> Cell:
    """One cell: numbers, dates, truth values as they are; all else as text that is no formula."""
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return clock.local(value).replace(tzinfo=None, microsecond=0) if value.tzinfo else value
    if isinstance(value, date):
        return value
    text = str(value)
    # Looked for before the control characters go: some of them are a sign of a formula too.
    dangerous = FORMULA.match(text) or FORMULA.match(CONTROL.sub("", text))
    text = CONTROL.sub("", text)
    return f"'{text}" if dangerous else text


class _Echo:
    """csv.writer wants a file; what it writes is what we yield."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file's bytes, a line at a time."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield _line(writer, header)
    for row in rows:
        yield _line(writer, row)


def _line(writer: Any, row: Sequence[Any]) -> bytes:
    cells = [safe(value) for value in row]
    line: str = writer.writerow(
        [cell.isoformat(" ") if isinstance(cell, datetime) else cell for cell in cells]
    )
    return line.encode()


def xlsx_chunks(
    header: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str = "Talkoot"
) -> Iterator[bytes]:
    """The file's bytes. Rows go to a temporary file as they come, never all into memory."""
    # openpyxl takes a third of a second and 15 MB to load: only who downloads a sheet pays.
    write = import_module("core.xlsx").write
    with tempfile.TemporaryFile() as file:
        write(file, [safe(title) for title in header], ([safe(v) for v in r] for r in rows), sheet)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    return attachment(csv_lines(header, rows), filename, "text/csv; charset=utf-8")


def xlsx_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str = "Talkoot"
) -> StreamingHttpResponse:
    return attachment(xlsx_chunks(header, rows, sheet=sheet), filename, XLSX)


def attachment(content: Iterator[bytes], filename: str, content_type: str) -> StreamingHttpResponse:
    """A file of any kind, sent as it comes."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", filename).strip("-.") or "talkoot"
    return StreamingHttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{plain}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
