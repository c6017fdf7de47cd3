"""manage.py serve: the web server with the drainer beside it."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve the site at HOST:PORT and run the jobs in the same process."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        # manage.py goes there by itself; this is for whoever calls the command another way.
        os.execv(sys.executable, [sys.executable, "-m", "config.serve"])  # noqa: S606
