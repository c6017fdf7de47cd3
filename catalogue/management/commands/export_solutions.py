"""manage.py export_solutions [FILE] [--format jsonl|csv] [--all]"""

import contextlib
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalogue import exchange
from catalogue.models import Solution


class Command(BaseCommand):
    help = "Public solutions as JSON Lines or CSV, in the form that import_solutions reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="default: standard output")
        parser.add_argument("--format", choices=exchange.FORMATS, help="default: by the suffix")
        parser.add_argument("--all", action="store_true", help="also those that are not published")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        form = options["format"] or exchange.form_of(name) or ("jsonl" if name == "-" else "")
        if not form:
            raise CommandError(f"{name}: ends neither in .jsonl nor in .csv; give --format")
        solutions = Solution.objects.all() if options["all"] else Solution.objects.published()
        lines = exchange.write(exchange.rows(solutions), form)
        if name == "-":
            self._print(lines)
            return
        try:
            number = _save(Path(name), lines) - (form == "csv") * 2  # the mark and the header
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error
        self.stderr.write(f"{number} solutions written to {name}")

    def _print(self, lines: Iterator[bytes]) -> None:
        raw = getattr(self.stdout, "buffer", None)
        for line in lines:
            if raw is not None:
                raw.write(line)
            else:
                self.stdout.write(line.decode(), ending="")


def _save(path: Path, lines: Iterator[bytes]) -> int:
    """Write beside and put in place, so that a half-written file never has the name."""
    number = 0
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        try:
            for line in lines:
                new.write(line)
                number += 1
            new.close()
            Path(new.name).chmod(0o644)
            Path(new.name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(new.name).unlink()
            raise
    return number
