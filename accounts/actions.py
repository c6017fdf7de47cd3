"""Verbs: people and the organisations that they act for."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import queries, registry, rules
from accounts.models import Membership, Organisation, User
from accounts.states import MembershipState, OrganisationKind, Role
from core import audit, mail, slugs
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
    return slugs.free_slug(name, Organisation.objects, most=190, otherwise="organisation")


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
    for person in queries.who_names_people(organisation):
        mail.send(
            to=person.email,
            template="membership_requested",
            language=person.language,
            context={"organisation": organisation, "person": by},
            about=organisation,
        )
    return membership


@transaction.atomic
def answer_membership(*, membership: Membership, approve: bool, by: User) -> None:
    """Let in, or not, someone who asked to join."""
    require(bool(rules.can_name_people(by, membership.organisation)))
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user", "organisation")
        .get(pk=membership.pk)
    )
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
        require(bool(rules.can_name_people(by, organisation)))
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if role != Role.ADMIN:
        _keep_an_administrator(organisation, without=user)
    return _give(organisation=organisation, user=user, role=role, by=by)


@transaction.atomic
def end_membership(*, membership: Membership, by: User) -> None:
    """Leave, or be taken off by an administrator. The last administrator stays."""
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    require(membership.user_id == by.pk or bool(rules.can_name_people(by, organisation)))
    membership = Membership.objects.select_related("user").get(pk=membership.pk)
    membership.organisation = organisation
    if membership.state == MembershipState.ENDED:
        return
    if membership.state == MembershipState.ACTIVE:
        _keep_an_administrator(organisation, without=membership.user)
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


@transaction.atomic
def become_host(*, organisation: Organisation, by: User | None) -> None:
    """Let the organisation publish challenges: its pages and its back office are made."""
    require(by is None or bool(rules.is_platform_owner(by)))
    Organisation.objects.filter(pk=organisation.pk).update(is_host=True)
    organisation.is_host = True
    audit.record("organisation.hosts", organisation, by=by)
    for make in registry.on_host:
        make(organisation)


def _keep_an_administrator(organisation: Organisation, *, without: User) -> None:
    """Refuse what would leave the organisation without anybody who can let others in."""
    administrators = organisation.memberships.filter(role=Role.ADMIN, state=MembershipState.ACTIVE)
    if (
        administrators.filter(user=without).exists()
        and not administrators.exclude(user=without).exists()
    ):
        raise NotNow(_("An organisation needs an administrator. Name another one first."))


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
