"""Solutions in the back office."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from catalogue.admin import SolutionViewSet
from catalogue.admin_panels import ReviewsPanel

register_snippet(SolutionViewSet)


@hooks.register("construct_homepage_panels")
def reviews_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(ReviewsPanel(request))
