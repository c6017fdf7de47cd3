"""One sheet of an XLSX file, written row by row. Loaded by core.export when it is needed."""

import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.styles import Font

CELL_AT_MOST = 32_767  # characters; what is longer makes the file unreadable


def write(file: IO[bytes], header: Sequence[Any], rows: Iterable[Sequence[Any]], name: str) -> None:
    """Cells are written as they are given: `core.export.safe` has been there before."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "Talkoot")
    sheet.freeze_panes = "A2"
    titles = []
    for title in header:
        cell = WriteOnlyCell(sheet, _short(title))
        cell.font = Font(bold=True)
        titles.append(cell)
    sheet.append(titles)
    for row in rows:
        sheet.append([_short(value) for value in row])
    book.save(file)


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > CELL_AT_MOST:
        return value[: CELL_AT_MOST - 1] + "…"
    return value
