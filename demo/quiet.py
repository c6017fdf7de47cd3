"""The demo's past: its letters lie in the mailbox as sent, and nothing of it is done again."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from core import clock, outbox
from core.models import Mail

FOR_THE_SERVER = frozenset({"document.ordered"})


@contextmanager
def in_the_past(at: dt.datetime) -> Iterator[None]:
    """What is done inside was done at `at`.

    Letters count as sent then, so that nobody gets them. Of the other events only those that are
    still to come are written, such as the closing of a call, and orders of documents, which take
    seconds and which the server makes once it runs: the index is built once at the end, and the
    parts do themselves what else would follow.
    """
    with outbox.aside() as events:
        yield
    letters = [event.payload["mail"] for event in events if event.event == "mail.queued"]
    if letters:
        Mail.objects.filter(pk__in=letters).update(state=Mail.State.SENT, created_at=at, sent_at=at)
    now = clock.now()
    for event in events:
        if event.event in FOR_THE_SERVER or (event.run_after and event.run_after > now):
            outbox.emit(event.event, run_after=event.run_after, **event.payload)
