"""Whether a PDF runs a script or a program (ISO 32000-1, 12.6.4.5 Launch, 12.6.4.16 JavaScript)."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, Final

RUNS: Final = frozenset({"/JavaScript", "/Launch", "/ImportData"})
LOOKED_AT: Final = 2_000  # annotations and actions; whoever hides behind more of them is refused
PIECE: Final = 256 * 1024
_NAMES: Final = re.compile(rb"/(JavaScript|Launch|ImportData)\b")
_LONGEST: Final = 12
_START: Final = re.compile(rb"startxref\s+(\d{1,12})")
_TABLE: Final = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)")


def runs_something(file: IO[bytes]) -> bool:
    """Looks for the names of such actions as they stand in the file, whole or broken, and for what
    is packed in it where programs that open a PDF look: at its opening, its names, its pages and
    their fields."""
    return _says(file) or (_has_its_table(file) and _opens(file))


def _says(file: IO[bytes]) -> bool:
    file.seek(0)
    end = b""
    while piece := file.read(PIECE):
        if _NAMES.search(end + piece):
            return True
        end = piece[-_LONGEST:]
    return False


def _has_its_table(file: IO[bytes]) -> bool:
    """Whether the end of the file leads to the table of its objects: a program that opens a PDF
    looks for them there."""
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - 2048))
    found = _START.findall(file.read())
    if not found or int(found[-1]) >= length:
        return False
    file.seek(int(found[-1]))
    return bool(_TABLE.match(file.read(64)))


class _InParts:
    """The file for pypdf, which would take all of it into memory to mend a broken table."""

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            raise ValueError("a PDF whose table is broken is not mended here")
        return self._read(size)


def _opens(file: IO[bytes]) -> bool:
    from pypdf import PdfReader  # noqa: PLC0415 - a heavy module, seldom needed
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    file.seek(0)
    with suppress(PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        reader = PdfReader(_InParts(file), strict=True)  # type: ignore[arg-type]
        for seen, action in enumerate(_actions(reader)):
            if seen > LOOKED_AT or _runs(action):
                return True
    return False


def _actions(reader: Any) -> Iterator[Any]:
    root = reader.trailer["/Root"].get_object()
    yield root.get("/OpenAction")
    yield from _of(root)
    names = _object(root.get("/Names"))
    if isinstance(names, dict) and "/JavaScript" in names:
        yield {"/S": "/JavaScript"}
    for page in reader.pages:
        yield from _of(page)
        for annotation in _object(page.get("/Annots")) or ():
            found = _object(annotation)
            if isinstance(found, dict):
                yield found.get("/A")
                yield from _of(found)


def _of(thing: Any) -> Iterator[Any]:
    """Its additional actions, by what sets them off."""
    more = _object(thing.get("/AA"))
    if isinstance(more, dict):
        yield from more.values()


def _runs(action: Any, depth: int = 20) -> bool:
    """The action itself, and those that follow it."""
    found = _object(action)
    if not isinstance(found, dict):
        return False
    following = _object(found.get("/Next"))
    after = following if isinstance(following, list) else [following]
    return (
        str(found.get("/S")) in RUNS
        or depth == 0
        or any(_runs(one, depth - 1) for one in after if one is not None)
    )


def _object(thing: Any) -> Any:
    return thing.get_object() if hasattr(thing, "get_object") else thing
