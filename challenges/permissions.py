"""What staff may touch in the Wagtail admin: their own municipality's challenges only."""

from wagtail.permissions import register_permission_policy

from accounts.permissions import OwnedPermissionPolicy, OwnerOnlyPermissionPolicy
from challenges.models import Challenge, FormVersion, Need, Phase, Series, Theme

challenge_policy = OwnedPermissionPolicy(Challenge, owner="owner")
series_policy = OwnedPermissionPolicy(Series, owner="challenge__owner", actions=("change", "view"))
phase_policy = OwnedPermissionPolicy(Phase, owner="challenge__owner", actions=("change", "view"))
form_policy = OwnedPermissionPolicy(
    FormVersion, owner="series__challenge__owner", actions=("add", "view")
)
need_policy = OwnedPermissionPolicy(
    Need, owner="organisation", actions=("change", "view"), never=("add", "delete")
)
theme_policy = OwnerOnlyPermissionPolicy(Theme)


def register() -> None:
    register_permission_policy(Challenge, challenge_policy)
    register_permission_policy(Series, series_policy)
    register_permission_policy(Phase, phase_policy)
    register_permission_policy(FormVersion, form_policy)
    register_permission_policy(Need, need_policy)
    register_permission_policy(Theme, theme_policy)
