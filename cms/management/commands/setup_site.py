from typing import Any

from django.core.management.base import BaseCommand

from cms.setup import setup_site


class Command(BaseCommand):
    help = "Make the site's first pages in all its languages. May be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        home = setup_site()
        self.stdout.write(f"{home.title}: {home.get_descendant_count()} pages in {home.locale}")
