"""manage.py drain: run what the outbox holds, and what to do about jobs that were parked."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import audit, outbox
from core.drainer import Drainer
from core.models import OutboxRow


class Command(BaseCommand):
    help = "Run jobs until stopped (beside web servers with OUTBOX_DRAINER=false)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now, then end")
        parser.add_argument("--parked", action="store_true", help="list parked jobs, then end")
        parser.add_argument("--retry", action="store_true", help="let parked jobs try again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["parked"] or options["retry"]:
            for row in OutboxRow.objects.filter(parked_at__isnull=False).order_by("pk"):
                self.stdout.write(f"{row}: {row.last_error}")
                if options["retry"]:
                    outbox.retry(row)
            return
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
