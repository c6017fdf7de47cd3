"""manage.py recompute PACKAGE.zip: does an audit package recompute to what it says?

Exit codes: 0 everything recomputes; 1 something differs, the first difference is named; 2 it is no
package; 3 a file is not as the manifest says, and is named. Needs no database.
"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scoring.recompute import Code, NotAPackage, check


class Command(BaseCommand):
    help = "Recompute an audit package; 0 equal, 1 differs, 2 no package, 3 a file was changed."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("package", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            findings = check(options["package"])
        except NotAPackage as problem:
            self.stderr.write(f"{options['package']} is no audit package: {problem}")
            sys.exit(Code.NOT_A_PACKAGE)
        for finding in findings:
            self.stderr.write(str(finding))
        if findings:
            sys.exit(findings[0].code)
        self.stdout.write("Everything recomputes: files, digests, ranking, order, decision, log.")
