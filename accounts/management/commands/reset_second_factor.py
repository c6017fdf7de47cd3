"""manage.py reset_second_factor EMAIL: for a person who has lost it, when nobody else can."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import factors
from accounts.models import User


class Command(BaseCommand):
    help = "Removes a person's second factors and ends their sessions; the audit log tells of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError("Nobody signs in with this address.")
        self.stdout.write(f"{factors.reset(user=person, by=None)} removed")
