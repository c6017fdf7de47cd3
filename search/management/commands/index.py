"""manage.py index --rebuild | --ensure | --check | --status"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import registry, service
from search.engine import SearchUnavailable
from search.service import engine

SHOWN = 20


class Command(BaseCommand):
    help = "The search index: build it anew beside the living one, compare it, or tell its state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--rebuild", action="store_true", help="build anew and switch to it")
        what.add_argument(
            "--ensure", action="store_true", help="rebuild only if it is missing or out of date"
        )
        what.add_argument(
            "--check", action="store_true", help="compare with the database; 1 if they differ"
        )
        what.add_argument("--status", action="store_true", help="documents, analyser, age")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["rebuild"]:
                self.rebuild()
            elif options["ensure"]:
                self.ensure()
            elif options["check"]:
                self.check_index()
            else:
                self.tell_status()
        except SearchUnavailable as error:
            raise CommandError(str(error)) from error

    def rebuild(self) -> None:
        began = time.monotonic()

        def progress(number: int) -> None:
            if number % 10_000 == 0 and number:
                self.stdout.write(f"  {number} documents")

        number = engine().rebuild(registry.every_document(), progress)
        self.stdout.write(f"{number} documents indexed in {time.monotonic() - began:.1f} s")

    def ensure(self) -> None:
        try:
            needed = bool(service.status().stale)
        except SearchUnavailable:
            needed = True
        if needed:
            self.rebuild()

    def check_index(self) -> None:
        indexed = engine().digests()
        missing, outdated, number = [], [], 0
        for document in registry.every_document():
            number += 1
            digest = indexed.pop(document.uid, None)
            if digest is None:
                missing.append(document.uid)
            elif digest != document.digest:
                outdated.append(document.uid)
        faults = {"missing": missing, "out of date": outdated, "too much": sorted(indexed)}
        for fault, uids in faults.items():
            if uids:
                more = f" and {len(uids) - SHOWN} more" if len(uids) > SHOWN else ""
                self.stdout.write(f"{fault}: {', '.join(uids[:SHOWN])}{more}")
        if any(faults.values()):
            raise CommandError("The index does not agree with the database.")
        self.stdout.write(f"{number} documents, all as in the database")

    def tell_status(self) -> None:
        status = engine().status()
        built = f"{status.built_at:%Y-%m-%d %H:%M} UTC" if status.built_at else "unknown"
        self.stdout.write(f"documents: {status.documents}")
        self.stdout.write(f"built:     {built}")
        self.stdout.write(f"analyser:  {status.analyser}")
        if status.stale:
            self.stdout.write(f"rebuild needed: {status.stale}")
