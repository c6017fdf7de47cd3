"""Organisations and people in the back office: one's own only; roles open and close its door."""

import pytest
from django.urls import reverse

from accounts.actions import end_membership, grant_role
from accounts.models import Membership, Organisation, User
from accounts.states import Role
from challenges import hosting
from challenges.models import HostPage
from cms.setup import setup_site
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.challenges import HostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    setup_site()
    made = HostFactory(name="Mikkeli")
    hosting.ensure_host(made)
    return made


@pytest.fixture
def other(host):
    made = HostFactory(name="Joensuu")
    hosting.ensure_host(made)
    return made


@pytest.fixture
def admin(host):
    return UserFactory(admin_of=host)


def test_role_opens_the_back_office_and_its_end_closes_it(client, host, admin):
    person = UserFactory(member_of=host)
    client.force_login(person)
    assert client.get("/admin/").status_code == 302
    grant_role(organisation=host, user=person, role=Role.STAFF, by=admin)
    assert client.get("/admin/").status_code == 200
    end_membership(membership=person.memberships.get(), by=admin)
    assert client.get("/admin/").status_code == 302


def test_companys_administrator_does_not_enter(client, host):
    client.force_login(UserFactory(admin_of=OrganisationFactory()))
    assert client.get("/admin/").status_code == 302


def test_people_of_others_are_not_listed_nor_opened(client, host, other, admin):
    stranger = UserFactory(staff_of=other)
    client.force_login(admin)
    html = client.get(reverse("memberships:index")).content.decode()
    assert admin.name in html
    assert stranger.name not in html
    theirs = stranger.memberships.get()
    for name in ("edit", "history", "usage", "delete"):
        address = reverse(f"memberships:{name}", args=[theirs.pk])
        assert client.get(address).status_code == 404, name
        client.post(address, {"role": "admin", "state": "active", "email": "x@y.fi"})
    theirs.refresh_from_db()
    assert theirs.role == "staff"


def test_organisations_of_others_are_not_listed_nor_opened(client, host, other, admin):
    client.force_login(admin)
    html = client.get(reverse("organisations:index")).content.decode()
    assert "Mikkeli" in html
    assert "Joensuu" not in html
    for name in ("edit", "inspect", "history", "usage", "delete"):
        address = reverse(f"organisations:{name}", args=[other.pk])
        assert client.get(address).status_code == 404, name
        client.post(address, {"name": "Kaapattu"})
    other.refresh_from_db()
    assert other.name == "Joensuu"


def fields_of(organisation, **changes):
    names = ("kind", "name", "slug", "business_id", "email_domain", "municipality", "region")
    return {
        **{name: getattr(organisation, name) or "" for name in names},
        "population": "",
        "website": "",
        **changes,
    }


def test_staff_cannot_change_what_decides_who_may_what(client, host, admin):
    client.force_login(admin)
    address = reverse("organisations:edit", args=[host.pk])
    assert client.get(address).status_code == 200
    data = fields_of(
        host,
        name="Mikkelin kaupunki",
        kind="company",
        slug="toinen",
        email_domain="gmail.com",
        business_id="1234567-1",
    )
    client.post(address, data)
    fresh = Organisation.objects.get(pk=host.pk)
    assert fresh.name == "Mikkelin kaupunki"
    assert (fresh.kind, fresh.slug, fresh.email_domain, fresh.business_id, fresh.is_host) == (
        host.kind,
        host.slug,
        "",
        None,
        True,
    )


def test_owner_makes_a_municipality_a_host(client, host):
    client.force_login(UserFactory(owner=True))
    data = {"kind": "municipality", "name": "Juva", "slug": "juva", "is_host": "on"}
    response = client.post(reverse("organisations:add"), {**data, "municipality": "Juva"})
    assert response.status_code == 302
    juva = Organisation.objects.get(slug="juva")
    assert HostPage.objects.filter(organisation=juva).exists()
    staff = UserFactory(staff_of=juva)
    client.force_login(staff)
    assert client.get("/admin/").status_code == 200


def test_administrator_names_people_by_mail(client, host, admin):
    client.force_login(admin)
    address = reverse("memberships:add")
    assert client.get(address).status_code == 200
    data = {"organisation": host.pk, "role": "staff", "email": "uusi@mikkeli.example"}
    assert client.post(address, data).status_code == 302
    made = Membership.objects.get(user__email="uusi@mikkeli.example")
    assert (made.role, made.state) == ("staff", "active")
    client.force_login(made.user)
    assert client.get("/admin/").status_code == 200


def test_administrator_names_nobody_to_others(client, host, other, admin):
    client.force_login(admin)
    data = {"organisation": other.pk, "role": "admin", "email": admin.email}
    client.post(reverse("memberships:add"), data)
    assert not Membership.objects.filter(organisation=other, user=admin).exists()


def test_staff_without_the_administrators_role_name_nobody(client, host):
    client.force_login(UserFactory(staff_of=host))
    assert client.get(reverse("memberships:add")).status_code in (302, 403)
    data = {"organisation": host.pk, "role": "admin", "email": "kaveri@posti.example"}
    client.post(reverse("memberships:add"), data)
    assert not User.objects.filter(email="kaveri@posti.example").exists()


def test_role_is_changed_and_ended_on_the_membership(client, host, admin):
    client.force_login(admin)
    membership = UserFactory(member_of=host).memberships.get()
    address = reverse("memberships:edit", args=[membership.pk])
    assert client.get(address).status_code == 200
    client.post(address, {"role": "staff", "state": "active"})
    membership.refresh_from_db()
    assert membership.role == "staff"
    client.post(address, {"role": "staff", "state": "ended"})
    membership.refresh_from_db()
    assert membership.state == "ended"


def test_opening_a_request_and_saving_it_lets_nobody_in(client, host, admin):
    waiting = Membership.objects.create(user=UserFactory(), organisation=host)
    client.force_login(admin)
    address = reverse("memberships:edit", args=[waiting.pk])
    client.post(address, {"role": "member", "state": "requested"})
    waiting.refresh_from_db()
    assert waiting.state == "requested"
    client.post(address, {"role": "staff", "state": "active"})
    waiting.refresh_from_db()
    assert (waiting.role, waiting.state) == ("staff", "active")


def test_last_administrator_is_not_taken_off_here_either(client, host, admin):
    client.force_login(admin)
    address = reverse("memberships:edit", args=[admin.memberships.get().pk])
    response = client.post(address, {"role": "member", "state": "active"})
    assert response.status_code == 409
    assert admin.memberships.get().role == "admin"


def test_memberships_are_never_deleted(client, host):
    client.force_login(UserFactory(owner=True))
    membership = UserFactory(member_of=host).memberships.get()
    client.post(reverse("memberships:delete", args=[membership.pk]))
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_owner_sees_people_and_makes_one_without_a_password(client, host):
    client.force_login(UserFactory(owner=True))
    assert client.get(reverse("wagtailusers_users:index")).status_code == 200
    address = reverse("wagtailusers_users:add")
    assert client.get(address).status_code == 200
    data = {"email": "uusi@kunta.example", "name": "Uusi", "language": "fi", "is_active": "on"}
    assert client.post(address, data).status_code == 302
    person = User.objects.get(email="uusi@kunta.example")
    assert not person.has_usable_password()
    assert client.get(reverse("wagtailusers_users:edit", args=[person.pk])).status_code == 200


def test_staff_do_not_open_the_list_of_all_people(client, host, admin):
    client.force_login(admin)
    assert client.get(reverse("wagtailusers_users:index")).status_code in (302, 403)
