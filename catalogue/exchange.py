"""The file in which solutions travel: JSON Lines or CSV, the same columns in both.

Written once here and used by `export_solutions` and `import_solutions`: what one writes, the other
reads back to the same value (catalogue/reading.py). A list is a list in JSON; in a cell of CSV its
items are parted by ";" (tags) or by line (steps), or it is JSON when an item has that sign in it.
Files for everybody have beside it what the page shows of others' words; people only with their
consent.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from catalogue.beside import BESIDE, beside, with_beside
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
    "beside",
]
Row = dict[str, Any]

AT_ONCE: Final = 500
FORMATS: Final = ("jsonl", "csv")


@dataclass(frozen=True, slots=True)
class Column:
    """A field as the file has it. `parts` is what parts a list's items in CSV.

    What is "told" is where a solution is and comes from: it is given to a new one if it is known
    here (catalogue/origins.py), and never changes one that is there. What is "beside" others say of
    it (catalogue/beside.py): it is passed over on the way in.
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
        Column("target_groups", "list", parts=";"),
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
        *(Column(name, "beside") for name in BESIDE),
    )
}
PUBLIC: Final = tuple(COLUMNS)  # of files for everybody
KEPT: Final = tuple(  # the same wherever it is kept
    name for name, column in COLUMNS.items() if column.kind != "beside" and name != "url"
)
NEEDED: Final = ("uid", "title", "summary", "owner")


def rows(solutions: QuerySet[Solution], columns: Sequence[str] = KEPT) -> Iterator[Row]:
    """Every solution as a row, by uid: the same file whatever the database. In portions."""
    listed = with_names(solutions).order_by("uid")
    if not set(columns) <= set(KEPT):
        listed = with_beside(listed)
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
    own = {name: _value(solution, COLUMNS[name]) for name in columns if name not in BESIDE}
    return own if len(own) == len(columns) else own | beside(solution)


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
    if column.kind in ("object", "objects", "beside"):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if column.kind == "list":
        joined = ("; " if column.parts == ";" else column.parts).join(map(str, value))
        if joined.startswith("[") or split(joined, column) != value:
            joined = json.dumps(value, ensure_ascii=False)
        return _guarded(joined)
    return _guarded(str(value))


def _guarded(text: str) -> str:
    """With one apostrophe more where a spreadsheet would see a formula, or an apostrophe guards."""
    return f"'{text}" if FORMULA.match(text.lstrip("'")) else text


def split(cell: str, column: Column) -> list[str]:
    return [item for part in cell.split(column.parts) if (item := part.strip())]


def form_of(name: str) -> str:
    """The format that a file's suffix says; "" when it says none."""
    found = re.search(r"\.(jsonl|ndjson|csv)$", name.lower())
    return {"jsonl": "jsonl", "ndjson": "jsonl", "csv": "csv"}[found[1]] if found else ""
