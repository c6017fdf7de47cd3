"""The file in which solutions travel: JSON Lines or CSV, the same columns in both.

Written once here and used by `export_solutions` and `import_solutions`: what one writes, the other
reads back to the same value. A list is a list in JSON; in a cell of CSV its items are parted by
";" (tags) or by line (steps), or it is JSON when an item has that sign in it. Contact people are
not in it: their consent is to be shown on the page, not to travel.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, Final, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from catalogue.models import Solution
from core.export import CONTROL, FORMULA, csv_lines

Kind = Literal[
    "text",
    "choice",
    "number",
    "list",
    "object",
    "objects",
    "date",
    "moment",
    "switch",
    "owner",
    "theme",
    "uid",
    "told",
]
Row = dict[str, Any]

AT_ONCE: Final = 500
FORMATS: Final = ("jsonl", "csv")
MOST_BYTES: Final = 1_000_000  # of one line of a file: no solution is that long


@dataclass(frozen=True, slots=True)
class Column:
    """A field as the file has it. `parts` is what parts a list's items in CSV.

    What is "told" is where a solution is and comes from: it is given to a new one if it is known
    here (catalogue/origins.py), and never changes one that is there.
    """

    name: str
    kind: Kind = "text"
    parts: str = ""


COLUMNS: Final = {
    column.name: column
    for column in (
        Column("uid", "uid"),
        Column("language", "choice"),
        Column("title"),
        Column("summary"),
        Column("owner", "owner"),
        Column("live", "switch"),
        Column("problem"),
        Column("solution"),
        Column("how_it_works"),
        Column("target_group"),
        Column("context"),
        Column("preconditions"),
        Column("fits_sizes", "list", parts=";"),
        Column("fits_regions", "list", parts=";"),
        Column("systems"),
        Column("steps", "list", parts="\n"),
        Column("risks"),
        Column("theme", "theme"),
        Column("tags", "list", parts=";"),
        Column("technology"),
        Column("function"),
        Column("sdgs", "list", parts=";"),
        Column("readiness", "choice"),
        Column("trl", "number"),
        Column("offer", "choice"),
        Column("cost"),
        Column("cost_band", "choice"),
        Column("cost_model", "choice"),
        Column("cost_once", "number"),
        Column("cost_yearly", "number"),
        Column("cost_basis"),
        Column("staff_days", "number"),
        Column("procurement_route", "choice"),
        Column("procurement"),
        Column("duration"),
        Column("licence"),
        Column("text_licence"),
        Column("repository"),
        Column("publiccode_url"),
        Column("website"),
        Column("trust", "object"),
        Column("provider"),
        Column("suppliers", "objects"),
        Column("municipality"),
        Column("contact_email"),
        Column("origin"),
        Column("award"),
        Column("reviewed_on", "date"),
        Column("challenge", "told"),
        Column("proposal", "told"),
        Column("url", "told"),
        Column("archived_at", "moment"),
    )
}
PUBLIC: Final = tuple(COLUMNS)  # of files for everybody
KEPT: Final = tuple(name for name in COLUMNS if name != "url")  # the same wherever it is kept
NEEDED: Final = ("uid", "title", "summary", "owner")


class BrokenFile(Exception):
    """Nothing in the file can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row: the line it begins on, the field (or "" for the whole), and why."""

    line: int
    field: str
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: " + (f"{self.field}: {self.why}" if self.field else self.why)


Line = tuple[int, str | Fault]
Read = tuple[int, Row | list[Fault]]  # the line that a row begins on, and it or what is wrong


# Out ---------------------------------------------------------------------------------------------


def rows(solutions: QuerySet[Solution], columns: Sequence[str] = KEPT) -> Iterator[Row]:
    """Every solution as a row, by uid: the same file whatever the database. In portions."""
    listed = with_names(solutions).order_by("uid")
    portion = list(listed[:AT_ONCE])
    while portion:
        yield from (row_of(one, columns) for one in portion)
        portion = list(listed.filter(uid__gt=portion[-1].uid)[:AT_ONCE])


def with_names(solutions: QuerySet[Solution]) -> QuerySet[Solution]:
    """With owner, theme, origin and tags at hand."""
    return solutions.select_related(  # type: ignore[misc]
        "owner", "theme", "challenge", "idea"
    ).prefetch_related("tags")


def row_of(solution: Solution, columns: Sequence[str] = KEPT) -> Row:
    """A solution as the file has it: plain JSON."""
    return {name: _value(solution, COLUMNS[name]) for name in columns}


def _value(solution: Solution, column: Column) -> Any:
    if column.kind == "uid":
        return str(solution.uid)
    if column.kind == "owner":
        return solution.owner.slug
    if column.kind == "theme":
        return solution.theme.key if solution.theme else ""
    if column.kind in ("date", "moment"):
        day: date | None = getattr(solution, column.name)
        return day.isoformat() if day else ""
    if column.kind == "told":
        return _told(solution, column.name)
    if column.kind == "number":
        number = getattr(solution, column.name)
        return "" if number is None else str(number)
    if column.name == "tags":
        return sorted(tag.name for tag in solution.tags.all())
    return _clean(getattr(solution, column.name))


def _told(solution: Solution, name: str) -> str:
    """The slug of its challenge; the uid of its proposal, if that is public; its page."""
    if name == "challenge":
        return solution.challenge.slug if solution.challenge else ""
    if name == "proposal":
        return str(solution.idea.uid) if solution.idea and solution.idea.is_public else ""
    with translation.override(solution.language):
        return f"{settings.SITE_URL}{solution.get_absolute_url()}"


def _clean(value: Any) -> Any:
    """Without the control characters that no row may have."""
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    return value


def write(found: Iterable[Row], form: str, columns: Sequence[str] = KEPT) -> Iterator[bytes]:
    """The bytes of the file, a line at a time."""
    if form == "csv":
        yield from csv_lines(columns, (list(map(_cell, columns, r.values())) for r in found))
        return
    for row in found:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _cell(name: str, value: Any) -> str:
    column = COLUMNS[name]
    if column.kind == "switch":
        return "true" if value else "false"
    if column.kind in ("object", "objects"):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if column.kind == "list":
        joined = ("; " if column.parts == ";" else column.parts).join(map(str, value))
        if joined.startswith("[") or _split(joined, column) != value:
            joined = json.dumps(value, ensure_ascii=False)
        return _guarded(joined)
    return _guarded(str(value))


def _guarded(text: str) -> str:
    """With one apostrophe more where a spreadsheet would see a formula, or an apostrophe guards."""
    return f"'{text}" if FORMULA.match(text.lstrip("'")) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and FORMULA.match(text.lstrip("'")) else text


def _split(cell: str, column: Column) -> list[str]:
    return [item for part in cell.split(column.parts) if (item := part.strip())]


# In ----------------------------------------------------------------------------------------------


def read(file: IO[bytes], form: str) -> Iterator[Read]:
    """Every row with the line it begins on: its values as in JSON, or what is wrong with it.

    Fields that the file does not have are not in the row. BrokenFile when nothing can be read.
    """
    return (_read_csv if form == "csv" else _read_jsonl)(_lines(file))


def _lines(file: IO[bytes]) -> Iterator[Line]:
    """Lines as text with their numbers; the mark that some programs begin a file with is dropped.

    A line that is not UTF-8 is a fault of its own, unless it is the first: then the file is not.
    """
    number = 0
    while raw := file.readline(MOST_BYTES + 1):
        number += 1
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise BrokenFile("the file is UTF-16; save it as UTF-8")
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) > MOST_BYTES:
            raise BrokenFile(f"line {number} is longer than {MOST_BYTES:,} bytes")
        try:
            yield number, raw.decode()
        except UnicodeDecodeError as error:
            why = f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"
            yield number, Fault(number, "", why)


def _read_jsonl(
    lines: Iterator[tuple[int, str | Fault]],
) -> Iterator[tuple[int, Row | list[Fault]]]:
    any_row = False
    for number, line in lines:
        if isinstance(line, str) and not line.strip():
            continue
        any_row = True
        yield number, [line] if isinstance(line, Fault) else _json_row(number, line)
    if not any_row:
        raise BrokenFile("the file is empty")


def _json_row(number: int, line: str) -> Row | list[Fault]:
    try:
        row = json.loads(line.rstrip(), parse_constant=_no_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        return [Fault(number, "", f"not JSON: {error.msg} at character {error.pos + 1}")]
    except RecursionError:
        return [Fault(number, "", "not JSON that can be read: too deep")]
    except ValueError as error:
        return [Fault(number, "", f"not JSON: {error}")]
    if not isinstance(row, dict):
        return [Fault(number, "", "not an object: each line is {…} of one solution")]
    unknown = [Fault(number, name[:60], "unknown field") for name in row if name not in COLUMNS]
    return unknown or row


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a value of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} is there twice")
    return whole


def _read_csv(lines: Iterator[Line]) -> Iterator[Read]:
    delimiter, header = _header(lines)
    bad: list[Fault] = []
    reader = csv.reader(_texts(lines, bad), delimiter=delimiter, strict=True)
    begins = 2
    cells: list[str] | None = []
    while cells is not None:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield begins, [*bad, Fault(begins, "", f"not CSV: {error}")]
            return  # where the next row begins cannot be told
        if bad or cells:
            yield begins, list(bad) or _csv_row(begins, header, cells or [])
        bad.clear()
        begins = reader.line_num + 2


def _header(lines: Iterator[Line]) -> tuple[str, list[str]]:
    """What parts the cells, and the columns' names."""
    _, heading = next(lines, (1, ""))
    if isinstance(heading, Fault):
        raise BrokenFile(str(heading))
    if not heading.strip():
        raise BrokenFile("the file is empty" if not heading else "line 1 has no names of columns")
    delimiter = max(",;\t", key=heading.count)
    header = [name.strip() for name in next(csv.reader([heading], delimiter=delimiter))]
    _check_header(header)
    return delimiter, header


def _texts(lines: Iterator[Line], bad: list[Fault]) -> Iterator[str]:
    """Lines for the reader of CSV. What is no text goes to `bad`, and an x stands for it."""
    for _, line in lines:
        if isinstance(line, Fault):
            bad.append(line)
            yield "x\n"
        else:
            yield line


def _check_header(header: list[str]) -> None:
    faults = [f"unknown column {name[:60]!r}" for name in header if name not in COLUMNS]
    faults += [f"column {n!r} is there twice" for n in COLUMNS if header.count(n) > 1]
    faults += [f"no column {name!r}" for name in NEEDED if name not in header]
    if faults:
        raise BrokenFile("line 1: " + "; ".join(faults[:20]))


def _csv_row(line: int, header: list[str], cells: list[str]) -> Row | list[Fault]:
    if len(cells) != len(header):
        return [Fault(line, "", f"{len(cells)} cells where the header has {len(header)}")]
    row: Row = {}
    faults = []
    for name, cell in zip(header, cells, strict=True):
        try:
            row[name] = _of_cell(COLUMNS[name], _unguarded(cell))
        except (ValueError, RecursionError):
            faults.append(Fault(line, name, f"not JSON: {cell[:60]!r}"))
    return faults or row


def _of_cell(column: Column, cell: str) -> Any:
    parse: Callable[[str], Any] = json.loads
    if column.kind == "object":
        return parse(cell) if cell.strip() else {}
    if column.kind == "objects":
        return parse(cell) if cell.strip() else []
    if column.kind == "list":
        return parse(cell) if cell.lstrip().startswith("[") else _split(cell, column)
    if column.kind == "switch":
        words = {"true": True, "1": True, "false": False, "0": False}
        return words.get(cell.strip().lower(), cell)
    return cell if column.kind == "text" else cell.strip()


def form_of(name: str) -> str:
    """The format that a file's suffix says; "" when it says none."""
    found = re.search(r"\.(jsonl|ndjson|csv)$", name.lower())
    return {"jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv"}[found[1]] if found else ""
