"""kill -9 of the whole web server while a jury saves and locks its sheets.

What was acknowledged is there; a sheet is locked whole or not at all, and once.
"""

import json
from typing import Any

from core.canonical import digest
from tests.faults.crowd import Crowd
from tests.faults.town import Town, until

SHEETS = """
    SELECT a.id, s.id, s.state, s.revision, s.comment, s.digest, s.number, s.submitted_at,
           a.juror_id
    FROM scoring_assignment a LEFT JOIN scoring_scoresheet s ON s.assignment_id = a.id
    WHERE a.round_id = ? AND a.state = 'confirmed'
"""
KILLED_AT = (3, 9, 16, 24)  # sheets locked so far


def test_killed_amid_autosaves_and_submissions(town: Town) -> None:
    crowd = Crowd()
    wanted = {pk for juror in town.facts["panel"] for pk in juror["sheets"]}
    with town.served() as server:
        for locked in KILLED_AT:
            busy(crowd, server, town)
            until(lambda least=locked: len(crowd.locked) >= least, why=server.log)
            server.kill()
            crowd.end()
            nothing_is_half(town)
            what_was_acknowledged_is_there(crowd, town)
            server.start()
        busy(crowd, server, town)
        until(lambda: locked_in(town) == wanted, why=server.log)
        crowd.end()
        until(town.is_quiet, 60, "jobs are left")
        assert "as sealed, 0 not yet sealed" in server.manage("audit", "--verify")
    assert len(wanted) > KILLED_AT[-1]
    nothing_is_half(town)
    what_was_acknowledged_is_there(crowd, town)


def busy(crowd: Crowd, server: Any, town: Town) -> None:
    for juror in town.facts["panel"]:
        crowd.begin(crowd.score_and_lock, server, juror, town.facts["criteria"])


def locked_in(town: Town) -> set[int]:
    rows = town.rows(SHEETS, town.facts["round"])
    return {row[0] for row in rows if row[2] == "submitted"}


def what_was_acknowledged_is_there(crowd: Crowd, town: Town) -> None:
    rows = {row[0]: row for row in town.rows(SHEETS, town.facts["round"])}
    for pk, (revision, words) in crowd.comments.items():
        _pk, _sheet, _state, stored, comment, *_rest = rows[pk]
        assert (stored >= revision, comment) == (True, words)
    for pk, sent in crowd.locked.items():
        _pk, sheet, state, *_rest = rows[pk]
        assert state == "submitted"
        ((payload,),) = town.rows(
            "SELECT payload FROM scoring_sheetversion WHERE sheet_id = ?", sheet
        )
        kept = json.loads(payload)
        assert kept["comment"] == sent["comment"]
        assert {f"c-{key}": str(level) for key, level in kept["scores"].items()} == {
            key: level for key, level in sent.items() if key.startswith("c-")
        }


def nothing_is_half(town: Town) -> None:
    """State, version, digest, record and every count of a sheet change together, and once."""
    done = {}
    for _pk, sheet, state, _revision, _comment, sealed, number, at, juror in town.rows(
        SHEETS, town.facts["round"]
    ):
        versions = town.rows(
            "SELECT number, digest, payload FROM scoring_sheetversion WHERE sheet_id = ?", sheet
        )
        record = town.rows(
            "SELECT data FROM core_auditentry WHERE verb = 'sheet.submitted' AND target_id = ?",
            str(sheet),
        )
        if state == "submitted":
            done[juror] = done.get(juror, 0) + 1
            assert at
            assert [(n, found) for n, found, _payload in versions] == [(1, sealed)]
            assert digest(json.loads(versions[0][2])) == sealed
            assert [json.loads(data)["sha256"] for (data,) in record] == [sealed]
        else:
            assert (number or 0, sealed or "", at, versions, record) == (0, "", None, [], [])
    counted = town.one(
        "SELECT sheets_submitted FROM scoring_round WHERE id = ?", town.facts["round"]
    )
    assert counted == sum(done.values())
    for juror, count in done.items():
        assert town.one("SELECT submitted FROM scoring_juror WHERE id = ?", juror) == count
