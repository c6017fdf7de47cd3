"""kill -9 of the whole web server amid submissions, scores and jobs.

Nothing that was acknowledged is lost, nothing is done twice; see docs/adr/0001-outbox.md.
"""

import json
from collections import Counter

from tests.faults.crowd import Crowd
from tests.faults.post import PostOffice, post_office
from tests.faults.town import Town, until

HOLDS_LINK = "SELECT id, number, reference, state, current_version_id FROM ideas_idea WHERE uid = ?"


def test_killed_amid_submissions_scores_and_jobs(town: Town):
    crowd = Crowd()
    homes = list(town.facts["begun"])
    with post_office(slowness=0.02) as office:
        with town.served(EMAIL_URL=office.url) as server:
            for receipts in (8, 20):
                busy(crowd, server, town, homes)
                until(lambda least=receipts: len(crowd.receipts) >= least, why=server.log)
                server.kill()
                crowd.end()
                server.start()
            busy(crowd, server, town, homes)
            until(lambda: len(crowd.receipts) >= 30, why=server.log)
            crowd.end()
            until(town.is_quiet, 60, "jobs are left")
            assert "as sealed, 0 not yet sealed" in server.manage("audit", "--verify")
            assert "all as in the database" in server.manage("index", "--check")
        what_was_promised_is_there(crowd, town)
        numbers_have_no_gap(town)
        every_letter_came(town, office, kills=2)


def busy(crowd: Crowd, server, town: Town, homes: list[str]) -> None:
    for n in range(2):
        crowd.begin(crowd.hand_in, server, homes)
        crowd.begin(crowd.write_and_hand_in, server, town.facts["start"], f"kulkija-{n}")
    for juror in town.facts["jurors"]:
        crowd.begin(crowd.score, server, juror, town.facts["criteria"])


def what_was_promised_is_there(crowd: Crowd, town: Town) -> None:
    assert len(crowd.receipts) >= 30
    assert crowd.comments
    for home in crowd.sent:
        ((pk, number, reference, _state, version),) = town.rows(HOLDS_LINK, uid_of(home))
        assert number
        (digest,) = town.rows("SELECT digest FROM ideas_ideaversion WHERE id = ?", version)[0]
        if home in crowd.receipts:
            assert crowd.receipts[home] == (reference, digest)
        assert town.one("SELECT count(*) FROM ideas_ideaversion WHERE idea_id = ?", pk) == 1
        seals = town.rows(
            "SELECT data FROM core_auditentry WHERE verb = 'idea.submitted' AND target_id = ?",
            str(pk),
        )
        assert [json.loads(data)["sha256"] for (data,) in seals] == [digest]
    for home, words in crowd.drafts.items():
        answers = town.one("SELECT answers FROM ideas_idea WHERE uid = ?", uid_of(home))
        assert json.loads(answers)["problem"] == words
    for pk, (revision, words) in crowd.comments.items():
        stored = town.rows(
            "SELECT revision, comment FROM scoring_scoresheet WHERE assignment_id = ?", pk
        )[0]
        # The last save may have been written and not answered.
        assert stored == (revision, words) or stored[0] == revision + 1


def uid_of(home: str) -> str:
    return home.rsplit("/", 1)[1].partition(".")[0]


def numbers_have_no_gap(town: Town) -> None:
    challenge = town.facts["challenge"]
    given = town.rows(
        "SELECT number FROM ideas_idea WHERE challenge_id = ? AND number IS NOT NULL", challenge
    )
    numbers = sorted(number for (number,) in given)
    assert numbers == list(range(1, len(numbers) + 1))
    last = town.one("SELECT last_number FROM challenges_challenge WHERE id = ?", challenge)
    assert last == len(numbers)


def every_letter_came(town: Town, office: PostOffice, *, kills: int) -> None:
    """One letter for each proposal. A copy bears the same Message-ID; only a kill makes one."""
    written = dict(town.rows("SELECT message_id, state FROM core_mail"))
    assert set(written.values()) == {"sent"}
    came = Counter(office.ids())
    assert set(came) == set(written)
    copies = sum(count - 1 for count in came.values())
    assert copies <= kills
    same = {message_id: set() for message_id in came}
    for letter in office.letters:
        same[str(letter["Message-ID"])].add((str(letter["Date"]), str(letter["Subject"])))
    assert all(len(told) == 1 for told in same.values())
    delivered = town.one("SELECT count(*) FROM ideas_idea WHERE challenge_id = 1 AND number > 0")
    receipts = town.rows(
        "SELECT about_id, count(*) FROM core_mail WHERE template = 'idea_receipt' GROUP BY 1"
    )
    assert {count for _about, count in receipts} == {1}
    assert len(receipts) == delivered
