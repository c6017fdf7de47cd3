from wagtail import hooks

from accounts.admin import MembershipViewSet, OrganisationViewSet


@hooks.register("register_admin_viewset")
def organisations() -> list[object]:
    return [OrganisationViewSet("organisations"), MembershipViewSet("memberships")]
