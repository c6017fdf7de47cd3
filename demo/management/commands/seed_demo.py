"""manage.py seed_demo: write the demo, or what is missing of it."""

import gc
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core import clock
from demo import alive, logins, seeding


class Command(BaseCommand):
    help = "Fill the database with the demo. May be interrupted and run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        with _at_full_speed():
            self.write_missing()
        for line in alive.keep(at=clock.now()):
            self.stdout.write(line)
        (settings.VAR_DIR / "demo-logins.txt").write_text(logins.table(), encoding="utf-8")
        self.stdout.write(f"The demo is there ({time.monotonic() - began:.1f} s).")

    def write_missing(self) -> None:
        missing = seeding.missing()
        for number, part in enumerate(missing, start=1):
            seconds = seeding.write(part)
            self.stdout.write(f"{number}/{len(missing)}  {part.label} ({seconds:.1f} s)")
            self.stdout.flush()


@contextmanager
def _at_full_speed() -> Iterator[None]:
    """A hundred thousand objects come and go: look for garbage less often. Wagtail is quiet."""
    usual, log = gc.get_threshold(), logging.getLogger("wagtail")
    level = log.level
    gc.set_threshold(50_000, 20, 50)
    log.setLevel(logging.WARNING)  # it tells of every page
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        log.setLevel(level)
