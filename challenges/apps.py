from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    name = "challenges"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("challenges")

    def ready(self) -> None:
        import_module("challenges.wiring").connect()
