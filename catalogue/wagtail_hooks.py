"""Solutions in the back office."""

from typing import Any

from django.http import HttpRequest
from django.urls import path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from catalogue.admin import SolutionViewSet
from catalogue.admin_panels import ReviewsPanel
from catalogue.admin_publiccode import PubliccodeView

register_snippet(SolutionViewSet)


@hooks.register("construct_homepage_panels")
def reviews_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(ReviewsPanel(request))


@hooks.register("register_admin_urls")
def publiccode_url() -> list[Any]:
    return [path("publiccode/", PubliccodeView.as_view(), name="solution_publiccode")]
