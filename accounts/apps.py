from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Wagtail's policies need loaded models, hence no import at the top.
        from wagtail.permissions import register_permission_policy

        from accounts.models import Membership, Organisation
        from accounts.permissions import OwnedPermissionPolicy

        register_permission_policy(
            Organisation,
            OwnedPermissionPolicy(Organisation, owner="pk", actions=("change", "view")),
        )
        register_permission_policy(
            Membership, OwnedPermissionPolicy(Membership, owner="organisation")
        )
