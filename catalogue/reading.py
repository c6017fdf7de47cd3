"""Reading the file in which solutions travel: what `exchange.write` has written, or people have.

Every row comes with the line it begins on, and with its values or with what is wrong with it.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from catalogue.exchange import COLUMNS, NEEDED, Column, Row, split
from core.export import FORMULA

MOST_BYTES: Final = 1_000_000  # of one line of a file: no solution is that long


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
        return parse(cell) if cell.lstrip().startswith("[") else split(cell, column)
    if column.kind == "switch":
        words = {"true": True, "1": True, "false": False, "0": False}
        return words.get(cell.strip().lower(), cell)
    return cell if column.kind == "text" else cell.strip()


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and FORMULA.match(text.lstrip("'")) else text
