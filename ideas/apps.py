from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdeasConfig(AppConfig):
    name = "ideas"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("proposals")

    def ready(self) -> None:
        import_module("ideas.wiring").connect()
