"""The folder of an embedded index: which generation serves, who writes, how a rebuild switches.

    <folder>/current        names the serving generation and the analyser it was built with
    <folder>/g-…/           a generation: one tantivy index
    <folder>/write.lock     held while anybody writes or switches
    <folder>/build.lock     held as long as a rebuild runs
    <folder>/journal        what was written meanwhile, replayed before the switch

Locks are the kernel's (flock): a killed process leaves none behind.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tantivy

from search.engine import SearchUnavailable

WAIT_FOR_LOCK: Final = 30.0  # seconds
WRITER_MEMORY: Final = 20_000_000  # bytes; tantivy wants 15 MB at least
REBUILD_MEMORY: Final = 120_000_000


Mark = tuple[int, int, int]  # tells one state of a file from another


@dataclass(frozen=True, slots=True)
class Current:
    """Content of the file `current`."""

    generation: str
    analyser: str
    built_at: str
    schema: int


@dataclass(frozen=True, slots=True)
class Row:
    """A document as tantivy takes it; values in the journal as JSON."""

    uid: str
    fields: dict[str, Any]

    def to_tantivy(self) -> tantivy.Document:
        document = tantivy.Document()
        document.add_text("uid", self.uid)
        for name, value in self.fields.items():
            if name == "facets":
                document.add_json(name, value)
            elif isinstance(value, list):
                for one in value:
                    document.add_text(name, one)
            elif isinstance(value, float):
                document.add_float(name, value)
            elif isinstance(value, int):
                document.add_integer(name, value)
            else:
                document.add_text(name, value)
        return document


class Store:
    """Readers share one open generation a process; writers come one at a time."""

    def __init__(self, folder: Path, schema: tantivy.Schema, schema_version: int) -> None:
        self.folder = folder
        self.schema = schema
        self.schema_version = schema_version
        self._opening = threading.Lock()
        self._open: tuple[str, tantivy.Index] | None = None
        self._seen: Mark | None = None
        self._known: tuple[Mark, Current] | None = None

    # Reading

    def current(self) -> Current:
        try:
            kept = json.loads((self.folder / "current").read_text())
            return Current(**kept)
        except (OSError, ValueError, TypeError) as error:
            raise SearchUnavailable(f"there is no index in {self.folder}") from error

    def searcher(self) -> tantivy.Searcher:
        """A view of the newest commit of any process."""
        for attempt in (1, 2):
            try:
                return self._searcher()
            except (ValueError, OSError) as error:
                # A switch may have come between reading `current` and opening: once more.
                self._open = self._known = None
                if attempt == 2:
                    raise SearchUnavailable(f"the index cannot be read: {error}") from error
        raise SearchUnavailable("the index cannot be read")

    def _searcher(self) -> tantivy.Searcher:
        serving = self._serving()
        seen = _mark(f"{self.folder}/{serving.generation}/meta.json")
        path = self.folder / serving.generation
        with self._opening:
            if self._open is None or self._open[0] != serving.generation:
                index = tantivy.Index.open(str(path))
                index.config_reader("manual")
                self._open = (serving.generation, index)
                self._seen = None
            if seen != self._seen:
                self._open[1].reload()
                self._seen = seen
            return self._open[1].searcher()

    def _serving(self) -> Current:
        """What `current` says, read anew when another file is there by that name."""
        try:
            mark = _mark(f"{self.folder}/current")
        except OSError as error:
            raise SearchUnavailable(f"there is no index in {self.folder}") from error
        known = self._known
        if known is None or known[0] != mark:
            known = self._known = (mark, self.current())
            if known[1].schema != self.schema_version:
                self._known = None
                raise SearchUnavailable("the index is of another version: rebuild it")
        return known[1]

    # Writing

    def write(self, change: Callable[[], tuple[list[str], Iterable[Row]]]) -> None:
        """Take out uids and put rows in, in one commit. `change` is called under the lock."""
        with self._locked("write.lock", WAIT_FOR_LOCK):
            serving = self.current()
            gone, rows = change()
            kept = list(rows)
            if self._is_building():
                with (self.folder / "journal").open("a", encoding="utf-8") as journal:
                    entry = {"gone": gone, "rows": [[row.uid, row.fields] for row in kept]}
                    journal.write(json.dumps(entry) + "\n")
                    journal.flush()
                    os.fsync(journal.fileno())
            try:
                index = tantivy.Index.open(str(self.folder / serving.generation))
                _commit(index, gone, kept, WRITER_MEMORY)
            except (ValueError, OSError) as error:
                raise SearchUnavailable(f"the index cannot be written: {error}") from error

    def rebuild(
        self,
        rows: Iterable[Row],
        analyser: str,
        built_at: str,
        progress: Callable[[int], None],
    ) -> int:
        """Write a new generation, replay the journal, switch; how many rows were given."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SearchUnavailable(f"{self.folder} cannot be made: {error}") from error
        with self._locked("build.lock", 0.0, busy="another rebuild is running"):
            generation = f"g-{secrets.token_hex(6)}"
            with self._locked("write.lock", WAIT_FOR_LOCK):
                self._remove_leftovers()
            try:
                path = self.folder / generation
                path.mkdir()
                index = tantivy.Index(self.schema, path=str(path), reuse=False)
                writer = index.writer(heap_size=REBUILD_MEMORY, num_threads=1)
                number = 0
                for number, row in enumerate(rows, 1):
                    writer.add_document(row.to_tantivy())
                    if number % 1000 == 0:
                        progress(number)
                writer.commit()
                writer.wait_merging_threads()
                with self._locked("write.lock", WAIT_FOR_LOCK):
                    for gone, changed in self._journal():
                        _commit(index, gone, changed, WRITER_MEMORY)
                    self._switch(Current(generation, analyser, built_at, self.schema_version))
            except (ValueError, OSError) as error:
                raise SearchUnavailable(f"the index cannot be written: {error}") from error
            progress(number)
            return number

    def _switch(self, new: Current) -> None:
        """The rename is the switch: before it the old generation serves, after it the new one."""
        try:
            old = self.current().generation
        except SearchUnavailable:
            old = ""
        draft = self.folder / "current.new"
        with draft.open("w") as file:
            json.dump(
                {
                    "generation": new.generation,
                    "analyser": new.analyser,
                    "built_at": new.built_at,
                    "schema": new.schema,
                },
                file,
            )
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / "current")
        (self.folder / "journal").unlink(missing_ok=True)
        if old:
            shutil.rmtree(self.folder / old, ignore_errors=True)

    def _journal(self) -> Iterator[tuple[list[str], list[Row]]]:
        with contextlib.suppress(FileNotFoundError):
            for line in (self.folder / "journal").read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                yield entry["gone"], [Row(uid, fields) for uid, fields in entry["rows"]]

    def _remove_leftovers(self) -> None:
        """What a rebuild that was killed has left behind."""
        try:
            serving = self.current().generation
        except SearchUnavailable:
            serving = ""
        (self.folder / "journal").unlink(missing_ok=True)
        for path in self.folder.glob("g-*"):
            if path.name != serving:
                shutil.rmtree(path, ignore_errors=True)

    def _is_building(self) -> bool:
        try:
            with self._locked("build.lock", 0.0):
                return False
        except SearchUnavailable:
            return True

    @contextlib.contextmanager
    def _locked(
        self, name: str, wait: float, busy: str = "the index is being written by another process"
    ) -> Iterator[None]:
        try:
            file = (self.folder / name).open("w")
        except OSError as error:
            raise SearchUnavailable(f"there is no index in {self.folder}") from error
        with file:
            until = time.monotonic() + wait
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() >= until:
                        raise SearchUnavailable(busy) from error
                    time.sleep(0.02)
            yield


def _mark(path: str) -> Mark:
    found = os.stat(path)  # noqa: PTH116 - at each search: half of what a Path takes
    return found.st_ino, found.st_mtime_ns, found.st_size


def _commit(index: tantivy.Index, gone: list[str], rows: list[Row], memory: int) -> None:
    """tantivy refuses a second writer at once; the lock above makes that a matter of moments."""
    writer = _writer(index, memory)
    for uid in dict.fromkeys([*gone, *(row.uid for row in rows)]):
        writer.delete_documents_by_term("uid", uid)
    for row in {row.uid: row for row in rows}.values():
        writer.add_document(row.to_tantivy())
    writer.commit()
    writer.wait_merging_threads()


def _writer(index: tantivy.Index, memory: int) -> tantivy.IndexWriter:
    until = time.monotonic() + WAIT_FOR_LOCK
    while True:
        try:
            return index.writer(heap_size=memory, num_threads=1)
        except ValueError as error:
            if "lock" not in str(error).lower() or time.monotonic() >= until:
                raise
            time.sleep(0.05)
