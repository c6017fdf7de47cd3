"""The thread that runs what the outbox holds and seals what the audit log holds."""

import logging
import threading
import time

from django.db import close_old_connections, connection

from core import arrival, audit, clock, daily, outbox

log = logging.getLogger(__name__)

POLL = 0.5
LOOK_FOR_THE_DEAD = 10.0
REST_AFTER_TROUBLE = 5.0
STEP_ASIDE = 0.2  # before each job, while requests wait for a thread: a letter has time


class Drainer(threading.Thread):
    """Runs jobs until stopped; woken by commits of this process, else looking twice a second."""

    def __init__(self) -> None:
        super().__init__(name="drainer", daemon=True)
        self._stop_asked = threading.Event()
        self._looked = float("-inf")

    def run(self) -> None:
        try:
            while not self._stop_asked.is_set():
                outbox.wake.clear()
                close_old_connections()
                try:
                    busy = self.turn()
                except Exception:
                    log.exception("the drainer met trouble and rests for a while")
                    connection.close()
                    self._stop_asked.wait(REST_AFTER_TROUBLE)
                    continue
                if not busy:
                    outbox.wake.wait(POLL)
        finally:
            connection.close()

    def turn(self) -> bool:
        """One round; whether there may be more to do at once."""
        if time.monotonic() - self._looked > LOOK_FOR_THE_DEAD:
            self._looked = time.monotonic()
            outbox.release_the_dead()
            daily.begin(at=clock.now())
        if outbox.hands_over():
            taken = outbox.hand_over()
        else:
            taken = outbox.drain(stopping=self._is_stopping)
        return bool(taken + audit.seal())

    def _is_stopping(self) -> bool:
        """Asked before each job: the moment to let others go first."""
        if arrival.line.length > 0:
            self._stop_asked.wait(STEP_ASIDE)
        return self._stop_asked.is_set()

    def stop(self, timeout: float = 15.0) -> None:
        """Finish the job at hand, give back the rest, end."""
        self._stop_asked.set()
        outbox.wake.set()
        if self.is_alive():
            self.join(timeout)
