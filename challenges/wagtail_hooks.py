"""The back office's menu entry and addresses, and what is refused to challenge pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from accounts.rules import enters_back_office
from accounts.signed_in import person_of
from challenges import admin_urls
from challenges.admin_needs import NeedViewSet
from challenges.models import ChallengePage, HostPage


@hooks.register("register_admin_urls")
def challenge_urls() -> list[Any]:
    return [path("challenges/", include(admin_urls))]


@hooks.register("register_admin_viewset")
def needs_viewset() -> NeedViewSet:
    return NeedViewSet("needs")


class ChallengesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(enters_back_office(person_of(request)))


@hooks.register("register_admin_menu_item")
def challenges_menu_item() -> MenuItem:
    return ChallengesMenuItem(
        gettext_lazy("Challenges"),
        reverse("challenges_admin:index"),
        name="challenges",
        icon_name="clipboard-list",
        order=50,
    )


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


def _refuse(request: HttpRequest, page: Page) -> HttpResponse | None:
    """These pages live and die with their challenge and host, not in the page tree."""
    if not isinstance(page.specific, ChallengePage | HostPage):
        return None
    messages.error(
        request,
        _("This page belongs to its challenge: it is not moved, copied, unpublished or deleted."),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_delete_page")
def keep_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse(request, page)


@hooks.register("before_unpublish_page")
def keep_page_public(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse(request, page)


@hooks.register("before_copy_page")
def keep_page_single(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse(request, page)


@hooks.register("before_move_page")
def keep_page_in_place(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    return _refuse(request, page)


@hooks.register("before_bulk_action")
def keep_pages(
    request: HttpRequest, action_type: str, objects: Any, action: Any
) -> HttpResponse | None:
    if action_type not in {"delete", "move", "unpublish"}:
        return None
    for one in objects:
        if isinstance(one, Page) and (refusal := _refuse(request, one)):
            return refusal
    return None
