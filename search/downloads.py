"""What a search finds, as a file: CSV and JSON Lines as `import_solutions` reads them, and XLSX.

Rows come in the order of the page, a portion at a time, whatever their number. An engine counts
places up to `MOST`; the whole catalogue, which needs no engine, has no such end in CSV and JSON
Lines. There it is by uid, as `export_solutions` writes it.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue import exchange
from catalogue.models import Solution
from core.export import attachment, xlsx_response
from search import service
from search.catalogue import Asked
from search.engine import MAX_LIMIT, MAX_OFFSET, Query, SearchUnavailable, Sort

KINDS: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
MOST: Final = MAX_OFFSET
NAME: Final = "talkoot-ratkaisut"
HEADINGS: Final = {
    "users": gettext_lazy("In use"),
    "saving": gettext_lazy("Measured saving"),
    "uses": gettext_lazy("Who uses it"),
    "claims": gettext_lazy("What municipalities have saved"),
    "maturity": gettext_lazy("How it has come so far"),
    "contacts": gettext_lazy("Contact"),
}


def is_whole(asked: Asked, kind: str) -> bool:
    """Whether the file has every solution, without an end."""
    return kind in KINDS and not asked.words and not asked.filters


def found(
    asked: Asked, *, sort: Sort | None = None, most: int = MOST, portion: int = MAX_LIMIT
) -> Iterator[Solution]:
    """Solutions that have all the words, in order. SearchUnavailable before the first, or never:
    what ends half-way is cut, and a reader sees it by the missing end."""
    for offset in range(0, most, portion):
        results = service.search(
            Query(
                text=asked.words,
                language=asked.language,
                filters=asked.filters,
                offset=offset,
                limit=portion,
                sort=sort or asked.order,
                fill=0,
            )
        )
        if results.partial:
            raise SearchUnavailable("the search ran out of time")
        public = exchange.with_beside(exchange.with_names(Solution.objects.published())).in_bulk(
            [int(hit.pk) for hit in results.hits]
        )
        yield from (public[pk] for hit in results.hits if (pk := int(hit.pk)) in public)
        if offset + portion >= results.total:
            return


def download(asked: Asked, kind: str) -> StreamingHttpResponse:
    """The file. SearchUnavailable when nothing of it can be had."""
    rows: Iterator[exchange.Row]
    if is_whole(asked, kind):
        rows = exchange.rows(Solution.objects.published(), exchange.PUBLIC)
    else:
        rows = _begun(exchange.row_of(one, exchange.PUBLIC) for one in found(asked))
    if kind == "xlsx":
        return xlsx_response(
            f"{NAME}.xlsx", _headings(), map(_sheet_row, rows), sheet=_("Solutions")
        )
    return attachment(exchange.write(rows, kind, exchange.PUBLIC), f"{NAME}.{kind}", KINDS[kind])


def _begun(rows: Iterator[Any]) -> Iterator[Any]:
    """The same, with the first already fetched: what fails, fails before anything is sent."""
    return chain([first], rows) if (first := next(rows, None)) is not None else iter(())


def _headings() -> list[str]:
    """Names of the columns in the reader's words; those that are no field, as they are."""
    fields = {one.name: one for one in Solution._meta.get_fields() if hasattr(one, "verbose_name")}
    words = {name: str(one.verbose_name) for name, one in fields.items()}
    words |= {name: str(label) for name, label in HEADINGS.items()}
    return [capfirst(words.get(name, name)) for name in exchange.PUBLIC]


def _sheet_row(row: exchange.Row) -> list[Any]:
    """Values for people: words for choices, a line for each item of a list."""
    return [_in_words(name, value) for name, value in row.items()]


def _in_words(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return "\n".join(map(_line, value))
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_line(fact)}" for key, fact in value.items())
    if exchange.COLUMNS[name].kind == "choice" or name == "evidence":
        field: Any = Solution._meta.get_field(name)
        return str(dict(field.flatchoices).get(value, value))
    return value


def _line(item: Any) -> str:
    """An object's values in a row; an organisation by its name."""
    if not isinstance(item, dict):
        return str(item)
    if "slug" in item:
        return str(item["name"])
    return ", ".join(_line(part) for part in item.values() if part not in ("", None))
