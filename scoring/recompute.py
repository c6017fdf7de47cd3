"""Check an audit package, purely: no database, no settings, the file only.

Every file against the manifest; every digest against what it is taken over; the ranking and the
order that decides computed again from the sheets and compared byte by byte; the log's hash chain.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from core.canonical import canonical, digest
from scoring import award, ranking

FORMAT: Final = "talkoot-audit/1"
MANIFEST: Final = "manifest.json"
LARGEST: Final = 1024 * 1024 * 1024  # bytes of all files together, unpacked


class Code(IntEnum):
    """Exit codes of `manage.py recompute`."""

    EQUAL = 0
    DIFFERS = 1
    NOT_A_PACKAGE = 2
    CHANGED = 3


@dataclass(frozen=True)
class Finding:
    """What is not as it should be, and where."""

    code: Code
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class NotAPackage(ValueError):
    """The file cannot be read as an audit package."""


def check(path: Path) -> list[Finding]:
    """Findings, the gravest kind first; an empty list when everything recomputes.

    Raises:
        NotAPackage: no ZIP, no manifest of ours, or more than `LARGEST` unpacked.
    """
    files = _read(path)
    changed = list(_against_manifest(files))
    if changed:
        return changed
    try:
        return [
            *_digests(files),
            *_ranking(files),
            *_orders(files),
            *_decision(files),
            *_log(files),
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        return [Finding(Code.DIFFERS, "package", f"cannot be recomputed: {problem!r}")]


def _read(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise NotAPackage("it is too large")
            files = {entry.filename: archive.read(entry) for entry in entries}
            if len(files) != len(entries):
                raise NotAPackage("a file is in it twice")
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as problem:
        raise NotAPackage(str(problem)) from problem
    try:
        manifest = json.loads(files[MANIFEST])
        if manifest["format"] != FORMAT:
            raise NotAPackage(f"its format is not {FORMAT}")
    except (KeyError, TypeError, ValueError) as problem:
        raise NotAPackage("it has no manifest of ours") from problem
    return files


def _against_manifest(files: dict[str, bytes]) -> Iterator[Finding]:
    listed = {one["name"]: one["sha256"] for one in json.loads(files[MANIFEST])["files"]}
    for name in sorted(listed.keys() | files.keys() - {MANIFEST}):
        if name not in files:
            yield Finding(Code.CHANGED, name, "is missing")
        elif name not in listed:
            yield Finding(Code.CHANGED, name, "is not in the manifest")
        elif hashlib.sha256(files[name]).hexdigest() != listed[name]:
            yield Finding(Code.CHANGED, name, "is not what the manifest says: it was changed")


def _json(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])


def _digests(files: dict[str, bytes]) -> Iterator[Finding]:
    for one in _json(files, "rubrics.json"):
        if digest(one["payload"]) != one["sha256"]:
            where = f"rubric {one['payload']['series']} v{one['payload']['version']}"
            yield Finding(Code.DIFFERS, where, "its digest is not of its content")
    for one in _json(files, "sheets.json"):
        if digest(one["payload"]) != one["sha256"]:
            where = f"sheet {one['sheet']} version {one['version']}"
            yield Finding(Code.DIFFERS, where, "its digest is not of its content")


def _ranking(files: dict[str, bytes]) -> Iterator[Finding]:
    given = [ranking.Series.from_data(one) for one in _json(files, "ranking-input.json")["series"]]
    made = ranking.canonical_json(ranking.rank(one) for one in given)
    if made != files["ranking.json"]:
        where, what = first_difference(json.loads(made), _json(files, "ranking.json"))
        yield Finding(Code.DIFFERS, f"ranking.json {where}", what)


def _orders(files: dict[str, bytes]) -> Iterator[Finding]:
    given = {
        one["series"]: ranking.Series.from_data(one)
        for one in _json(files, "ranking-input.json")["series"]
    }
    for kept in _json(files, "orders.json"):
        series = given[kept["series"]]
        order = award.order_of(series, ranking.rank(series), calibrated=kept["promised"])
        made = {**order.to_data(), "promised": kept["promised"]}
        if made != kept:
            where, what = first_difference(made, kept)
            yield Finding(Code.DIFFERS, f"orders.json {kept['series']}{where}", what)


def _decision(files: dict[str, bytes]) -> Iterator[Finding]:
    kept = _json(files, "decision.json")
    if kept is None:
        return
    if kept["sha256"] and digest(kept["content"]) != kept["sha256"]:
        yield Finding(Code.DIFFERS, "decision.json", "its digest is not of its content")
    if digest(kept["ranking"]) != kept["ranking_sha256"]:
        yield Finding(Code.DIFFERS, "decision.json ranking", "its digest is not of its content")
    now = {one["series"]: one for one in _json(files, "ranking.json")["rankings"]}
    for one in kept["ranking"]["rankings"]:
        if now.get(one["series"]) != one:
            where, what = first_difference(now.get(one["series"]), one)
            yield Finding(Code.DIFFERS, f"decision.json ranking {one['series']}{where}", what)


def _log(files: dict[str, bytes]) -> Iterator[Finding]:
    number, before = 0, ""
    for line in files["log.jsonl"].splitlines():
        row = json.loads(line)
        kept = row.pop("hash")
        where = f"log.jsonl #{row['sequence']}"
        if row["sequence"] != number + 1:
            yield Finding(Code.DIFFERS, where, f"row {number + 1} is missing before it")
        elif row["prev_hash"] != before:
            yield Finding(Code.DIFFERS, where, "does not follow the row before it")
        if hashlib.sha256(canonical(row)).hexdigest() != kept:
            yield Finding(Code.DIFFERS, where, "its hash is not of its content")
        number, before = row["sequence"], kept


def first_difference(made: Any, kept: Any, where: str = "") -> tuple[str, str]:
    """(path, words) of the first place where the recomputed and the kept value differ."""
    if isinstance(made, dict) and isinstance(kept, dict):
        for key in sorted(made.keys() | kept.keys()):
            if made.get(key) != kept.get(key) or (key in made) != (key in kept):
                return first_difference(made.get(key), kept.get(key), f"{where}/{key}")
    if isinstance(made, list) and isinstance(kept, list):
        for number, (left, right) in enumerate(zip(made, kept, strict=False)):
            if left != right:
                return first_difference(left, right, f"{where}/{number}")
        return where, f"recomputed {len(made)} items, in the package {len(kept)}"
    return where, f"recomputed {_short(made)}, in the package {_short(kept)}"


def _short(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) < 120 else words[:117] + "…"
