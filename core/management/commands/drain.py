"""manage.py drain: run what the outbox holds."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import audit, outbox
from core.drainer import Drainer


class Command(BaseCommand):
    help = "Run jobs until stopped (beside web servers with OUTBOX_DRAINER=false)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            outbox.release_the_dead()
            done = outbox.run_now(strict=False)
            while audit.seal():
                pass
            self.stdout.write(f"{done} jobs done")
            return
        drainer = Drainer()
        drainer.start()
        try:
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
        finally:
            drainer.stop()
