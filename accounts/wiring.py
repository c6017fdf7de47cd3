"""What accounts tell Wagtail, once all models are loaded."""

from wagtail.permissions import register_permission_policy

from accounts.models import Membership, Organisation
from accounts.permissions import OwnedPermissionPolicy
from accounts.rules import administered_organisations


def connect() -> None:
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
