"""Wagtail publishes and deletes solutions by its own actions: what follows is told here."""

from typing import Any

from django.db.models.signals import post_delete
from wagtail.signals import published, unpublished

from catalogue.actions import changed
from catalogue.models import Solution


def connect() -> None:
    published.connect(_tell, sender=Solution, dispatch_uid="solution published")
    unpublished.connect(_tell, sender=Solution, dispatch_uid="solution unpublished")
    post_delete.connect(_tell, sender=Solution, dispatch_uid="solution deleted")


def _tell(sender: type[Solution], instance: Solution, **kwargs: Any) -> None:
    """The index and the readers get to know."""
    changed(instance)
