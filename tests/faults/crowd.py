"""Threads that use the server all at once and remember what it has acknowledged to them."""

import html
import re
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from tests.e2e.support import Server
from tests.factories.ideas import whole_answers
from tests.faults.town import CSRF, Page, Visitor

NUMBER = re.compile(r'class="number num">([^<]+)<')
DIGEST = re.compile(r'class="hash">([0-9a-f]{64})<')
CUT = (OSError, HTTPException)  # how a killed server looks from outside
STEPS = (
    ("problem", ("problem", "title")),
    ("people", ("who", "theme", "municipality")),
    ("proposal", ("summary", "secret")),
    ("you", ("email", "name", "name_public")),
)


@dataclass
class Crowd:
    """What was acknowledged, by whom it concerns. Threads end when the server is gone."""

    drafts: dict[str, str] = field(default_factory=dict)  # home → problem's text as it was kept
    sent: set[str] = field(default_factory=set)  # home: answered with the way to the receipt
    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)  # home → number, SHA-256
    comments: dict[int, tuple[int, str]] = field(default_factory=dict)  # assignment → last saved
    locked: dict[int, dict[str, str]] = field(default_factory=dict)  # assignment → what was sent
    surprises: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def begin(self, task: Any, *args: Any) -> None:
        def run() -> None:
            try:
                task(*args)
            except CUT:
                return  # whatever was not answered was not promised
            except Exception as error:
                self.surprises.append(f"{type(error).__name__}: {error}")

        thread = threading.Thread(target=run, daemon=True)
        self.threads.append(thread)
        thread.start()

    def end(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(timeout=60)
        self.threads.clear()
        self.stopping.clear()
        assert not self.surprises, self.surprises

    # What they do

    def hand_in(self, server: Server, homes: list[str]) -> None:
        """Proposals that were written before, one after another."""
        visitor = Visitor(server)
        while homes and not self.stopping.is_set():
            self._submit(visitor, homes.pop())

    def write_and_hand_in(self, server: Server, start: str, name: str) -> None:
        """The whole way from the empty form, again and again."""
        turn = 0
        while not self.stopping.is_set():
            turn += 1
            visitor = Visitor(server)
            answers = whole_answers(title=f"{name} {turn}", email=f"{name}-{turn}@posti.example")
            page, began = visitor.get(start), time.monotonic()
            address = start
            for _step, keys in STEPS:
                given = {key: answers.get(key, "") for key in keys}
                page = visitor.post(address, {**page.hidden, "asked": list(keys), **given})
                self._expect(page, 302)
                address = page.to
                home = address.partition("/-")[0] if "/-" in address else _home_of(address)
                self.drafts[home] = str(answers["problem"])
                page = visitor.get(address)
                self._expect(page, 200)
            time.sleep(max(0.0, 2.1 - (time.monotonic() - began)))  # a person is not that quick
            self._submit(visitor, home)

    def _submit(self, visitor: Visitor, home: str) -> None:
        home = home.rstrip("/")
        review = visitor.get(f"{home}/-tarkista/")
        self._expect(review, 200)
        page = visitor.post(f"{home}/-laheta/", {"csrfmiddlewaretoken": review.hidden[CSRF]})
        self._expect(page, 302)
        self.sent.add(home)
        receipt = visitor.get(page.to)
        self._expect(receipt, 200)
        number, digest = NUMBER.search(receipt.text), DIGEST.search(receipt.text)
        assert number, receipt.text[:2000]
        assert digest
        self.receipts[home] = (html.unescape(number[1]), digest[1])

    def score(self, server: Server, juror: dict[str, Any], criteria: list[str]) -> None:
        """A juror's desk: autosaves one after another, each with words of its own."""
        visitor = Visitor(server, juror["cookie"])
        revisions = {}
        for pk in juror["sheets"]:
            page = visitor.get(f"/fi/tuomari/arvio/{pk}/")
            self._expect(page, 200)
            revisions[pk] = int(page.hidden["revision"])
        turn = 0
        while not self.stopping.is_set():
            turn += 1
            for pk in juror["sheets"]:
                words = f"Perustelu {pk}, kerta {turn}"
                changes = {criteria[turn % len(criteria)]: turn % 5 + 1, "comment": words}
                sent = {"revision": revisions[pk], "changes": changes}
                answer = visitor.send_json(f"/fi/tuomari/arvio/{pk}/tallenna/", sent)
                self._expect(answer, 200)
                revisions[pk] += 1
                self.comments[pk] = (revisions[pk], words)

    def score_and_lock(self, server: Server, juror: dict[str, Any], criteria: list[str]) -> None:
        """A whole queue: every level saved by itself, then the form sent and locked."""
        visitor = Visitor(server, juror["cookie"])
        for pk in juror["sheets"]:
            path = f"/fi/tuomari/arvio/{pk}/"
            page = visitor.get(path)
            self._expect(page, 200)
            if "data-locked" in page.text:
                continue  # before the server was killed
            sent = {f"c-{key}": str((pk + n) % 5 + 1) for n, key in enumerate(criteria)}
            sent["comment"] = f"Perustelu {pk}"
            revision = int(page.hidden["revision"])
            for key in criteria:
                if self.stopping.is_set():
                    return
                changes = {key: sent[f"c-{key}"], "comment": sent["comment"]}
                body = {"revision": revision, "changes": changes}
                self._expect(visitor.send_json(f"{path}tallenna/", body), 200)
                revision += 1
                self.comments[pk] = (revision, sent["comment"])
            form = {CSRF: page.hidden[CSRF], "revision": str(revision), "go": "submit", **sent}
            self._expect(visitor.post(path, form), 302)
            self.locked[pk] = sent

    def _expect(self, page: Page, status: int) -> None:
        if page.status != status:
            words = re.sub(r"<[^>]+>|\s+", " ", page.text)[:600]
            raise AssertionError(f"{page.status} instead of {status}: {words}")


def _home_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[0]
