"""python -m tests.core.processes.run emit <event> <first> <last> | drain | letter"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402

from core import audit, mail, outbox  # noqa: E402
from core.drainer import Drainer  # noqa: E402
from tests.core.processes import handlers  # noqa: E402, F401


def emit(event: str, first: int, last: int) -> None:
    """One transaction per event; a number is printed once it is committed: acknowledged."""
    for number in range(first, last):
        with transaction.atomic():
            outbox.emit(event, number=number)
            audit.record("test.emitted", None, by=None, chain="test", data={"number": number})
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    if outbox.hands_over():
        outbox.hand_over(limit=last)


def drain() -> None:
    drainer = Drainer()
    drainer.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while drainer.is_alive():
        time.sleep(0.2)


if __name__ == "__main__":
    if sys.argv[1] == "emit":
        emit(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1] == "letter":
        mail.send(to="reader@example.org", template="login_code", context={"code": "4711"})
    else:
        drain()
