"""Organisations: found, joined, led, left."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import actions, rules
from accounts.models import Membership, Organisation, User
from core.errors import Denied, Invalid, NotNow
from core.models import Mail
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.challenges import HostFactory

pytestmark = pytest.mark.django_db
GOOD_ID = "1234567-1"


def own(organisation) -> User:
    return UserFactory(admin_of=organisation)


def add(client, **data):
    return client.post(
        reverse("accounts:organisation_new"),
        {"kind": "company", "name": "Kyyti Oy", "business_id": GOOD_ID, **data},
    )


def test_founder_becomes_the_administrator(client):
    person = UserFactory()
    client.force_login(person)
    assert client.get(reverse("accounts:organisation_new")).status_code == 200
    assert add(client).status_code == 302
    membership = Membership.objects.get(user=person)
    assert (membership.role, membership.state) == ("admin", "active")
    assert membership.organisation.business_id == GOOD_ID


@pytest.mark.parametrize("typed", ["12345671", "FI12345671", " 1234567-1 "])
def test_business_id_is_kept_in_one_form(client, typed):
    client.force_login(UserFactory())
    add(client, business_id=typed)
    assert Organisation.objects.get().business_id == GOOD_ID


@pytest.mark.parametrize("wrong", ["1234567-2", "123", "abcdefg-h", "", "9" * 20])
def test_wrong_business_id_is_told_at_its_field(client, wrong):
    client.force_login(UserFactory())
    response = add(client, business_id=wrong, name="Säilyy Oy")
    html = response.content.decode()
    assert "id_business_id" in html
    assert "error-summary" in html
    assert "Säilyy Oy" in html
    assert not Organisation.objects.exists()


def test_association_may_be_without_a_business_id(client):
    client.force_login(UserFactory())
    add(client, kind="association", business_id="", name="Kylä ry")
    add(client, kind="association", business_id="", name="Kylä ry")
    assert sorted(Organisation.objects.values_list("slug", flat=True)) == ["kyla-ry", "kyla-ry-2"]


def test_nobody_founds_a_municipality(client):
    person = UserFactory()
    client.force_login(person)
    add(client, kind="municipality")
    assert not Organisation.objects.exists()
    with pytest.raises(Denied):
        actions.create_organisation(by=person, name="Kunta", kind="municipality")


def test_same_business_id_leads_to_a_request(client):
    first = OrganisationFactory(business_id=GOOD_ID)
    administrator = own(first)
    person = UserFactory()
    client.force_login(person)
    add(client, name="Toinen nimi")
    assert Organisation.objects.count() == 1
    assert Membership.objects.get(user=person).state == "requested"
    assert Mail.objects.get().to == administrator.email
    assert not rules.acts_for(person, first)


def test_own_mail_domain_lets_in_at_once(client):
    company = OrganisationFactory(email_domain="Kyyti.example")
    own(company)
    inside, outside = UserFactory(email="a@kyyti.example"), UserFactory(email="a@ei-kyyti.example")
    for person in (inside, outside):
        client.force_login(person)
        client.post(reverse("accounts:membership_request", args=[company.slug]))
    assert rules.acts_for(inside, company)
    assert not rules.acts_for(outside, company)
    assert Membership.objects.get(user=inside).role == "member"


def test_asking_twice_is_asking_once():
    company = OrganisationFactory()
    own(company)
    person = UserFactory()
    first = actions.request_membership(organisation=company, by=person)
    assert actions.request_membership(organisation=company, by=person) == first
    assert Mail.objects.count() == 1


def test_without_administrators_the_platforms_owner_is_asked(client):
    town = HostFactory()
    owner, person = UserFactory(owner=True), UserFactory()
    request = actions.request_membership(organisation=town, by=person)
    assert Mail.objects.get().to == owner.email
    client.force_login(owner)
    page = client.get(reverse("accounts:organisation", args=[town.slug]))
    assert str(person) in page.content.decode()
    client.post(reverse("accounts:membership_answer", args=[request.pk]), {"answer": "yes"})
    assert rules.acts_for(person, town)


@pytest.mark.parametrize(("answer", "state"), [("yes", "active"), ("no", "ended")])
def test_administrator_answers_a_request(client, answer, state):
    company = OrganisationFactory()
    client.force_login(own(company))
    person = UserFactory()
    request = actions.request_membership(organisation=company, by=person)
    address = reverse("accounts:membership_answer", args=[request.pk])
    assert client.post(address, {"answer": answer}).status_code == 302
    request.refresh_from_db()
    assert request.state == state
    assert Mail.objects.filter(to=person.email, template="membership_answered").exists()
    assert client.post(address, {"answer": answer}).status_code == 409


def test_others_do_not_answer_requests(client):
    company = OrganisationFactory()
    own(company)
    request = actions.request_membership(organisation=company, by=UserFactory())
    for person in (UserFactory(member_of=company), own(OrganisationFactory()), request.user):
        client.force_login(person)
        address = reverse("accounts:membership_answer", args=[request.pk])
        assert client.post(address, {"answer": "yes"}).status_code == 404
    request.refresh_from_db()
    assert request.state == "requested"


def test_last_administrator_stays():
    company = OrganisationFactory()
    first = own(company)
    membership = first.memberships.get()
    with pytest.raises(NotNow, match="needs an administrator"):
        actions.end_membership(membership=membership, by=first)
    with pytest.raises(NotNow, match="needs an administrator"):
        actions.grant_role(organisation=company, user=first, role="member", by=first)
    second = own(company)
    actions.end_membership(membership=membership, by=second)
    assert not rules.acts_for(User.objects.get(pk=first.pk), company)


def test_member_leaves_and_may_come_back(client):
    company = OrganisationFactory()
    own(company)
    person = UserFactory(member_of=company)
    client.force_login(person)
    address = reverse("accounts:membership_end", args=[person.memberships.get().pk])
    assert client.post(address).status_code == 302
    again = actions.request_membership(organisation=company, by=person)
    assert again.state == "requested"
    assert person.memberships.count() == 2


def test_nobody_ends_others_memberships(client):
    company = OrganisationFactory()
    own(company)
    membership = UserFactory(member_of=company).memberships.get()
    client.force_login(UserFactory(member_of=company))
    address = reverse("accounts:membership_end", args=[membership.pk])
    assert client.post(address).status_code == 404


def test_database_holds_one_living_membership():
    company = OrganisationFactory()
    person = UserFactory(member_of=company)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=person, organisation=company)


def test_database_holds_one_person_per_address():
    UserFactory(email="aino@kunta.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Aino@kunta.example")


def test_people_are_shown_to_the_organisations_own_only(client):
    company = OrganisationFactory()
    person = own(company)
    address = reverse("accounts:organisation", args=[company.slug])
    assert person.name not in client.get(address).content.decode()
    client.force_login(UserFactory())
    assert person.name not in client.get(address).content.decode()
    client.force_login(person)
    assert person.name in client.get(address).content.decode()


def test_names_are_escaped(client):
    company = OrganisationFactory(name="<script>alert(1)</script>")
    html = client.get(reverse("accounts:organisation", args=[company.slug])).content.decode()
    assert "<script>alert" not in html


def test_unknown_organisation_is_not_there(client):
    assert client.get("/fi/organisaatiot/ei-ole/").status_code == 404


@pytest.mark.parametrize("query", ["?q=\x00", "?q=" + "x" * 10000, "?page=-1", "?page=x", "?q=%"])
def test_list_of_municipalities_bears_odd_questions(client, query):
    HostFactory()
    assert client.get(reverse("accounts:municipalities") + query).status_code == 200


def test_municipalities_are_found_by_name(client):
    HostFactory(name="Mikkeli")
    HostFactory(name="Juva")
    html = client.get(reverse("accounts:municipalities"), {"q": "juv"}).content.decode()
    assert "Juva" in html
    assert "Mikkeli" not in html.split("</form>", 1)[1]


def test_profile_is_changed(client):
    person = UserFactory()
    client.force_login(person)
    address = reverse("accounts:profile")
    assert client.get(address).status_code == 200
    client.post(address, {"name": "Uusi Nimi", "language": "sv"})
    person.refresh_from_db()
    assert (person.name, person.language) == ("Uusi Nimi", "sv")
    assert client.post(address, {"name": "x", "language": "xx"}).status_code == 200
    person.refresh_from_db()
    assert person.language == "sv"


def test_my_page_shows_the_back_office_to_those_who_enter_it(client):
    host = HostFactory()
    shown = {
        "staff": (UserFactory(staff_of=host), True),
        "owner": (UserFactory(owner=True), True),
        "member": (UserFactory(member_of=host), False),
        "company": (own(OrganisationFactory()), False),
        "nobody": (UserFactory(), False),
    }
    for who, (person, expected) in shown.items():
        client.force_login(person)
        html = client.get(reverse("accounts:home")).content.decode()
        assert (reverse("wagtailadmin_home") in html) == expected, who


def test_invalid_organisation_names_the_field():
    with pytest.raises(Invalid) as caught:
        actions.create_organisation(by=UserFactory(), name=" ", kind="company")
    assert "name" in caught.value.errors
