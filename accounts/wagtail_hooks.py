from wagtail import hooks

from accounts.admin import MembershipViewSet, OrganisationViewSet, OwnDeleteBulkAction


@hooks.register("register_admin_viewset")
def organisations() -> list[object]:
    return [OrganisationViewSet("organisations"), MembershipViewSet("memberships")]


# After Wagtail's own, whose place it takes.
hooks.register("register_bulk_action", OwnDeleteBulkAction, order=10)
