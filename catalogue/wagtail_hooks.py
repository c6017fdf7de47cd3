"""Solutions in the back office."""

from typing import Any

from django.http import HttpRequest
from django.urls import path
from wagtail import hooks
from wagtail.permissions import policy_registry
from wagtail.snippets.action_menu import PublishMenuItem, UnpublishMenuItem
from wagtail.snippets.models import register_snippet

from catalogue.admin import SolutionViewSet
from catalogue.admin_panels import ReviewsPanel
from catalogue.admin_publiccode import PubliccodeView
from catalogue.models import Solution

register_snippet(SolutionViewSet)


@hooks.register("construct_homepage_panels")
def reviews_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(ReviewsPanel(request))


@hooks.register("construct_snippet_action_menu")
def what_may_be_done(items: list[Any], request: HttpRequest, context: Any) -> None:
    """Wagtail offers publishing by Django's permissions; who may is said by the policy."""
    if context["model"] is not Solution or context.get("locked_for_user"):
        return
    policy, there = policy_registry.get_by_type(Solution), {type(item) for item in items}
    if PublishMenuItem not in there and policy.user_has_permission(request.user, "publish"):
        items.append(PublishMenuItem(order=30))
    live = context["view"] == "edit" and context["instance"].live
    if UnpublishMenuItem not in there and live:
        items.append(UnpublishMenuItem(order=20))


@hooks.register("register_admin_urls")
def publiccode_url() -> list[Any]:
    return [path("publiccode/", PubliccodeView.as_view(), name="solution_publiccode")]
