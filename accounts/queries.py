"""Reads: organisations and their people."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from accounts.models import Membership, Organisation, User
from accounts.states import BACK_OFFICE_ROLES, MembershipState, Role


def municipalities(*, words: str = "") -> QuerySet[Organisation]:
    """Municipalities on the platform, by name; `words` narrows to names that contain them."""
    found = Organisation.objects.municipalities().order_by("name")
    return found.filter(name__icontains=words) if words else found


def memberships_of(user: User) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(user=user)
        .exclude(state=MembershipState.ENDED)
        .select_related("organisation")
        .order_by("organisation__name")
    )


def who_names_people(organisation: Organisation) -> QuerySet[User]:
    """The organisation's administrators; while it has none, the platform's owners."""
    administrators = User.objects.filter(
        memberships__organisation=organisation,
        memberships__role=Role.ADMIN,
        memberships__state=MembershipState.ACTIVE,
        is_active=True,
    ).distinct()
    if administrators.exists():
        return administrators
    return User.objects.filter(is_superuser=True, is_active=True)


def people_of(organisation: Organisation) -> QuerySet[Membership]:
    """Members and those who ask to be, the waiting ones first."""
    return (
        organisation.memberships.exclude(state=MembershipState.ENDED)
        .select_related("user")
        .order_by("-state", "user__name", "user__email")
    )


def staff_of(organisation: Organisation) -> QuerySet[User]:
    """The people of the organisation's back office."""
    return User.objects.filter(
        memberships__organisation=organisation,
        memberships__role__in=BACK_OFFICE_ROLES,
        memberships__state=MembershipState.ACTIVE,
        is_active=True,
    ).distinct()


def has_second_factor(user: Any, *, beside: int | None = None) -> bool:
    """An app or a passkey, `beside` the one with that primary key; recovery codes are none."""
    factors = Authenticator.objects.filter(user_id=user.pk).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return bool(factors.exclude(pk=beside).exists() if beside else factors.exists())
