"""Check an audit package, purely: no database, no settings, the file only.

Every file against the manifest; every digest against what it is taken over and against the log;
what the ranking counts against the sheets; the ranking and the order that decides computed again
and compared byte by byte; the log's hash chain.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from core.canonical import canonical, digest
from scoring import award, ranking
from scoring.states import ROUND_DONE, AssignmentState, RoundKind, SheetState

FORMAT: Final = "talkoot-audit/1"
MANIFEST: Final = "manifest.json"
MINUTES: Final = "minutes.json"  # packages of before have none
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
    findings: list[Finding] = []
    try:
        for part in (_digests, _minutes, _counted, _ranking, _orders, _decision, _logged, _log):
            findings.extend(part(files))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        what = f"cannot be recomputed: {problem!r}"
        findings.append(Finding(Code.DIFFERS, "package", what))
    return findings


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


def _counted(files: dict[str, bytes]) -> Iterator[Finding]:
    """The ranking counts what stands on the jurors' newest sheets, and leaves none of them out."""
    said = _newest(files)
    done = {one["round"] for one in _json(files, "rounds.json") if one["state"] in ROUND_DONE}
    confirmed = {
        (int(row["round"]), row["juror"], row["idea"])
        for row in _table(files, "assignments.csv")
        if row["state"] == AssignmentState.CONFIRMED
    }
    reopened = {sheet for sheet, verb in _last_of_sheets(files) if verb == "sheet.reopened"}
    given = _json(files, "ranking-input.json")["series"]
    for series in given:
        for one in series["sheets"]:
            where = f"ranking-input.json {series['series']} {one['idea']} juror {one['juror']}"
            found = said.pop((series["series"], one["idea"], one["juror"]), None)
            if found is None:
                yield Finding(Code.DIFFERS, where, "no such sheet was submitted")
                continue
            kept = found["payload"]["scores"]
            for key, level in {**one["levels"], **one.get("gates", {})}.items():
                if kept.get(key) != level:
                    yield Finding(
                        Code.DIFFERS,
                        f"{where} {key}",
                        f"counted {level}, on the sheet {kept.get(key)}",
                    )
    placed = {(one["series"], row["idea"]) for one in given for row in one["candidates"]}
    for (series_key, idea, juror), left in said.items():
        payload = left["payload"]
        if (
            payload["state"] == SheetState.SUBMITTED
            and (series_key, idea) in placed
            and payload["round"] in done
            and (payload["round"], juror, idea) in confirmed
            and str(left["sheet"]) not in reopened
        ):
            where = f"sheet {left['sheet']} version {left['version']}"
            yield Finding(Code.DIFFERS, where, "was submitted and is not counted")
    expected = [
        [series["series"], one["idea"], one["juror"], key, "" if level is None else str(level)]
        for series in given
        for one in series["sheets"]
        for key, level in one["levels"].items()
    ]
    rows = [list(row.values()) for row in _table(files, "scores.csv")]
    if sorted(rows) != sorted(expected):
        yield Finding(Code.DIFFERS, "scores.csv", "is not what ranking-input.json says")


def _newest(files: dict[str, bytes]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(series, idea, juror) → the last version of each sheet of the rounds that count together.

    A grey zone counts with the round that it clears up, as in `queries.rounds.pooled_rounds`.
    """
    rounds = [one for one in _json(files, "rounds.json") if one["kind"] != RoundKind.ELIGIBILITY]
    pooled: dict[int, str] = {}
    for series in {one["series"] for one in rounds}:
        mine = sorted((one for one in rounds if one["series"] == series), key=_number)
        while mine:
            last = mine.pop()
            pooled[last["round"]] = series
            if last["kind"] != RoundKind.GREY:
                break
    said: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in sorted(_json(files, "sheets.json"), key=lambda one: one["version"]):
        payload = one["payload"]
        if payload["round"] in pooled:
            idea = payload["idea"].replace("-", "")
            said[pooled[payload["round"]], idea, str(payload["juror"])] = one
    return said


def _number(round_: dict[str, Any]) -> int:
    return int(round_["number"])


def _table(files: dict[str, bytes], name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(files[name].decode()))


def _rows(files: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in files["log.jsonl"].splitlines())


def _last_of_sheets(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """(sheet, the last thing that the log tells of it)."""
    last = {row["target_id"]: row["verb"] for row in _rows(files) if _is_of_sheet(row)}
    yield from last.items()


def _is_of_sheet(row: dict[str, Any]) -> bool:
    return str(row["verb"]).startswith("sheet.")


def _logged(files: dict[str, bytes]) -> Iterator[Finding]:
    """The log was sealed as things were done: the digests that it names are those of the files.

    What was done in the last second before the package was made may not be in the log yet.
    """
    sheets: dict[tuple[str, int], str] = {}
    digests: dict[str, set[str]] = {"rubric.published": set(), "decision.published": set()}
    for row in _rows(files):
        if _is_of_sheet(row) and "sha256" in row["data"]:
            sheets[row["target_id"], row["data"]["version"]] = row["data"]["sha256"]
        elif row["verb"] in digests:
            digests[row["verb"]].add(row["data"]["sha256"])
    words = "its digest is not the one in the log"
    for one in _json(files, "sheets.json"):
        if sheets.get((str(one["sheet"]), one["version"]), one["sha256"]) != one["sha256"]:
            where = f"sheet {one['sheet']} version {one['version']}"
            yield Finding(Code.DIFFERS, where, words)
    published = digests["rubric.published"]
    for one in _json(files, "rubrics.json"):
        if published and one["sha256"] not in published:
            where = f"rubric {one['payload']['series']} v{one['payload']['version']}"
            yield Finding(Code.DIFFERS, where, words)
    decision, published = _json(files, "decision.json"), digests["decision.published"]
    if decision and published and decision["sha256"] not in published:
        yield Finding(Code.DIFFERS, "decision.json", words)


def _minutes(files: dict[str, bytes]) -> Iterator[Finding]:
    for number, one in enumerate(_json(files, MINUTES) if MINUTES in files else [], start=1):
        if digest(one["payload"]) != one["sha256"]:
            yield Finding(Code.DIFFERS, f"{MINUTES} {number}", "its digest is not of its content")


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
