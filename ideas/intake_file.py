"""Tables of proposals: the template made from a series' form, and reading what came back.

A heading names its question by the key in brackets, «Otsikko [title]»; words before it are for
people. Choices may be written by their label in any of our languages or by their value, several of
them with a semicolon between. Moments are Finnish time.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import IO, Any, Final

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from challenges.definition import Definition, FieldType
from challenges.definition import Field as Question
from challenges.models import Challenge, Series
from challenges.recipes import helsinki
from challenges.states import SeriesKind
from core import clock, export
from core.multilingual import text
from ideas.answers import one_line
from ideas.choices import options_of
from ideas.intake import LANGUAGES, Arrival, Fault, TableRow
from ideas.trade_secrets import label_of

FORMATS: Final = ("xlsx", "csv")
BYTES_AT_MOST: Final = 10_000_000
ARRIVAL: Final = ("id", "source", "arrived", "language", "late_because")
OF_ORGANISATION: Final = ("organisation", "business_id")
MOMENTS: Final = ("%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
                  "%d.%m.%Y", "%Y-%m-%d")  # fmt: skip


class BrokenTable(ValueError):
    """The file is not a table of the series; the message says why."""


def columns(series: Series) -> dict[str, str]:
    """key → heading, in order: how it came first, then the questions but files."""
    names = {
        "id": _("Id in your own list"),
        "source": _("How it came: paper or email"),
        "arrived": _("When it came, as 30.11.2026 14.30"),
        "language": _("Language: fi, sv or en"),
        "late_because": _("Why it is taken in late"),
        "organisation": _("Organisation"),
        "business_id": _("Business ID"),
    }
    wanted = [*ARRIVAL, *(OF_ORGANISATION if series.kind == SeriesKind.ORGANISATIONS else ())]
    found = {name: f"{names[name]} [{name}]" for name in wanted}
    form = series.form
    for question in _questions(series):
        column = _column(question.key)
        label = label_of(form.parsed, question.key) if form else column
        found[column] = f"{label} [{column}]"
    return found


def template(series: Series, kind: str) -> StreamingHttpResponse:
    """An empty table with the series' headings, to be filled and given back."""
    name, header = f"{series.challenge.slug}-{series.key}.{kind}", list(columns(series).values())
    if kind == "xlsx":
        return export.xlsx_response(name, header, [], sheet=text(series.name))
    return export.csv_response(name, header, [])


def read(file: IO[bytes], name: str, series: Series) -> Iterator[TableRow]:
    """The rows of an XLSX or CSV file. Raises BrokenTable."""
    kind = name.rpartition(".")[2].lower()
    if kind not in FORMATS:
        raise BrokenTable(_("The file is neither XLSX nor CSV."))
    lines = _sheet(file) if kind == "xlsx" else _csv(file)
    keys = _keys(next(lines, []), series)
    questions = {_column(q.key): q for q in _questions(series)}
    options = {
        column: _by_words(question, series.challenge)
        for column, question in questions.items()
        if question.options or question.options_from
    }
    for number, cells in enumerate(lines, start=2):
        row = {key: cell for key, cell in zip(keys, cells, strict=False) if key}
        if any(cell not in (None, "") for cell in row.values()):
            yield _row(number, row, questions, options)


def _questions(series: Series) -> list[Question]:
    form = series.form
    definition: Definition | None = form.parsed if form else None
    if definition is None:
        return []
    return [
        one
        for question in definition.fields.values()
        for one in (() if question.is_file else (question, *question.parts))
    ]


def _column(key: str) -> str:
    """A question whose key is a name of ours gets another heading."""
    return f"q_{key}" if key in {*ARRIVAL, *OF_ORGANISATION} else key


def _sheet(file: IO[bytes]) -> Iterator[list[Any]]:
    xlsx = import_module("core.xlsx")  # openpyxl takes a third of a second to load
    try:
        yield from xlsx.read(file)
    except xlsx.NotASheetError as error:
        raise BrokenTable(_("The file cannot be read as XLSX.")) from error


def _csv(file: IO[bytes]) -> Iterator[list[Any]]:
    try:
        words = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenTable(_("The CSV file is not in UTF-8.")) from error
    first = words.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(words, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise BrokenTable(_("The CSV file is broken: %(why)s") % {"why": error}) from error


def _keys(header: Iterable[Any], series: Series) -> list[str]:
    """The key of each column, "" of an empty heading. Unknown, doubled and missing are told of."""
    known, keys, unknown = columns(series), [], []
    for cell in header:
        words = one_line(cell or "")
        key = words.rpartition("[")[2].removesuffix("]").strip() if "[" in words else words
        if words and key not in known:
            unknown.append(words)
        keys.append(key)
    if unknown:
        told = ", ".join(unknown[:5])
        raise BrokenTable(_("The form has no question for the column: %(names)s") % {"names": told})
    doubled = sorted({key for key in keys if key and keys.count(key) > 1})
    if doubled:
        raise BrokenTable(_("The column is there twice: %(names)s") % {"names": ", ".join(doubled)})
    missing = [known[key] for key in ("id", "source", "arrived") if key not in keys]
    if missing:
        raise BrokenTable(_("The column is missing: %(names)s") % {"names": ", ".join(missing)})
    return keys


def _by_words(question: Question, challenge: Challenge) -> dict[str, str]:
    """What may be written of the question's options → the value."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for value, label in options_of(question, challenge, language).items():
            found.setdefault(label.casefold(), value)
            found[value.casefold()] = value
    return found


def _row(
    line: int,
    row: Mapping[str, Any],
    questions: Mapping[str, Question],
    options: Mapping[str, Mapping[str, str]],
) -> TableRow:
    faults = []
    arrived = _moment(row.get("arrived"))
    if arrived is None:
        words = _("Write the day and time, as 30.11.2026 14.30.")
        faults.append(Fault(line, "arrived", words))
    given = {name: one_line(_text(row.get(name))) for name in (*ARRIVAL, *OF_ORGANISATION)}
    if not given["id"] or len(given["id"]) > 80:
        words = _("Give each row an id of its own, at most 80 characters.")
        faults.append(Fault(line, "id", words))
    answers: dict[str, Any] = {}
    for column, question in questions.items():
        words = _text(row.get(column))
        answers[question.key] = (
            _chosen(question, words, options[column]) if column in options else words
        )
    arrival = None
    if arrived is not None and not faults:
        arrival = Arrival(
            source=given["source"].lower(),
            at=arrived,
            language=given["language"].lower() or "fi",
            organisation=given["organisation"],
            business_id=given["business_id"],
            external_id=given["id"],
            late_because=given["late_because"][:500],
        )
    return TableRow(line, arrival, answers, tuple(faults))


def _chosen(question: Question, words: str, options: Mapping[str, str]) -> str | list[str]:
    """Values of what was written; what is no option stays as it is, and the check tells of it."""
    if question.type == FieldType.CHOICES:
        parts = [part.strip() for part in words.split(";") if part.strip()]
        return [options.get(part.casefold(), part) for part in parts]
    return options.get(words.strip().casefold(), words)


def _text(cell: Any) -> str:
    """A cell as it was typed; an apostrophe that keeps a spreadsheet from reckoning goes."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    words = str(cell)
    return words[1:] if words[:1] == "'" and export.FORMULA.match(words[1:]) else words


def _moment(cell: Any) -> dt.datetime | None:
    """A moment of a Finnish clock; a day alone is its noon."""
    if isinstance(cell, dt.datetime):
        return helsinki(cell.date(), cell.time())
    words = one_line(_text(cell))
    for pattern in MOMENTS:
        try:
            found = dt.datetime.strptime(words, pattern).replace(tzinfo=clock.HELSINKI)
        except ValueError:
            continue
        return helsinki(found.date(), found.time() if "%H" in pattern else dt.time(12))
    return None
