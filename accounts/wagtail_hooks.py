from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from accounts.admin import MembershipViewSet, OrganisationViewSet, OwnDeleteBulkAction


@hooks.register("register_admin_viewset")
def organisations() -> list[object]:
    return [OrganisationViewSet("organisations"), MembershipViewSet("memberships")]


@hooks.register("register_user_listing_buttons")
def reset_factors(user: Any, request_user: Any) -> Iterator[Button]:
    if user.pk != request_user.pk:
        yield Button(
            _("Reset second factor"),
            reverse("accounts:factors_reset", args=[user.pk]),
            icon_name="key",
            priority=40,
        )


# After Wagtail's own, whose place it takes.
hooks.register("register_bulk_action", OwnDeleteBulkAction, order=10)
