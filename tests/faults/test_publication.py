"""kill -9 of the web server while a decision is published: at any moment of it, once and whole."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.support import Server, manage
from tests.faults.post import PostOffice, post_office
from tests.faults.test_workers import APPROVE
from tests.faults.town import Town, Visitor, until

AFTER = (0.0, 0.01, 0.03, 0.06, 0.1, 0.2, 0.4)  # seconds from the job's beginning to the kill
DUE = "event = 'decision.due'"
HELD, PAST = "2999-01-01 00:00:00", "2020-01-01 00:00:00"
LANGUAGES = ("fi", "sv", "en")


@pytest.mark.pango
def test_publication_is_whole_at_whatever_moment_the_server_is_killed(town: Town):
    slug = town.one(
        "SELECT c.slug FROM challenges_challenge c JOIN scoring_decision d ON d.challenge_id = c.id"
    )
    solutions = town.one("SELECT count(*) FROM catalogue_solution")
    with post_office(slowness=0.05) as office:
        env = {"EMAIL_URL": office.url, "DEMO": "0"}
        manage(
            town.folder,
            *("shell", "-v0", "-c", APPROVE.format(approver=town.facts["approver"])),
            **env,
        )
        assert town.one(f"SELECT count(*) FROM core_outboxrow WHERE {DUE}") == 1
        kills = before = 0
        for seconds in AFTER:
            if not killed_amid_the_job(town, env, seconds):
                break
            kills += 1
            if is_published(town, solutions):
                break
            before += 1
        assert before, "no kill fell before the end of the transaction"
        until_published(town, env, slug, solutions)

        # Killed again amid the letters and amid the reports; then everything is done.
        for what in (lambda: office.letters, lambda: is_made(town)):
            with killed(town, env):
                until(lambda known=what: bool(known()), 90, "the jobs after it did not begin")
            kills += 1
            assert is_published(town, solutions)
        with town.served(**env) as server:
            until(town.is_quiet, 120, "jobs are left")
            visitor = Visitor(server)
            everybody_reads_it(town, visitor, slug)
            assert "as sealed, 0 not" in server.manage("audit", "--verify")
            assert "all as in the database" in server.manage("index", "--check")
        assert is_published(town, solutions)
        each_letter_came(town, office, kills)
    each_report_was_made_once(town, slug)


@contextmanager
def killed(town: Town, env: dict[str, str]) -> Iterator[Server]:
    """A server that has no time to end."""
    with town.served(**env) as server:
        yield server
        server.kill()


def killed_amid_the_job(town: Town, env: dict[str, str], seconds: float) -> bool:
    """Let go of the job, and kill so long after it was taken up; False: it was done by then."""
    set_due(town, HELD)
    with killed(town, env):
        set_due(town, PAST)
        attempts = f"SELECT attempts FROM core_outboxrow WHERE {DUE}"
        until_taken = time.monotonic() + 60
        while (rows := town.rows(attempts)) and not rows[0][0]:
            assert time.monotonic() < until_taken, "nobody took the job up"
        time.sleep(seconds)
    return bool(rows)


def set_due(town: Town, moment: str) -> None:
    """The one job, as if it had never been tried."""
    town.rows(
        f"UPDATE core_outboxrow SET run_after = ?, attempts = 0, lease_owner = '',"
        f" leased_until = NULL WHERE {DUE}",
        moment,
    )


def is_published(town: Town, solutions: int) -> bool:
    """All of it or nothing: there is no third state in the database."""
    state = town.one("SELECT state FROM scoring_decision")
    of_decision = "SELECT idea_id FROM scoring_verdict"
    everything = {
        "the challenge": town.one(
            "SELECT count(*) FROM challenges_challenge c JOIN scoring_decision d"
            " ON d.challenge_id = c.id WHERE c.state = 'decided'"
        ),
        "proposals": town.one(
            f"SELECT count(*) FROM ideas_idea WHERE state = 'decided' AND id IN ({of_decision})"
        ),
        "winners": town.one("SELECT count(*) FROM ideas_idea WHERE awarded"),
        "solutions": town.one("SELECT count(*) FROM catalogue_solution") - solutions,
        "letters": town.one("SELECT count(*) FROM core_mail WHERE template = 'idea_decided'"),
        "reports": town.one("SELECT count(*) FROM scoring_document"),
        "record": town.one(
            "SELECT count(*) FROM core_auditentry WHERE verb = 'decision.published'"
        ),
    }
    decided = town.facts["decided"]
    whole = {
        "the challenge": 1,
        "proposals": decided,
        "winners": 2,
        "solutions": 2,
        "letters": decided,
        "reports": len(LANGUAGES) + 1,
        "record": 1,
    }
    assert everything == (whole if state == "published" else dict.fromkeys(whole, 0)), state
    return bool(state == "published")


def until_published(town: Town, env: dict[str, str], slug: str, solutions: int) -> None:
    """The server comes back and goes on by itself; a reader sees nothing or everything."""
    if not is_published(town, solutions):
        set_due(town, HELD)
        with killed(town, env) as server:
            assert Visitor(server).get(f"/fi/haasteet/{slug}/tulokset/").status == 404
            set_due(town, PAST)
            until(lambda: is_published(town, solutions), 60, "it was never published")


def is_made(town: Town) -> bool:
    return bool(town.one("SELECT count(*) FROM scoring_document WHERE state = 'ready'"))


def everybody_reads_it(town: Town, visitor: Visitor, slug: str) -> None:
    titles = town.rows(
        "SELECT i.title FROM ideas_idea i JOIN scoring_verdict v ON v.idea_id = i.id"
    )
    assert len(titles) == town.facts["decided"]
    for language in LANGUAGES:
        page = visitor.get(f"/{language}/haasteet/{slug}/tulokset/")
        assert page.status == 200
        assert "Raati kiittää." in page.text
        assert [title for (title,) in titles if title not in page.text.replace("\u00ad", "")] == []
        assert f"/{language}/haasteet/{slug}/tulokset/raportti/" in page.text
    assert visitor.get("/fi/haasteet/tulokset.atom").text.count("<entry>") == 1


def each_letter_came(town: Town, office: PostOffice, kills: int) -> None:
    letters = town.rows(
        "SELECT about_id, count(*), min(state), max(state) FROM core_mail"
        " WHERE template = 'idea_decided' GROUP BY 1"
    )
    assert len(letters) == town.facts["decided"]
    assert {letter[1:] for letter in letters} == {(1, "sent", "sent")}
    written = {message for (message,) in town.rows("SELECT message_id FROM core_mail")}
    came = office.ids()
    assert set(came) == written
    assert len(came) - len(written) <= kills  # a copy of one letter, under the same number


def each_report_was_made_once(town: Town, slug: str) -> None:
    documents = town.rows(
        "SELECT kind, language, state, sha256, content FROM scoring_document ORDER BY 1, 2"
    )
    assert [(kind, language, state) for kind, language, state, *_rest in documents] == [
        ("full_report", "fi", "ready"),
        *(("report", language, "ready") for language in sorted(LANGUAGES)),
    ]
    for _kind, _language, _state, digest, content in documents:
        assert hashlib.sha256(content).hexdigest() == digest
        assert content[:4] == b"%PDF"
    made = town.rows(
        "SELECT target_id, count(*) FROM core_auditentry WHERE verb = 'document.made' GROUP BY 1"
    )
    assert sorted(count for _target, count in made) == [1] * len(documents)
