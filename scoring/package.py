"""The audit package: one ZIP from which anybody can recompute what was decided.

The same rows give the same bytes: files in one order, JSON canonical, no time of making, ZIP
entries dated 1980-01-01. Left out on purpose: jurors' private notes and their words to each other,
addresses, secret links, and who proposed (the log's own labels of people stay: they are its proof).
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from challenges.models import Challenge
from core import audit, export, printing
from core.canonical import canonical
from core.models import AuditEntry
from ideas.models import Idea
from scoring import award, ranking, report, rubrics
from scoring.models import (
    Assignment,
    AssignmentRun,
    Correction,
    Decision,
    Declaration,
    DeclarationVersion,
    Juror,
    Meeting,
    Round,
    Rubric,
    SheetVersion,
    Signature,
)
from scoring.queries.decision import content_of
from scoring.queries.minutes import minutes_payload
from scoring.queries.names import SEEN
from scoring.queries.ranking import RoundRanking, rank_round
from scoring.queries.rounds import deciding_rounds
from scoring.states import MeetingState, RubricState

FORMAT: Final = "talkoot-audit/1"
MANIFEST: Final = "manifest.json"
DATED: Final = (1980, 1, 1, 0, 0, 0)

README: Final = """Talkoot audit package

manifest.json   every file with its size and SHA-256
rubrics.json    every published version of every series' rubric; its digest is over its payload
panel.json      jurors
rounds.json     rounds: kind, seed, numbers; runs: inputs and result of each assignment
assignments.csv who was to read what, and what became of it
declarations.*  every word on ties, also "none"
sheets.json     every submitted version of every sheet; its digest is over its payload
scores.csv      the points of the sheets that count
ranking-input.json  what each ranking follows from
ranking.json    the rankings as the platform has them
orders.json     whose order decides (plain mean or calibrated)
minutes.json    minutes of the jury's meetings; each digest is over its payload
decision.json   the approved content with its digest, signatures, corrections
identities.csv  who of the staff saw who proposed, and why, before the decision of a blind series
log.jsonl       the audit log of the challenge, sealed in a hash chain
report.pdf      the whole report (report.html where PDF cannot be made)

Check it on any machine with Talkoot's source, no database needed:

    python manage.py recompute PACKAGE.zip

0 everything recomputes   1 something differs: the first difference is named
2 not a package           3 a file is not as the manifest says: it is named
"""


def build(challenge: Challenge) -> bytes:
    """The package of everything as it is in the database now."""
    files = dict(_files(challenge))
    manifest = {
        "format": FORMAT,
        "challenge": str(challenge.uid),
        "name": challenge.name,
        "files": [
            {
                "name": name,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in sorted(files.items())
        ],
    }
    files[MANIFEST] = canonical(manifest) + b"\n"
    return zipped(files)


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP whose bytes follow from its content alone."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name], compresslevel=6)
    return target.getvalue()


def _files(challenge: Challenge) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", README.encode()
    yield "rubrics.json", _json(_rubrics(challenge))
    yield "panel.json", _json(_panel(challenge))
    yield "rounds.json", _json(_rounds(challenge))
    yield (
        "proposals.csv",
        _csv(("idea", "reference", "series", "state", "title"), _ideas(challenge)),
    )
    yield (
        "assignments.csv",
        _csv(("round", "juror", "idea", "state", "declared"), _assignments(challenge)),
    )
    ties = list(_declarations(challenge))
    yield "declarations.json", _json(ties)
    head = ("juror", "idea", "kind", "reason", "at")
    yield "declarations.csv", _csv(head, ([tie[name] for name in head] for tie in ties))
    yield "sheets.json", _json(_sheets(challenge))
    rankings = [rank_round(round_) for round_ in deciding_rounds(challenge)]
    yield "scores.csv", _csv(("series", "idea", "juror", "criterion", "level"), _scores(rankings))
    given = [one.given.to_data() for one in rankings]
    yield "ranking-input.json", _json({"format": ranking.FORMAT, "series": given})
    yield "ranking.json", ranking.canonical_json(one.result for one in rankings)
    decision = Decision.objects.filter(challenge=challenge).first()
    yield "orders.json", _json(_orders(rankings))
    yield "minutes.json", _json(_minutes(challenge))
    yield "decision.json", _json(_decision(decision))
    log = list(_log(challenge))
    yield "log.jsonl", b"".join(canonical(row) + b"\n" for row in log)
    yield "identities.csv", _csv(("at", "who", "saw", "why"), _identities(challenge, log))
    content, media_type = report.make(challenge, "fi", full=True)
    yield ("report.pdf" if media_type == printing.PDF else "report.html"), content


def _identities(challenge: Challenge, log: list[dict[str, Any]]) -> Iterator[Sequence[Any]]:
    """Who saw who proposes while the call was anonymous: a page of many, or one proposal."""
    numbers = dict(Idea.objects.filter(challenge=challenge).values_list("pk", "reference"))
    looked = AuditEntry.objects.filter(chain=challenge.audit_chain, verb__in=SEEN)
    names = {row.by_label: str(row.by) for row in looked.select_related("by") if row.by}
    for row in log:
        if row["verb"] in SEEN:
            one = numbers.get(int(row["target_id"])) if row["verb"] == "proposer.seen" else None
            yield (
                row["at"],
                names.get(row["by_label"], row["by_label"]),
                one or row["data"].get("page"),
                row["data"].get("reason"),
            )


def _json(data: Any) -> bytes:
    return canonical(data) + b"\n"


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(head)
    writer.writerows([export.safe(cell) for cell in row] for row in rows)
    return target.getvalue().encode()


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _rubrics(challenge: Challenge) -> list[dict[str, Any]]:
    found = Rubric.objects.filter(series__challenge=challenge, state=RubricState.PUBLISHED)
    return [
        {
            "payload": rubrics.payload(one),
            "sha256": one.digest,
            "published_at": _time(one.published_at),
        }
        for one in found.select_related("series__challenge").order_by("series_id", "version")
    ]


def _panel(challenge: Challenge) -> list[dict[str, Any]]:
    return [
        {
            "juror": one.pk,
            "name": one.name,
            "title": one.title,
            "chair": one.chair,
            "state": one.state,
            "series": sorted(series.key for series in one.series.all()),
            "expertise": sorted(theme.key for theme in one.expertise.all()),
            "capacity": one.capacity,
        }
        for one in Juror.objects.filter(challenge=challenge)
        .prefetch_related("series", "expertise")
        .order_by("pk")
    ]


def _rounds(challenge: Challenge) -> list[dict[str, Any]]:
    runs: dict[int, list[dict[str, Any]]] = {}
    for run in AssignmentRun.objects.filter(round__series__challenge=challenge):
        runs.setdefault(run.round_id, []).append(
            {
                "number": run.number,
                "kind": run.kind,
                "seed": run.seed,
                "at": _time(run.at),
                "inputs": run.inputs,
                "pairs": run.pairs,
                "sha256": run.digest,
            }
        )
    return [
        {
            "round": one.pk,
            "series": one.series.key,
            "kind": one.kind,
            "number": one.number,
            "state": one.state,
            "seed": one.seed,
            "reviews": one.reviews,
            "carry_over": str(one.carry_over),
            "advance": one.advance,
            "assigned_at": _time(one.assigned_at),
            "report": one.assignment_report,
            "rubric": one.rubric.digest,
            "runs": runs.get(one.pk, []),
        }
        for one in Round.objects.filter(series__challenge=challenge)
        .select_related("series", "rubric")
        .order_by("series_id", "number")
    ]


def _ideas(challenge: Challenge) -> Iterator[Sequence[Any]]:
    for one in (
        Idea.objects.delivered()
        .filter(challenge=challenge)
        .select_related("series")
        .order_by("number")
    ):
        yield one.uid.hex, one.reference, one.series.key, one.state, one.title


def _assignments(challenge: Challenge) -> Iterator[Sequence[Any]]:
    rows = Assignment.objects.filter(round__series__challenge=challenge).order_by("pk")
    for round_, juror, uid, state, declared in rows.values_list(
        "round_id", "juror_id", "idea__uid", "state", "declared"
    ):
        yield round_, juror, uid.hex, state, declared


def _declarations(challenge: Challenge) -> Iterator[dict[str, Any]]:
    """Each word that was given, oldest first; what stands is the last one of its pair."""
    kept = DeclarationVersion.objects.filter(declaration__juror__challenge=challenge)
    versions: dict[int, list[DeclarationVersion]] = {}
    for version in kept.order_by("pk"):
        versions.setdefault(version.declaration_id, []).append(version)
    for one in (
        Declaration.objects.filter(juror__challenge=challenge)
        .select_related("idea")
        .order_by("juror_id", "idea_id")
    ):
        words: list[Declaration | DeclarationVersion] = [*versions.get(one.pk, [])] or [one]
        for word in words:
            yield {
                "juror": one.juror_id,
                "idea": one.idea.uid.hex,
                "kind": word.kind,
                "reason": word.reason,
                "at": _time(word.at),
            }


def _sheets(challenge: Challenge) -> list[dict[str, Any]]:
    return [
        {
            "sheet": one.sheet_id,
            "version": one.number,
            "payload": one.payload,
            "sha256": one.digest,
            "at": _time(one.at),
            "reopened_because": one.reason,
        }
        for one in SheetVersion.objects.filter(
            sheet__assignment__round__series__challenge=challenge
        ).order_by("sheet_id", "number")
    ]


def _scores(rankings: list[RoundRanking]) -> Iterator[Sequence[Any]]:
    for one in rankings:
        for sheet in sorted(one.given.sheets, key=lambda sheet: (sheet.idea, sheet.juror)):
            for key, level in sheet.levels.items():
                yield one.given.key, sheet.idea, sheet.juror, key, level


def _minutes(challenge: Challenge) -> list[dict[str, Any]]:
    """Of the meetings that have ended."""
    closed = Meeting.objects.filter(
        round__series__challenge=challenge, state=MeetingState.CLOSED
    ).prefetch_related("items__idea", "present")
    return [
        {"payload": minutes_payload(one), "sha256": one.digest} for one in closed.order_by("pk")
    ]


def _orders(rankings: list[RoundRanking]) -> list[dict[str, Any]]:
    made = []
    for one in rankings:
        promised = one.round.rubric.calibration == "award"
        order = award.order_of(one.given, one.result, calibrated=promised)
        made.append({**order.to_data(), "promised": promised})
    return made


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "state": decision.state,
        "content": content_of(decision),
        "sha256": decision.digest,
        "ranking": decision.ranking,
        "ranking_sha256": decision.ranking_digest,
        "proposed_at": _time(decision.proposed_at),
        "approved_at": _time(decision.approved_at),
        "published_at": _time(decision.published_at),
        "objections_until": _time(decision.objections_until),
        "signatures": [
            {
                "juror": one.juror_id,
                "name": one.label,
                "sha256": one.digest,
                "at": _time(one.at),
                "excused": one.excused,
            }
            for one in Signature.objects.filter(decision=decision).order_by("pk")
        ],
        "corrections": [
            {
                "idea": one.idea.uid.hex,
                "asked_at": _time(one.at),
                "text": one.text,
                "outcome": one.outcome,
                "answer": one.answer,
                "answered_at": _time(one.answered_at),
            }
            for one in Correction.objects.filter(decision=decision)
            .select_related("idea")
            .order_by("pk")
        ],
    }


def _log(challenge: Challenge) -> Iterator[dict[str, Any]]:
    """The sealed rows of the challenge's chain, with all that their hashes are taken over."""
    rows = AuditEntry.objects.filter(chain=challenge.audit_chain, hash__isnull=False)
    for one in rows.order_by("sequence"):
        yield {**audit.fields(one), "hash": one.hash}
