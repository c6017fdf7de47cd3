"""Letters through a real mail server: as they arrive, while it is away, when it refuses one."""

import json
from email.message import EmailMessage
from typing import Any

from tests.faults.post import post_office
from tests.faults.town import CSRF, Page, Town, Visitor, until


def hand_in(visitor: Visitor, home: str) -> Page:
    review = visitor.get(f"{home}-tarkista/")
    return visitor.post(f"{home}-laheta/", {CSRF: review.hidden[CSRF]})


def told(visitor: Visitor) -> dict[str, Any]:
    parts: dict[str, Any] = json.loads(visitor.get("/health").text)["parts"]
    return parts


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_letters_arrive_wait_for_their_server_and_pass_by_a_refused_address(town: Town):
    homes = town.facts["begun"]
    with post_office() as office, town.served(EMAIL_URL=office.url) as server:
        visitor = Visitor(server)

        # As they arrive
        assert hand_in(visitor, homes[0]).status == 302
        until(lambda: len(office.letters) == 1)
        (letter,) = office.letters
        text = text_of(letter)
        assert letter["To"] == "kirjoittaja-0@posti.example"
        assert letter["Subject"] == "Kiitos, saimme ehdotuksesi ”Ehdotus 0”"
        assert "0001" in text
        assert "ä" in text
        assert letter.get_content_type() == "text/plain"
        assert letter.get_content_charset() == "utf-8"
        assert homes[0] in text

        # The server is away: proposals are taken all the same, their letters follow once, in order
        office.close()
        for home in homes[1:4]:
            assert hand_in(visitor, home).status == 302
        until(lambda: town.one("SELECT count(*) FROM core_mail WHERE state = 'failed'") == 1)
        waiting = "SELECT count(*) FROM core_outboxrow WHERE event = 'mail.queued' AND attempts = 0"
        until(lambda: town.one(waiting) == 3)
        until(lambda: told(visitor)["jobs"]["detail"].startswith("3 waiting"))
        assert visitor.get("/health").status == 200
        office.open()
        until(lambda: len(office.letters) == 4)
        until(town.is_quiet)
        assert len(set(office.ids())) == 4
        written = [row[0] for row in town.rows('SELECT "to" FROM core_mail ORDER BY id LIMIT 4')]
        assert [letter["To"] for letter in office.letters] == written

        # One address is refused: the others go on, the refusal is kept with its reason
        office.refuses = lambda address: address == "kirjoittaja-4@posti.example"
        for home in homes[4:7]:
            assert hand_in(visitor, home).status == 302
        until(lambda: len(office.letters) == 6)
        refused = "SELECT state, error FROM core_mail WHERE \"to\" = 'kirjoittaja-4@posti.example'"
        until(lambda: town.rows(refused)[0][0] == "failed")
        assert "550" in town.rows(refused)[0][1]

        # Tried for the last time it is parked, and /health tells of it
        town.rows("UPDATE core_outboxrow SET attempts = 7, run_after = '2026-01-01 00:00:00'")
        until(lambda: town.one("SELECT count(*) FROM core_outboxrow WHERE parked_at NOT NULL") == 1)
        town.rows("UPDATE core_mail SET created_at = datetime('now', '-11 minutes')")
        parts = told(visitor)
        assert parts["jobs"]["detail"] == "0 waiting, 1 parked"
        assert not parts["mail"]["ok"]
        assert "1 letters" in parts["mail"]["detail"]
        assert hand_in(visitor, homes[7]).status == 302
        until(lambda: len(office.letters) == 7)
