"""manage.py import_ideas FILE --challenge SLUG --series KEY [--dry-run]"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from challenges.models import Series
from core import clock
from core.errors import DomainError
from ideas import intake_file
from ideas.intake import import_rows


class Command(BaseCommand):
    help = (
        "Take proposals that came on paper or by e-mail into a series, from XLSX or CSV made from "
        "the series' template. All of the file or nothing; rows taken in before are left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--challenge", required=True, help="its short name in addresses")
        parser.add_argument("--series", required=True, help="the series' key")
        parser.add_argument("--dry-run", action="store_true", help="say what would come of it")

    def handle(self, *args: Any, **options: Any) -> None:
        name, dry = options["file"], options["dry_run"]
        wanted = Series.objects.select_related("challenge__owner")
        series = wanted.filter(challenge__slug=options["challenge"], key=options["series"]).first()
        if series is None:
            raise CommandError("There is no such series.")
        try:
            with Path(name).open("rb") as file:
                rows = intake_file.read(file, name, series)
                report = import_rows(series=series, rows=rows, by=None, at=clock.now(), dry_run=dry)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error
        except (intake_file.BrokenTable, DomainError) as error:
            raise CommandError(f"{name}: {error} Nothing was written.") from error
        for fault in report.faults:
            self.stderr.write(str(fault))
        if report.faults:
            lines = len({fault.line for fault in report.faults})
            raise CommandError(f"{name}: {lines} rows need correcting. Nothing was written.")
        counts = f"{report.new} new, {report.same} taken in before"
        self.stdout.write(f"Dry run, nothing was written: {counts}" if dry else counts)
