"""A municipality that publishes challenges: its pages, its group, its collection of pictures.

Rights of people follow from memberships (accounts/rules.py); Wagtail's page tree knows groups
only, so each host has one group, filled from its back-office memberships.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
)

from accounts.models import Membership, Organisation, User
from accounts.states import BACK_OFFICE_ROLES, MembershipState
from challenges.models import HostPage

PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
COLLECTION_PERMISSIONS = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)


class SiteNotSetUp(RuntimeError):
    """There is no home page yet: run `manage.py setup_site`."""


def group_name(organisation: Organisation) -> str:
    return f"host-{organisation.pk}"


@transaction.atomic
def ensure_host(organisation: Organisation) -> HostPage:
    """Make what a host needs and does not have yet; its page in the site's first language."""
    if not organisation.is_host:
        organisation.is_host = True
        organisation.save(update_fields=["is_host"])
    page = _pages(organisation)
    group, _made = Group.objects.get_or_create(name=group_name(organisation))
    group.permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    _allow_pages(organisation, group)
    _allow_collection(organisation, group)
    members = organisation.memberships.filter(
        state=MembershipState.ACTIVE, role__in=BACK_OFFICE_ROLES
    )
    group.user_set.set(User.objects.filter(memberships__in=members))
    return page


def host_page(organisation: Organisation, language: str | None = None) -> HostPage | None:
    """The host's page in a language; without one, in the language it was first made in."""
    pages = HostPage.objects.filter(organisation=organisation)
    if language:
        return pages.filter(locale__language_code=language).first()
    return pages.filter(alias_of__isnull=True).order_by("pk").first()


def follow_membership(membership: Membership) -> None:
    """Put the person into the host's group or out of it. In the transaction of the change."""
    group = Group.objects.filter(name=group_name(membership.organisation)).first()
    if group is None:
        return
    works_there = Membership.objects.filter(
        user=membership.user,
        organisation=membership.organisation,
        state=MembershipState.ACTIVE,
        role__in=BACK_OFFICE_ROLES,
    ).exists()
    if works_there:
        group.user_set.add(membership.user)
    else:
        group.user_set.remove(membership.user)


def home_pages() -> dict[str, Page]:
    """Language → home page of the default site."""
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None or site.root_page.depth < 2:
        raise SiteNotSetUp
    pages = site.root_page.get_translations(inclusive=True).select_related("locale")
    return {page.locale.language_code: page for page in pages}


def _pages(organisation: Organisation) -> HostPage:
    first = host_page(organisation)
    homes = home_pages()
    if first is None:
        site = Site.objects.select_related("root_page").get(is_default_site=True)
        first = HostPage(
            title=organisation.name,
            slug=organisation.slug,
            organisation=organisation,
            locale=site.root_page.locale,
            live=True,
        )
        site.root_page.add_child(instance=first)
    for locale in Locale.objects.filter(language_code__in=homes).exclude(pk=first.locale_id):
        if not first.has_translation(locale):
            first.copy_for_translation(locale, alias=True)
    return first


def _allow_pages(organisation: Organisation, group: Group) -> None:
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS
    )
    for page in HostPage.objects.filter(organisation=organisation):
        for permission in permissions:
            GroupPagePermission.objects.get_or_create(
                group=group, page_id=page.pk, permission=permission
            )


def _allow_collection(organisation: Organisation, group: Group) -> None:
    root = Collection.get_first_root_node()
    name = group_name(organisation)
    collection = root.get_children().filter(name__startswith=f"{name} ").first()
    if collection is None:
        collection = root.add_child(name=f"{name} {organisation.name}"[:255])
    for app, codename in COLLECTION_PERMISSIONS:
        permission = Permission.objects.get(content_type__app_label=app, codename=codename)
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=permission
        )
