"""The addresses of staff's pages of proposals."""

from typing import Any

from django.urls import include, path
from wagtail import hooks

from ideas.admin import urls


@hooks.register("register_admin_urls")
def proposal_urls() -> list[Any]:
    return [path("ideas/", include(urls))]
