"""manage.py demo_logins: who can sign in to the demo, and where its mail is read."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import translation

from demo import logins


class Command(BaseCommand):
    help = "Show the demo's logins with their roles, and where outgoing mail can be read."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(logins.table(), ending="")
        if not settings.DEMO:
            self.stdout.write("\nDEMO is off: people sign in by the code that is sent to them.")
            return
        with translation.override("fi"):
            pages = {"Sign in": reverse("account_login"), "Mail": reverse("demo:mailbox")}
        for name, path in pages.items():
            self.stdout.write(f"{name:<8} {settings.SITE_URL}{path}")
