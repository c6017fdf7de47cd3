"""What staff see first in the back office, and what they do not need to see."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from accounts.rules import is_platform_owner
from challenges import queries
from cms import approvals
from core.arrival import arrived_at

OWNERS_ONLY = frozenset({"help", "reports", "settings"})

approvals.connect()


@hooks.register("construct_main_menu")
def hide_what_staff_do_not_need(request: HttpRequest, items: list[MenuItem]) -> None:
    if not is_platform_owner(request.user):
        items[:] = [item for item in items if item.name not in OWNERS_ONLY]


@hooks.register("construct_homepage_summary_items")
def no_counts_of_pages(request: HttpRequest, items: list[Any]) -> None:
    """How many pages there are helps nobody on."""
    items.clear()


class ChallengesPanel(Component):
    """The municipality's challenges, on the first page of the back office."""

    name = "challenges"
    template_name = "admin/challenges/home_panel.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        at = arrived_at(self.request)
        user = self.request.user
        return {
            "rows": queries.staff_list(user, at=at)[:8],  # type: ignore[arg-type]
            "may_create": bool(queries.hosts_of(user)),  # type: ignore[arg-type]
        }

    def render_html(self, parent_context: Any = None) -> SafeString:
        html: SafeString = super().render_html(parent_context)
        return html


@hooks.register("construct_homepage_panels")
def challenges_first(request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, ChallengesPanel(request))
