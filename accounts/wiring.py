"""What accounts tell Wagtail, once all models are loaded."""

from wagtail.permissions import register_permission_policy

from accounts.models import Membership, Organisation
from accounts.permissions import OwnedPermissionPolicy


def connect() -> None:
    register_permission_policy(
        Organisation, OwnedPermissionPolicy(Organisation, owner="pk", actions=("change", "view"))
    )
    register_permission_policy(Membership, OwnedPermissionPolicy(Membership, owner="organisation"))
