"""Handlers whose effects can be counted afterwards: an audit row each."""

import os
import time

from core import audit, outbox
from core.models import AuditEntry

PAUSE = float(os.environ.get("TALKOOT_TEST_PAUSE", "0"))


@outbox.handler("test.effect")
def have_effect(*, number: int) -> None:
    audit.record("test.effect", None, by=None, chain="test", data={"number": number})
    time.sleep(PAUSE)


@outbox.handler("test.hesitant", atomic=False)
def have_effect_the_second_time(*, number: int) -> None:
    """Fails at first. Not in a transaction, so that the first try is remembered."""
    tried = AuditEntry.objects.filter(verb="test.tried", target_id=str(number))
    if not tried.exists():
        AuditEntry.objects.create(chain="test", verb="test.tried", target_id=str(number))
        raise ConnectionError("not the first time")
    have_effect(number=number)
