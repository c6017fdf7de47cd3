"""Who a person is to an organisation. Higher floors compose their rules of these."""

from typing import Any

import rules

from accounts.models import Membership, Organisation, User
from accounts.states import BACK_OFFICE_ROLES, MembershipState, Role


@rules.predicate
def is_platform_owner(user: Any) -> bool:
    """Runs the platform. Sees every challenge, but no draft and no unsubmitted sheet."""
    return bool(user and user.is_authenticated and user.is_active and user.is_superuser)


def roles_of(user: Any) -> dict[int, str]:
    """organisation id → role, of active memberships; read once per user object."""
    if not (user and user.is_authenticated and user.is_active):
        return {}
    if not hasattr(user, "_roles"):
        read = list(
            Membership.objects.filter(user=user, state=MembershipState.ACTIVE).values_list(
                "organisation_id", "role", "organisation__is_host"
            )
        )
        user._roles = {pk: role for pk, role, _is_host in read}
        user._hosts = {pk for pk, _role, is_host in read if is_host}
    roles: dict[int, str] = user._roles
    return roles


def forget(user: Any) -> None:
    """Read the person's roles anew at the next question, after they changed."""
    user.__dict__.pop("_roles", None)
    user.__dict__.pop("_hosts", None)


@rules.predicate
def acts_for(user: Any, organisation: Organisation) -> bool:
    """Is an active member of the organisation, in any role."""
    return organisation.pk in roles_of(user)


@rules.predicate
def is_staff_of(user: Any, organisation: Organisation) -> bool:
    """Works in the organisation's back office."""
    return roles_of(user).get(organisation.pk) in BACK_OFFICE_ROLES


@rules.predicate
def is_admin_of(user: Any, organisation: Organisation) -> bool:
    return roles_of(user).get(organisation.pk) == Role.ADMIN


@rules.predicate
def can_work_for(user: Any, organisation: Organisation) -> bool:
    """May run the organisation's challenges: its own staff, or the platform's owner."""
    return bool(is_platform_owner(user) or is_staff_of(user, organisation))


@rules.predicate
def can_name_people(user: Any, organisation: Organisation) -> bool:
    """Say who acts for the organisation: its administrators, or the platform's owner."""
    return bool(is_platform_owner(user) or is_admin_of(user, organisation))


def administered_organisations(user: Any) -> list[int]:
    """Ids of the organisations whose people the person may name."""
    return [pk for pk, role in roles_of(user).items() if role == Role.ADMIN]


def staffed_organisations(user: Any) -> list[int]:
    """Ids of the organisations whose back office the person works in."""
    return [pk for pk, role in roles_of(user).items() if role in BACK_OFFICE_ROLES]


def enters_back_office(user: User) -> bool:
    """May open the Wagtail admin at all: the staff of hosts, and the platform's owner."""
    if is_platform_owner(user):
        return True
    staffed = staffed_organisations(user)
    hosts: set[int] = getattr(user, "_hosts", set())  # read together with the roles
    return not hosts.isdisjoint(staffed)
