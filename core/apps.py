from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from wagtail.signals import page_published, page_unpublished, post_page_move

from core import pagecache


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("tasks")  # each app's outbox handlers
        import_module("core.parts")
        import_module("core.checks")
        if settings.BROKER_URL:  # without a broker Celery is not even loaded
            import_module("core.broker")
        for changed in (page_published, page_unpublished, post_page_move):
            changed.connect(_forget_kept_pages, dispatch_uid="core.pagecache")


def _forget_kept_pages(**kwargs: Any) -> None:
    pagecache.invalidate()
