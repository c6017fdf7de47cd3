"""One sheet of an XLSX file, written or read row by row. Loaded only when it is needed."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.styles import Font

CELL_AT_MOST = 32_767  # characters; what is longer makes the file unreadable

UNPACKED_AT_MOST = 200_000_000  # bytes; more is not a list but an attempt to fill the memory


class NotASheetError(ValueError):
    """The file is not an XLSX file that can be read."""


def read(file: IO[bytes]) -> Iterator[list[Any]]:
    """Rows of the first sheet, as values: text, numbers, moments without a zone, None."""
    try:
        with zipfile.ZipFile(file) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED_AT_MOST:
                raise NotASheetError("it unpacks to more than fits")
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            for row in book.worksheets[0].iter_rows(values_only=True):
                yield list(row)
        finally:
            book.close()
    except NotASheetError:
        raise
    except Exception as error:  # openpyxl raises what its parsers raise, of many kinds
        raise NotASheetError(str(error)) from error


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
