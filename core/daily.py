"""Once a day, in the morning, the event «day.begun»: what apps do daily listens to it.

Whichever process is first writes the day's row and emits, in one transaction; the others find it.
"""

import datetime as dt
from typing import Final

from django.db import IntegrityError, transaction

from core import clock, outbox
from core.models import DayBegun

EVENT: Final = "day.begun"
HOUR: Final = 7  # by the clock in Finland: letters come in the morning

_begun: dt.date | None = None  # the last day that this process has seen begun


def begin(*, at: dt.datetime) -> bool:
    """Begin the day unless it has been; whether it was begun here. Cheap to ask again and again."""
    global _begun  # noqa: PLW0603 - spares a query twice a second
    moment = clock.local(at)
    today = moment.date()
    if moment.hour < HOUR or _begun == today or not outbox.handlers_of(EVENT):
        return False
    try:
        with transaction.atomic():
            made = not DayBegun.objects.filter(day=today).exists()
            if made:
                DayBegun.objects.create(day=today)
                DayBegun.objects.filter(day__lt=today - dt.timedelta(days=30)).delete()
                outbox.emit(EVENT)
    except IntegrityError:  # another process was first
        made = False
    _begun = today
    return made
