"""manage.py audit --verify: is the audit log as it was sealed?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import audit
from core.models import AuditEntry


class Command(BaseCommand):
    help = "Recompute the audit chains; ends with 1 and the places when something was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", required=True)
        parser.add_argument("--chain", help="only this chain, for example challenge:12")

    def handle(self, *args: Any, **options: Any) -> None:
        problems = audit.verify(options["chain"])
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"the audit log is broken in {len(problems)} places")
        entries = AuditEntry.objects.all()
        if options["chain"]:
            entries = entries.filter(chain=options["chain"])
        unsealed = entries.filter(hash__isnull=True).count()
        self.stdout.write(f"{entries.count()} entries as sealed, {unsealed} not yet sealed")
