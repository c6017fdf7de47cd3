"""Verbs: people and the organisations that they act for."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import registry, rules
from accounts.models import Membership, Organisation, User
from accounts.states import MembershipState, OrganisationKind, Role
from core import audit, mail
from core.errors import Invalid, NotNow, require


@transaction.atomic
def ensure_user(*, email: str, language: str = "fi", name: str = "") -> User:
    """The person of that address, made at first need. A code that comes back is the proof."""
    address = email.strip().lower()
    user, made = User.objects.get_or_create(
        email=address, defaults={"language": language, "name": name}
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def free_slug(name: str) -> str:
    """A slug of the name that no organisation has."""
    base = slugify(name)[:190] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


@transaction.atomic
def create_organisation(
    *, by: User, name: str, kind: str, business_id: str = "", municipality: str = ""
) -> Membership:
    """Found an organisation; the founder becomes its administrator.

    Municipalities are made by the platform's owner. Raises Invalid with the field at fault.
    """
    require(by.is_authenticated)
    require(kind != OrganisationKind.MUNICIPALITY or bool(rules.is_platform_owner(by)))
    organisation = Organisation(
        name=name.strip(),
        kind=kind,
        slug=free_slug(name),
        business_id=business_id.strip() or None,
        municipality=municipality,
    )
    try:
        organisation.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    organisation.save()
    audit.record("organisation.created", organisation, by=by)
    return _give(organisation=organisation, user=by, role=Role.ADMIN, by=by)


@transaction.atomic
def request_membership(*, organisation: Organisation, by: User) -> Membership:
    """Ask to join. Someone with the organisation's own e-mail domain is let in at once."""
    require(by.is_authenticated)
    found = Membership.objects.filter(user=by, organisation=organisation, state__in=_LIVING).first()
    if found:
        return found
    domain = by.email.rpartition("@")[2]
    if organisation.email_domain and domain == organisation.email_domain.lower():
        return _give(organisation=organisation, user=by, role=Role.MEMBER, by=by)
    membership = Membership.objects.create(user=by, organisation=organisation, role=Role.MEMBER)
    audit.record("membership.requested", organisation, by=by, data={"user": by.pk})
    for administrator in organisation.memberships.filter(
        role=Role.ADMIN, state=MembershipState.ACTIVE
    ).select_related("user"):
        mail.send(
            to=administrator.user.email,
            template="membership_requested",
            language=administrator.user.language,
            context={"organisation": organisation, "person": by, "site": settings.SITE_URL},
            about=organisation,
        )
    return membership


@transaction.atomic
def answer_membership(*, membership: Membership, approve: bool, by: User) -> None:
    """Let in, or not, someone who asked to join."""
    require(bool(rules.is_admin_of(by, membership.organisation)))
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.state != MembershipState.REQUESTED:
        raise NotNow(_("This request has been answered already."))
    membership.state = MembershipState.ACTIVE if approve else MembershipState.ENDED
    membership.save(update_fields=["state"])
    _changed(membership, by=by)
    mail.send(
        to=membership.user.email,
        template="membership_answered",
        language=membership.user.language,
        context={"organisation": membership.organisation, "approved": approve},
        about=membership.organisation,
    )


@transaction.atomic
def grant_role(*, organisation: Organisation, user: User, role: str, by: User | None) -> Membership:
    """Give a person a role in an organisation. `by` is None when the installation does it."""
    if by is not None:
        require(bool(rules.is_platform_owner(by) or rules.is_admin_of(by, organisation)))
    return _give(organisation=organisation, user=user, role=role, by=by)


@transaction.atomic
def end_membership(*, membership: Membership, by: User) -> None:
    """Leave, or be taken off by an administrator. The last administrator stays."""
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    require(
        membership.user_id == by.pk
        or bool(rules.is_admin_of(by, organisation) or rules.is_platform_owner(by))
    )
    others = organisation.memberships.filter(role=Role.ADMIN, state=MembershipState.ACTIVE).exclude(
        pk=membership.pk
    )
    if membership.role == Role.ADMIN and not others.exists():
        raise NotNow(_("An organisation needs an administrator. Name another one first."))
    membership.state = MembershipState.ENDED
    membership.save(update_fields=["state"])
    _changed(membership, by=by)


_LIVING = (MembershipState.ACTIVE, MembershipState.REQUESTED)


def _give(*, organisation: Organisation, user: User, role: str, by: User | None) -> Membership:
    membership = Membership.objects.filter(
        user=user, organisation=organisation, state__in=_LIVING
    ).first() or Membership(user=user, organisation=organisation)
    membership.role, membership.state = role, MembershipState.ACTIVE
    membership.save()
    _changed(membership, by=by)
    return membership


def _changed(membership: Membership, *, by: User | None) -> None:
    rules.forget(membership.user)
    audit.record(
        "membership.changed",
        membership.organisation,
        by=by,
        data={"user": membership.user_id, "role": membership.role, "state": membership.state},
    )
    for tell in registry.on_membership_change:
        tell(membership)
