"""manage.py seed_demo: write the demo, or what is missing of it."""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core import clock
from demo import alive, logins, seeding


class Command(BaseCommand):
    help = "Fill the database with the demo. May be interrupted and run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        logging.getLogger("wagtail").setLevel(logging.WARNING)  # it tells of every page
        missing = seeding.missing()
        for number, part in enumerate(missing, start=1):
            seconds = seeding.write(part)
            self.stdout.write(f"{number}/{len(missing)}  {part.label} ({seconds:.1f} s)")
            self.stdout.flush()
        for line in alive.keep(at=clock.now()):
            self.stdout.write(line)
        (settings.VAR_DIR / "demo-logins.txt").write_text(logins.table(), encoding="utf-8")
        self.stdout.write(f"The demo is there ({time.monotonic() - began:.1f} s).")
