"""A real mail server on loopback that remembers what it was given."""

import email
import email.policy
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.needs import free_port

logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells of every command


@dataclass
class PostOffice:
    """`letters` in the order of coming; `refuses` says which addresses are turned away."""

    port: int = field(default_factory=free_port)
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: Callable[[str], bool] = lambda _address: False
    refusal: str = "550 No such person here"
    slowness: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refuses(address):
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        with self._lock:
            self.letters.append(message)
        time.sleep(self.slowness)  # so that a kill falls between the letter and our answer
        return "250 Taken"

    def ids(self) -> list[str]:
        with self._lock:
            return [str(letter["Message-ID"]) for letter in self.letters]


@contextmanager
def post_office(*, slowness: float = 0.0) -> Iterator[PostOffice]:
    office = PostOffice(slowness=slowness)
    office.open()
    try:
        yield office
    finally:
        office.close()
