"""Wagtail's own list of people, fitted to people without user names and passwords."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.admin.PersonViewSet"
