"""Wagtail's admin asks here, and here asks rules.py: one answer everywhere."""

from collections.abc import Callable
from typing import Any

from django.db import models
from wagtail.permission_policies.base import BasePermissionPolicy

from accounts import rules
from accounts.models import User
from accounts.states import BACK_OFFICE_ROLES, MembershipState


class OwnedPermissionPolicy(BasePermissionPolicy):
    """Staff of an organisation may do the listed actions to what their organisation owns.

    `owner` is the lookup from the model to the organisation's id ("owner", "challenge__owner",
    "pk" for organisations themselves); `actions` those that staff have at all; `never` those that
    nobody has here; `organisations` says whose a person may touch, staff's own unless told.
    """

    def __init__(
        self,
        model: Any,
        *,
        owner: str,
        actions: tuple[str, ...] = ("add", "change", "view"),
        never: tuple[str, ...] = (),
        organisations: Callable[[Any], list[int]] = rules.staffed_organisations,
    ) -> None:
        super().__init__(model)
        self.owner = owner
        self.actions = frozenset(actions)
        self.never = frozenset(never)
        self.organisations = organisations

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action in self.never:
            return False
        if rules.is_platform_owner(user):
            return True
        return action in self.actions and bool(self.organisations(user))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if action in self.never:
            return False
        if rules.is_platform_owner(user):
            return True
        owner: Any = instance
        for name in self.owner.split("__"):
            owner = getattr(owner, name)
        pk = owner.pk if isinstance(owner, models.Model) else owner
        return action in self.actions and pk in self.organisations(user)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        everything = self.model._default_manager.all()
        if rules.is_platform_owner(user):
            return everything
        if not self.actions & set(actions):
            return everything.none()
        return everything.filter(**{f"{self.owner}__in": self.organisations(user)})

    def users_with_any_permission(self, actions: Any) -> Any:
        staff = models.Q(
            memberships__role__in=BACK_OFFICE_ROLES, memberships__state=MembershipState.ACTIVE
        )
        query = models.Q(is_superuser=True)
        if self.actions & set(actions):
            query |= staff
        return User.objects.filter(query, is_active=True).distinct()


class BackOfficePermissionPolicy(BasePermissionPolicy):
    """What all share: whoever works in a host's back office may do everything."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user and user.is_authenticated and rules.enters_back_office(user))

    def users_with_any_permission(self, actions: Any) -> Any:
        staff = models.Q(
            memberships__role__in=BACK_OFFICE_ROLES,
            memberships__state=MembershipState.ACTIVE,
            memberships__organisation__is_host=True,
        )
        query = staff | models.Q(is_superuser=True)
        return User.objects.filter(query, is_active=True).distinct()


class OwnerOnlyPermissionPolicy(BasePermissionPolicy):
    """Only the platform's owner: themes, organisations, people."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(rules.is_platform_owner(user))

    def users_with_any_permission(self, actions: Any) -> Any:
        return User.objects.filter(is_superuser=True, is_active=True)
