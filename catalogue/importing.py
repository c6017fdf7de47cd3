"""Take a file of solutions into the catalogue: all of it or none, by uid, the same file only once.

First every row is looked at without touching the database; then, in one transaction, rows are
compared with what is there and only what differs is written: so that a repeat changes nothing.
A constant number of statements per batch.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation

from accounts.models import Organisation
from catalogue import shapes
from catalogue.exchange import (
    AT_ONCE,
    COLUMNS,
    NEEDED,
    Column,
    Row,
    row_of,
    with_names,
)
from catalogue.models import Solution, maturity_of, note_maturity, solution_slug
from catalogue.origins import give_origins
from catalogue.reading import Fault, Read
from catalogue.tagging import give_tags
from challenges.models import Theme
from core import audit, clock, outbox
from core.export import CONTROL

MOST_TEXT: Final = 100_000  # characters of a text without a limit of its own
MOST_ITEMS: Final = 100  # of a list
MOST_ITEM: Final = {"tags": 100, "steps": 2_000}
FOLLOWED_AT_ONCE: Final = 100  # solutions of one job that lists references
TOLD: Final = frozenset(c.name for c in COLUMNS.values() if c.kind in ("told", "beside"))
WRITTEN: Final = [name for name in COLUMNS if name not in TOLD | {"uid", "tags"}]
Checked = tuple[int, Row]


@dataclass(slots=True)
class Report:
    """What came of a file."""

    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[Fault] = field(default_factory=list)
    written: list[int] = field(default_factory=list)  # primary keys
    referring: list[int] = field(default_factory=list)  # those whose owner or theme is another


class _Undo(Exception):
    """Takes back what a transaction has written."""


def import_solutions(found: Iterable[Read], *, dry_run: bool = False) -> Report:
    """Write the rows of a file. With a fault in any row, nothing is written and all are named."""
    report = Report()
    with translation.override("en"):
        checked = list(_checked(found, report.faults))
    try:
        with transaction.atomic():
            for at in range(0, len(checked), AT_ONCE):
                _take(checked[at : at + AT_ONCE], report)
            if report.faults or dry_run:
                raise _Undo
            _tell(report)
    except _Undo:
        pass
    report.faults.sort(key=lambda fault: fault.line)
    return report


# Looking at rows ---------------------------------------------------------------------------------


def _checked(found: Iterable[Read], faults: list[Fault]) -> Iterator[Checked]:
    """Rows with nothing wrong in them, values as the model has them; the faults of the others."""
    names = _Names()
    seen: dict[uuid.UUID, int] = {}
    for line, row in found:
        if isinstance(row, list):
            faults += row
            continue
        values, wrong = _check(row, names)
        uid = values.get("uid")
        if uid in seen:
            wrong["uid"] = f"is on line {seen[uid]} already"
        elif uid:
            seen[uid] = line
        if wrong:
            faults += [Fault(line, name, why) for name, why in wrong.items()]
        else:
            yield line, values


class _Names:
    """Owners and themes by what a file may call them."""

    def __init__(self) -> None:
        self.themes = {theme.key: theme for theme in Theme.objects.all()}
        self.owners: dict[str, Organisation] = {}
        twice = set()
        for one in Organisation.objects.all():
            if one.name in self.owners:
                twice.add(one.name)
            self.owners[one.name] = one
        for name in twice:  # a name that several have says nothing
            del self.owners[name]
        # What is unique by itself goes before a name that happens to look like it.
        every = list(Organisation.objects.all())
        self.owners.update({one.business_id: one for one in every if one.business_id})
        self.owners.update({one.slug: one for one in every})


def _check(row: Row, names: _Names) -> tuple[Row, dict[str, str]]:
    values: Row = {}
    wrong = {name: "is missing" for name in NEEDED if row.get(name) in (None, "")}
    for name, value in row.items():
        if name in wrong or COLUMNS[name].kind == "beside":
            continue
        try:
            values[name] = _value(COLUMNS[name], value, names)
        except ValueError as error:
            wrong[name] = str(error)
    return values, wrong


def _value(column: Column, value: Any, names: _Names) -> Any:
    """The value for the model; ValueError says what is wrong with it."""
    kind = column.kind
    if kind == "told":
        return _text("" if value is None else value)
    if column.name in SHAPED:
        return _shaped(column.name, value)
    if kind == "list":
        return _list(column.name, value)
    if kind == "number":
        return _number(column.name, value)
    if kind == "switch":
        if not isinstance(value, bool):
            raise ValueError(f"{_shown(value)} is neither true nor false")
        return value
    return _of_text(column, _text("" if value is None else value), names)


def _of_text(column: Column, text: str, names: _Names) -> Any:
    if column.kind == "uid":
        return _uid(text)
    if column.kind == "owner":
        if text not in names.owners:
            raise ValueError(f"no organisation is called {_shown(text)} (give its short name)")
        return names.owners[text]
    if column.kind == "theme":
        if text and text not in names.themes:
            raise ValueError(f"{_shown(text)} is not a theme: {', '.join(names.themes) or 'none'}")
        return names.themes.get(text)
    if column.kind == "date":
        return _day(text)
    if column.kind == "moment":
        return _moment(text)
    return _field(column.name, text)


def _shown(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:60]}…"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is not a text")
    if found := CONTROL.search(value):
        raise ValueError(f"has a control character (U+{ord(found[0]):04X})")
    return value


def _uid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValueError(f"{_shown(text)} is not a UUID") from None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{_shown(text)} is not a day such as 2026-05-31") from None


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = None
    if text and (moment is None or moment.tzinfo is None):
        raise ValueError(f"{_shown(text)} is not a time such as 2026-05-31T12:00:00+03:00")
    return moment


def _number(name: str, value: Any) -> Any:
    """A number, or a text that is one, by the rules of the model's own field."""
    if value in ("", None):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{_shown(value)} is not a number")
    of_model: Any = Solution._meta.get_field(name)
    try:
        return of_model.clean(str(value).strip(), None)
    except ValidationError as error:
        raise ValueError(f"{_shown(value)}: {' '.join(error.messages)}") from None


def _field(name: str, text: str) -> str:
    """A text or a choice, by the rules of the model's own field."""
    of_model: Any = Solution._meta.get_field(name)
    if of_model.choices:
        known = [value for value, _ in of_model.flatchoices]
        if text not in known and not (of_model.blank and not text):
            raise ValueError(f"{_shown(text)} is not one of {', '.join(known)}")
        return text
    most = of_model.max_length or MOST_TEXT
    if len(text) > most:
        raise ValueError(f"{len(text)} characters, at most {most} fit")
    if not text.strip() and not of_model.blank:
        raise ValueError("is missing")
    try:
        of_model.clean(text, None)
    except ValidationError as error:
        raise ValueError(f"{_shown(text)}: {' '.join(error.messages)}") from None
    return text


def _list(name: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f"{_shown(value)} is not a list of texts")
    items = [_text(item) for item in value]
    if len(items) > MOST_ITEMS:
        raise ValueError(f"{len(items)} items, at most {MOST_ITEMS} fit")
    for item in items:
        if not item.strip():
            raise ValueError("has an empty item")
        if len(item) > MOST_ITEM[name]:
            raise ValueError(f"an item has {len(item)} characters, at most {MOST_ITEM[name]} fit")
    return sorted(set(items)) if name == "tags" else items


SHAPED: Final[dict[str, Callable[[Any], Any]]] = {
    "trust": shapes.clean_trust,
    "suppliers": shapes.clean_suppliers,
    "sdgs": shapes.clean_sdgs,
    "target_groups": shapes.clean_target_groups,
    "fits_sizes": shapes.clean_sizes,
    "fits_regions": shapes.clean_texts,
}


def _shaped(name: str, value: Any) -> Any:
    try:
        return SHAPED[name](value)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None


# Writing -----------------------------------------------------------------------------------------


def _take(batch: Sequence[Checked], report: Report) -> None:
    """Compare a batch with the catalogue and write what differs."""
    locked = with_names(Solution.objects.select_for_update(of=("self",)))
    there = {one.uid: one for one in locked.filter(uid__in=[row["uid"] for _, row in batch])}
    new: list[tuple[Solution, Row]] = []
    changed: list[tuple[Solution, Row, list[str]]] = []
    for line, row in batch:
        old = there.get(row["uid"])
        if old is None:
            new.append((_made(row), row))
            continue
        fields = _differing(old, row)
        if not fields:
            report.same += 1
        elif why := _held(old):
            report.faults.append(Fault(line, "", why))
        else:
            changed.append((old, row, fields))
    if not report.faults:
        _create(new, report)
        _change(changed, report)
    report.new += len(new)
    report.changed += len(changed)


def _held(solution: Solution) -> str:
    """Why somebody's work in the back office would be lost."""
    if solution.locked:
        return "the solution is locked in the back office"
    if solution.has_unpublished_changes and solution.latest_revision_id:
        return "the solution has a draft in the back office: publish it or discard it first"
    return ""


def _differing(old: Solution, row: Row) -> list[str]:
    before = row_of(old)
    fields = []
    for name, value in row.items():
        if name in TOLD:
            continue
        if name == "tags":
            same = before["tags"] == value
        elif name in ("owner", "theme"):
            same = getattr(old, f"{name}_id") == (value.pk if value else None)
        else:
            same = getattr(old, name) == value
        if not same:
            fields.append(name)
    return fields


def _made(row: Row) -> Solution:
    given = {name: value for name, value in row.items() if name not in TOLD | {"tags"}}
    one = Solution(**{"live": True, **given})
    one.slug = solution_slug(one.title, one.uid)
    one.has_unpublished_changes = not one.live
    one.first_published_at = one.last_published_at = clock.now() if one.live else None
    return one


def _create(new: Sequence[tuple[Solution, Row]], report: Report) -> None:
    made = [one for one, _ in new]
    give_origins(new)
    Solution.objects.bulk_create(made)
    give_tags({one.pk: row["tags"] for one, row in new if row.get("tags")})
    note_maturity((one, {}) for one in made)
    audit.record_each("solution.created", ((one, {"imported": True}) for one in made), by=None)
    report.written += [one.pk for one in made]
    report.referring += [one.pk for one in made]


def _change(changed: Sequence[tuple[Solution, Row, list[str]]], report: Report) -> None:
    if not changed:
        return
    before = maturity_of(one.pk for one, _, _ in changed)
    moment, names = clock.now(), {name for _, _, fields in changed for name in fields}
    for one, row, fields in changed:
        for name in fields:
            if name != "tags":
                setattr(one, name, row[name])
        one.updated_at = moment
        if one.live:
            one.last_published_at = moment
            one.first_published_at = one.first_published_at or moment
        one.has_unpublished_changes = not one.live
        # The back office opens the row as it is now, not an older revision that would undo it.
        one.latest_revision = one.live_revision = None
    kept = ["updated_at", "last_published_at", "first_published_at", "has_unpublished_changes"]
    kept += ["latest_revision", "live_revision", *(n for n in WRITTEN if n in names)]
    # An insert that meets its own row: many times faster than an update with a case for each.
    Solution.objects.bulk_create(
        [one for one, _, _ in changed],
        update_conflicts=True,
        unique_fields=["uid"],
        update_fields=kept,
    )
    note_maturity((one, before[one.pk]) for one, _, _ in changed)
    give_tags({one.pk: row["tags"] for one, row, fields in changed if "tags" in fields})
    audit.record_each(
        "solution.changed",
        ((one, {"imported": True, "fields": fields}) for one, _, fields in changed),
        by=None,
    )
    report.written += [one.pk for one, _, _ in changed]
    report.referring += [one.pk for one, _, fields in changed if {"owner", "theme"} & set(fields)]


def _tell(report: Report) -> None:
    """The index first, in few large jobs; then Wagtail's register of references, in small ones."""
    for event, pks, size in (
        ("solutions.changed", report.written, AT_ONCE),
        ("solutions.created", report.referring, FOLLOWED_AT_ONCE),
    ):
        parts = [pks[at : at + size] for at in range(0, len(pks), size)]
        outbox.emit_each(event, [{"solutions": part} for part in parts])
