"""manage.py flush, which Django's tests use as well: the audit log's triggers step aside for it."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction

from core import triggers


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        installed = triggers.are_installed(connection)
        if installed:
            triggers.remove(connection)
        try:
            super().handle(**options)
        finally:
            if installed:
                with transaction.atomic(using=options["database"]):
                    triggers.install(connection)
