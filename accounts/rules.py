"""Who a person is to an organisation. Higher floors compose their rules of these."""

from typing import Any

import rules
from django.db.models import Exists, OuterRef, QuerySet

from accounts import second_factor
from accounts.models import Membership, Organisation, User
from accounts.states import BACK_OFFICE_ROLES, MembershipState, Role


@rules.predicate
def is_platform_owner(user: Any) -> bool:
    """Runs the platform. Sees every challenge, but no draft and no unsubmitted sheet."""
    return _owns_platform(user) and not second_factor.rests(user, "staff")


def _owns_platform(user: Any) -> bool:
    return bool(user and user.is_authenticated and user.is_active and user.is_superuser)


def roles_of(user: Any) -> dict[int, str]:
    """organisation id → role, of active memberships.

    While rights of staff rest, a host's staff are its members only.
    """
    roles = _memberships_of(user)
    if not second_factor.rests(user, "staff"):
        return roles
    return {
        pk: Role.MEMBER if pk in user._hosts and role in BACK_OFFICE_ROLES else role
        for pk, role in roles.items()
    }


def _memberships_of(user: Any) -> dict[int, str]:
    """As they are written; read once per user object."""
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


def is_of_back_office(user: Any) -> bool:
    """Staff of a host, or the platform's owner, whatever their session has shown."""
    if _owns_platform(user):
        return True
    roles = _memberships_of(user)
    return any(roles[pk] in BACK_OFFICE_ROLES for pk in getattr(user, "_hosts", ()))


def enters_back_office(user: Any) -> bool:
    """May open the Wagtail admin at all: the staff of hosts, and the platform's owner."""
    return is_of_back_office(user) and not second_factor.rests(user, "staff")


def people_to_reset(user: Any) -> QuerySet[User]:
    """Whose lost second factors the person may remove, never their own: the platform's owner
    everybody's; an administrator those of the organisation's people who work in no other back
    office and do not run the platform.
    """
    others = User.objects.exclude(pk=user.pk).filter(is_active=True)
    if is_platform_owner(user):
        return others
    administered = administered_organisations(user)
    active = Membership.objects.filter(user=OuterRef("pk"), state=MembershipState.ACTIVE)
    elsewhere = active.filter(role__in=BACK_OFFICE_ROLES).exclude(organisation__in=administered)
    return others.filter(
        Exists(active.filter(organisation__in=administered)),
        ~Exists(elsewhere),
        is_superuser=False,
    )


def can_reset_factors(user: Any, person: User) -> bool:
    return people_to_reset(user).filter(pk=person.pk).exists()
