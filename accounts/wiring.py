"""What accounts tell Wagtail, once all models are loaded."""

from wagtail.permissions import register_permission_policy

from accounts import second_factor
from accounts.models import Membership, Organisation
from accounts.permissions import OwnedPermissionPolicy
from accounts.rules import administered_organisations, is_of_back_office


def connect() -> None:
    second_factor.holders["staff"] = is_of_back_office
    second_factor.doors.add("/admin/")
    # Never deleted, and memberships only ended: who acted for whom stays in the record.
    register_permission_policy(
        Organisation,
        OwnedPermissionPolicy(
            Organisation, owner="pk", actions=("change", "view"), never=("delete",)
        ),
    )
    register_permission_policy(
        Membership,
        OwnedPermissionPolicy(
            Membership,
            owner="organisation",
            never=("delete",),
            organisations=administered_organisations,
        ),
    )
