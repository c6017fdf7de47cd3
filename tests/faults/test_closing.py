"""Closing to the second: what counts is when the request reached us, not when it was done."""

import datetime as dt
import socket
import time
from urllib.parse import urlencode

from tests.faults.town import CSRF, HOST, Town, Visitor


class Slow:
    """A POST whose head and body are sent when the test says so."""

    def __init__(self, port: int, path: str, fields: dict[str, str], cookies: str) -> None:
        self.body = urlencode(fields).encode()
        self.line = socket.create_connection((HOST, port), timeout=60)
        head = [
            f"POST {path} HTTP/1.1",
            f"Host: {HOST}:{port}",
            f"Origin: http://{HOST}:{port}",
            f"Cookie: {cookies}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(self.body)}",
        ]
        self.head = ("\r\n".join(head) + "\r\n\r\n").encode()

    def send_head(self) -> None:
        self.line.sendall(self.head)

    def send_body(self) -> None:
        self.line.sendall(self.body)

    def status(self) -> int:
        with self.line, self.line.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def close_in(town: Town, seconds: float) -> dt.datetime:
    """Let the challenge close then; the moment."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    town.rows(
        "UPDATE challenges_phase SET ends_at = ? WHERE kind = 'submission' AND challenge_id = ?",
        f"{moment:%Y-%m-%d %H:%M:%S.%f}",
        town.facts["challenge"],
    )
    return moment


def test_what_reached_us_before_closing_counts_and_what_came_after_does_not(town: Town):
    homes = town.facts["begun"]
    with town.served(WEB_THREADS="2") as server:
        visitor = Visitor(server)
        tokens = [visitor.get(f"{home}-tarkista/").hidden[CSRF] for home in homes[:6]]
        cookies = f"csrftoken={visitor.cookies['csrftoken']}"
        slow = [
            Slow(server.port, f"{home}-laheta/", {CSRF: token}, cookies)
            for home, token in zip(homes[:6], tokens, strict=True)
        ]
        in_time, waiting, late, kept_open = slow[:2], slow[2:4], slow[4], slow[5]
        step = visitor.get(f"{homes[6]}problem/").hidden

        closes = close_in(town, 4)
        for one in in_time:  # both threads of the server wait for their bodies
            one.send_head()
        time.sleep(0.5)
        for one in waiting:  # whole, but nobody is free to read them
            one.send_head()
            one.send_body()
        assert dt.datetime.now(dt.UTC) < closes, "the machine is too slow for this test"
        time.sleep((closes - dt.datetime.now(dt.UTC)).total_seconds() + 0.2)
        for one in in_time:
            one.send_body()
        assert [one.status() for one in (*in_time, *waiting)] == [302] * 4
        for one in (late, kept_open):  # this line had been open since before
            one.send_head()
            one.send_body()
        assert [late.status(), kept_open.status()] == [409, 409]

        times = town.rows(
            "SELECT submitted_at FROM ideas_idea WHERE number > 0 AND challenge_id = ?",
            town.facts["challenge"],
        )
        assert len(times) == 4
        assert max(moment for (moment,) in times) < f"{closes:%Y-%m-%d %H:%M:%S.%f}"

        # Clear words, and the draft stays with what was just written
        words = {**step, "asked": "problem", "problem": "Kirjoitin tämän myöhässä mutta silti."}
        page = visitor.post(f"{homes[6]}problem/", words)
        assert page.status == 409
        assert "sulkeutui" in page.text
        assert "Kirjoitin tämän myöhässä" in page.text
        assert "Kirjoitin tämän myöhässä" in visitor.get(f"{homes[6]}-tarkista/").text
        start = visitor.get(town.facts["start"])
        assert start.status == 200
        assert "sulkeutui" in start.text
