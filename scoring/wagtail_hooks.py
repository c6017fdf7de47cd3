"""The addresses of staff's scoring pages."""

from typing import Any

from django.urls import include, path
from wagtail import hooks

from scoring.admin import urls


@hooks.register("register_admin_urls")
def scoring_urls() -> list[Any]:
    return [path("scoring/", include(urls))]
