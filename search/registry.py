"""What can be found: each kind of document tells how to make them from the database.

Any floor may register a source in its AppConfig.ready(); `search/documents.py` registers
those of proposals and solutions.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from search.engine import Document


@dataclass(frozen=True, slots=True)
class Source:
    """`every` yields all public documents; `some` those of them with these primary keys."""

    kind: str
    every: Callable[[], Iterator[Document]]
    some: Callable[[list[str]], Iterable[Document]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.kind] = source


def kinds() -> list[str]:
    return sorted(_sources)


def every_document() -> Iterator[Document]:
    for kind in kinds():
        yield from _sources[kind].every()


def documents(uids: list[str]) -> Iterator[Document]:
    """Documents of these uids as the database is now; those that are not public are missing."""
    by_kind: dict[str, list[str]] = {}
    for uid in uids:
        kind, _, pk = uid.partition(":")
        by_kind.setdefault(kind, []).append(pk)
    for kind, pks in by_kind.items():
        if kind in _sources:
            yield from _sources[kind].some(pks)
