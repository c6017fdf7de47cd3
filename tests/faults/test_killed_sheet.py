"""kill -9 of the web server while sheets are submitted: each is locked whole or still a draft."""

import json
import threading
import time
from http.client import HTTPException
from typing import Any

from core.canonical import digest
from tests.e2e.support import Server
from tests.faults.town import Town, Visitor, until

AFTER = (0.0, 0.01, 0.02, 0.04, 0.08, 0.15)  # seconds from the sending to the kill


def test_sheet_is_submitted_whole_or_not_at_all(town: Town):
    keys = town.facts["criteria"]
    mine = [(juror["cookie"], pk) for juror in town.facts["jurors"] for pk in juror["sheets"]]
    assert len(mine) > len(AFTER)
    drafts = 0
    for (cookie, pk), seconds in zip(mine, AFTER, strict=False):
        with town.served() as server:
            answers: list[int] = []
            sending = begin(server, cookie, pk, keys, answers)
            time.sleep(seconds)
            server.kill()
            sending.join(timeout=60)
        state = state_of(town, pk)
        assert state == "submitted" or 302 not in answers, "what was acknowledged is gone"
        drafts += state != "submitted"
    assert drafts, "no kill fell before the end of the transaction"

    with town.served() as server:
        for cookie, pk in mine:
            if state_of(town, pk) != "submitted":
                answers = []
                begin(server, cookie, pk, keys, answers).join(timeout=60)
                assert answers == [302]
                assert state_of(town, pk) == "submitted"
        until(town.is_quiet, 60, "jobs are left")
        assert "as sealed, 0 not yet sealed" in server.manage("audit", "--verify")
    sums_are_right(town, len(mine))


def begin(
    server: Server, cookie: str, pk: int, keys: list[str], answers: list[int]
) -> threading.Thread:
    """Open the sheet, then press "submit" in a thread of its own."""
    visitor, address = Visitor(server, cookie), f"/fi/tuomari/arvio/{pk}/"
    page = visitor.get(address)
    assert page.status == 200
    levels = {f"c-{key}": 1 + (pk + n) % 5 for n, key in enumerate(keys)}
    fields: dict[str, Any] = {**page.hidden, **levels, "comment": f"Sana {pk}", "go": "submit"}

    def press() -> None:
        try:
            answers.append(visitor.post(address, fields).status)
        except (OSError, HTTPException):
            return  # not answered, not promised

    thread = threading.Thread(target=press, daemon=True)
    thread.start()
    return thread


def state_of(town: Town, assignment: int) -> str:
    """The sheet's state, after making sure that all that belongs to it is there or none of it."""
    rows = town.rows(
        "SELECT id, state, number, digest, comment FROM scoring_scoresheet WHERE assignment_id = ?",
        assignment,
    )
    if not rows:
        return ""
    ((pk, state, number, kept, comment),) = rows
    versions = town.rows(
        "SELECT number, payload, digest FROM scoring_sheetversion WHERE sheet_id = ?", pk
    )
    record = town.rows(
        "SELECT data FROM core_auditentry WHERE verb = 'sheet.submitted' AND target_id = ?", str(pk)
    )
    if state != "submitted":
        assert (state, number, versions, record) == ("draft", 0, [], [])
        return str(state)
    ((version, payload, sealed),) = versions
    assert (number, version, comment) == (1, 1, f"Sana {assignment}")
    assert digest(json.loads(payload)) == sealed == kept
    assert [json.loads(data)["sha256"] for (data,) in record] == [kept]
    scores = dict(
        town.rows(
            "SELECT c.key, s.value FROM scoring_score s JOIN scoring_criterion c"
            " ON c.id = s.criterion_id WHERE s.sheet_id = ?",
            pk,
        )
    )
    assert json.loads(payload)["scores"] == scores
    return "submitted"


def sums_are_right(town: Town, sheets: int) -> None:
    """What lists show was counted in the same transactions."""
    rounds = town.rows(
        "SELECT r.sheets_submitted, count(s.id) FROM scoring_round r"
        " JOIN scoring_assignment a ON a.round_id = r.id JOIN scoring_scoresheet s"
        " ON s.assignment_id = a.id AND s.state = 'submitted' GROUP BY r.id"
    )
    assert sheets in [counted for _stored, counted in rounds]
    assert all(stored == counted for stored, counted in rounds)
    jurors = town.rows(
        "SELECT j.submitted, count(s.id) FROM scoring_juror j JOIN scoring_assignment a"
        " ON a.juror_id = j.id JOIN scoring_scoresheet s ON s.assignment_id = a.id"
        " AND s.state = 'submitted' GROUP BY j.id"
    )
    assert all(stored == counted for stored, counted in jurors)
