"""manage.py import_solutions FILE [--format jsonl|csv] [--dry-run]"""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalogue import exchange, reading
from catalogue.importing import Report, import_solutions


class Command(BaseCommand):
    help = (
        "Take solutions from JSON Lines or CSV (as export_solutions writes them) into the "
        "catalogue by uid: new ones are made, others changed. All of the file or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--format", choices=exchange.FORMATS, help="default: by the suffix")
        parser.add_argument("--dry-run", action="store_true", help="say what would come of it")

    def handle(self, *args: Any, **options: Any) -> None:
        name, dry = options["file"], options["dry_run"]
        form = options["format"] or exchange.form_of(name)
        if not form:
            raise CommandError(f"{name}: ends neither in .jsonl nor in .csv; give --format")
        began = time.monotonic()
        try:
            with Path(name).open("rb") as file:
                report = import_solutions(reading.read(file, form), dry_run=dry)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error
        except reading.BrokenFile as error:
            raise CommandError(f"{name}: {error}. Nothing was written.") from error
        self._tell(name, report, dry=dry, took=time.monotonic() - began)

    def _tell(self, name: str, report: Report, *, dry: bool, took: float) -> None:
        for fault in report.faults:
            self.stderr.write(str(fault))
        if report.faults:
            rows = len({fault.line for fault in report.faults})
            raise CommandError(f"{name}: {rows} rows need correcting. Nothing was written.")
        counts = f"{report.new} new, {report.changed} changed, {report.same} as they were"
        if dry:
            self.stdout.write(f"Dry run, nothing was written: {counts}")
        elif not report.new and not report.changed:
            self.stdout.write(f"{counts}: nothing to do")
        else:
            self.stdout.write(f"{counts}, in {took:.1f} s")
