"""The second step of sign-in: set up, asked for, lost, and required of roles."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command

from accounts import factors, rules
from accounts.actions import become_host, grant_role
from accounts.erasure import erase
from accounts.models import User
from accounts.my_data import collect
from accounts.states import Role
from cms.setup import setup_site
from core import clock
from core.errors import Denied
from core.models import AuditEntry, Mail
from scoring.rules import can_chair, may_read
from tests.accounts.authenticator import APP, code, set_up
from tests.accounts.test_sign_in import CODE, ask, last_code
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.challenges import HostFactory
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db
INDEX = "/en/oma/vahvistus/"
AGAIN = f"{INDEX}uudelleen/"
CODES = f"{INDEX}varakoodit/"
STEP = "/en/kirjaudu/vahvistus/"
ADMIN = "/admin/"


@pytest.fixture
def client(client):
    client.cookies["language"] = "en"  # the back office has no language in its addresses
    return client


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def host():
    """With its pages and its back office."""
    setup_site()
    made = HostFactory(is_host=False)
    become_host(organisation=made, by=None)
    return made


@pytest.fixture
def enrolled(client, person):
    """(person, secret); the client is signed in."""
    client.force_login(person)
    return person, set_up(client)


def by_letter(client, person):
    """Up to the second step, in another browser."""
    visitor = type(client)()
    ask(visitor, person.email)
    response = visitor.post(CODE, {"code": last_code(person.email), "action": "verify"})
    return visitor, response


def is_in(visitor) -> bool:
    return "_auth_user_id" in visitor.session


def recovery_codes(client) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", client.get(CODES).content.decode())


def verbs(person) -> list[str]:
    rows = AuditEntry.objects.filter(target_id=str(person.pk), verb__startswith="second_factor")
    assert {row.by_label for row in rows} <= {person.audit_label}
    return [row.verb for row in rows.order_by("pk")]


def test_app_is_set_up_and_recovery_codes_are_shown(client, person):
    client.force_login(person)
    html = client.get(APP).content.decode()
    secret = re.search(r'id="key">([A-Z2-7 ]+)<', html)[1].replace(" ", "")
    assert "<svg" in html
    assert "style=" not in html.split("<svg")[1].split("</svg>")[0]
    wrong = client.post(APP, {"code": "12345"})
    assert wrong.status_code == 200
    assert "error-summary" in wrong.content.decode()
    assert not Authenticator.objects.exists()
    response = client.post(APP, {"code": code(secret)}, follow=True)
    assert response.redirect_chain == [(CODES, 302)]
    shown = re.findall(r"<code>(\d{8})</code>", response.content.decode())
    assert len(set(shown)) == 10
    file = client.get(f"{CODES}lataa/")
    assert set(shown) <= set(file.content.decode().split())
    assert verbs(person) == ["second_factor.added"]
    assert Mail.objects.get(to=person.email).template == "second_factor"
    stored = str(Authenticator.objects.get(type="totp").data)
    assert secret not in stored


def test_sign_in_asks_for_the_second_step(client, enrolled):
    person, secret = enrolled
    visitor, response = by_letter(client, person)
    assert response["Location"] == STEP
    assert not is_in(visitor)
    html = visitor.post(STEP, {"code": "000000"}).content.decode()
    assert "error-summary" in html
    assert not is_in(visitor)
    used = code(secret, later=1)
    assert visitor.post(STEP, {"code": used})["Location"] == "/en/oma/"
    assert is_in(visitor)
    other, _response = by_letter(client, person)
    other.post(STEP, {"code": used})
    assert not is_in(other)


def test_recovery_code_works_once_and_is_told(client, enrolled):
    person, _secret = enrolled
    first = recovery_codes(client)[0]
    for works in (True, False):
        visitor, _response = by_letter(client, person)
        visitor.post(STEP, {"code": first})
        assert is_in(visitor) is works
    assert verbs(person) == ["second_factor.added", "second_factor.code_used"]
    assert AuditEntry.objects.get(verb="second_factor.code_used").data == {"left": 9}
    assert Mail.objects.filter(to=person.email, template="second_factor").count() == 2
    made = client.post(f"{CODES}uudet/", follow=True).content.decode()
    assert first not in made
    assert verbs(person)[-1] == "second_factor.codes_made"


def test_tries_are_limited(client, enrolled):
    person, secret = enrolled
    visitor, _response = by_letter(client, person)
    for _ in range(12):
        visitor.post(STEP, {"code": "000000"})
    visitor.post(STEP, {"code": code(secret, later=1)})
    assert not is_in(visitor)
    cache.clear()
    visitor.post(STEP, {"code": code(secret, later=1)})
    assert is_in(visitor)


def test_removing_asks_for_the_factor_first(client, enrolled):
    person, secret = enrolled
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    response = client.post(f"{APP}pois/")
    assert response["Location"].startswith(AGAIN)
    assert Authenticator.objects.filter(type="totp").exists()
    page = client.post(response["Location"], {"code": code(secret, later=1)}, follow=True)
    assert page.status_code == 200
    client.post(f"{APP}pois/")
    assert not Authenticator.objects.exists()
    assert verbs(person) == ["second_factor.added", "second_factor.removed"]


@pytest.mark.parametrize("required", [frozenset(), frozenset({"juror", "chair"})])
def test_back_office_is_open_where_staff_need_none(client, settings, host, required):
    settings.SECOND_FACTOR_REQUIRED_FOR = required
    client.force_login(UserFactory(staff_of=host))
    assert client.get(ADMIN).status_code == 200


@pytest.mark.parametrize("role", ["staff_of", "admin_of", "owner"])
def test_back_office_asks_staff_to_set_one_up_and_then_opens(client, settings, host, role):
    settings.SECOND_FACTOR_REQUIRED_FOR = frozenset({"staff"})
    staff = UserFactory(**{role: True if role == "owner" else host})
    client.force_login(staff)
    there = client.get("/admin/?tila=auki")
    assert there["Location"] == f"{INDEX}?next=%2Fadmin%2F%3Ftila%3Dauki"
    page = client.get(there["Location"]).content.decode()
    link = re.search(rf'href="({APP}[^"]*)"', page)[1]
    set_up(client, link)
    shown = client.get(f"{CODES}?next=/admin/").content.decode()
    assert 'href="/admin/"' in shown
    assert client.get(ADMIN).status_code == 200
    kept = client.post(f"{APP}pois/", follow=True)
    assert Authenticator.objects.filter(user=staff, type="totp").exists()
    assert kept.status_code == 200


def test_session_without_the_factor_is_asked_and_nothing_typed_is_lost(client, settings, host):
    staff = UserFactory(staff_of=host)
    client.force_login(staff)
    secret = set_up(client)
    settings.SECOND_FACTOR_REQUIRED_FOR = frozenset({"staff"})
    other = type(client)()
    other.cookies["language"] = "en"
    other.force_login(staff)  # as any door does that does not ask for the second step
    assert other.get(ADMIN)["Location"] == f"{AGAIN}?next=%2Fadmin%2F"
    text = "Pitkä selostus, jota ei saa kadottaa missään tapauksessa"
    kept = other.post("/admin/needs/", {"text": text})
    assert kept.status_code == 401
    assert text in kept.content.decode()
    fragment = other.post("/admin/needs/", {"text": text}, headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    response = other.post(f"{AGAIN}?next=/admin/", {"code": code(secret, later=1)})
    assert response["Location"] == ADMIN
    assert other.get(ADMIN).status_code == 200


def test_rights_of_staff_rest_on_all_pages(client, settings):
    """Not at the doors only: rights on public pages follow from the same roles."""
    host = HostFactory()
    admin = UserFactory(admin_of=host)
    page = f"/en/organisaatiot/{host.slug}/"
    client.force_login(admin)
    assert "/loppu/" in client.get(page).content.decode()
    settings.SECOND_FACTOR_REQUIRED_FOR = frozenset({"staff"})
    html = client.get(page).content.decode()
    assert admin.name in html  # a member still
    other = UserFactory(member_of=host)
    membership = other.memberships.get()
    assert client.post(f"/en/jasenyys/{membership.pk}/loppu/").status_code == 404
    set_up(client)
    assert client.post(f"/en/jasenyys/{membership.pk}/loppu/").status_code == 302


def test_others_are_not_asked(client, settings):
    settings.SECOND_FACTOR_REQUIRED_FOR = frozenset({"staff", "chair", "juror"})
    client.force_login(UserFactory(admin_of=OrganisationFactory()))
    assert client.get("/en/oma/").status_code == 200
    assert client.get("/en/tuomari/").status_code == 200
    assert client.get(ADMIN)["Location"].startswith("/en/kirjaudu/")


@pytest.mark.parametrize(
    ("required", "chair", "asked"),
    [
        ({"juror"}, False, True),
        ({"juror"}, True, True),
        ({"chair"}, True, True),
        ({"chair"}, False, False),
        ({"staff"}, True, False),
    ],
)
def test_desk_asks_jurors_and_chairs(client, settings, required, chair, asked):
    world = World.make(ideas=2, jurors=3, assigned=True)
    world.declare_all()
    juror = world.jurors[0]
    juror.chair = chair
    juror.save()
    settings.SECOND_FACTOR_REQUIRED_FOR = frozenset(required)
    client.force_login(juror.user)
    desk = f"/en/tuomari/{juror.pk}/"
    assert (client.get(desk).status_code == 302) is asked
    mine = world.assignments(juror)[0].idea
    juror.user.second_factor_shown = False
    assert may_read(juror.user, mine) is ("juror" not in required)
    assert can_chair(juror.user, world.challenge) is (chair and required == {"staff"})
    set_up(client)
    assert client.get(desk).status_code == 200


def test_autosave_of_a_juror_says_what_to_do(client, settings):
    world = World.make(ideas=2, jurors=3, assigned=True)
    settings.SECOND_FACTOR_REQUIRED_FOR = frozenset({"juror"})
    client.force_login(world.jurors[0].user)
    sheet = world.assignments(world.jurors[0])[0]
    response = client.post(
        f"/en/tuomari/arvio/{sheet.pk}/tallenna/", {"benefit": 3}, headers={"X-Autosave": "1"}
    )
    assert response.status_code == 401
    assert "second factor" in response.json()["problem"]


def test_lost_factor_is_removed_by_who_may(client, enrolled):
    person, _secret = enrolled
    host = HostFactory()
    for role in ("staff_of", "member_of"):
        other = UserFactory(**{role: host})
        with pytest.raises(Denied):
            factors.reset(user=person, by=other)
    address = f"/en/henkilot/{person.pk}/vahvistus/"
    owner = UserFactory(owner=True)
    desk = type(client)()
    desk.force_login(owner)
    assert person.name in desk.get(address).content.decode()
    assert desk.post(address).status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    row = AuditEntry.objects.get(verb="second_factor.reset")
    assert (row.by_label, row.target_id) == (owner.audit_label, str(person.pk))
    assert Mail.objects.filter(to=person.email, template="second_factor").count() == 2
    visitor, response = by_letter(client, person)
    assert response["Location"] == "/en/oma/"
    assert is_in(visitor)
    assert desk.get(f"/en/henkilot/{owner.pk}/vahvistus/").status_code == 404


def test_reset_ends_sessions(client, enrolled):
    person, secret = enrolled
    visitor, _response = by_letter(client, person)
    visitor.post(STEP, {"code": code(secret, later=1)})
    assert visitor.get("/en/oma/").status_code == 200
    factors.reset(user=person, by=None)
    assert visitor.get("/en/oma/").status_code == 302


def test_administrator_removes_those_of_own_people_only(client):
    host, other = HostFactory(), HostFactory()
    admin = UserFactory(admin_of=host)
    own, shared = UserFactory(staff_of=host), UserFactory(staff_of=host)
    outside = UserFactory(staff_of=other)
    owner = UserFactory(owner=True, member_of=host)
    grant_role(organisation=other, user=shared, role=Role.STAFF, by=None)
    found = {one.pk: rules.can_reset_factors(admin, one) for one in (own, shared, outside, owner)}
    assert found == {own.pk: True, shared.pk: False, outside.pk: False, owner.pk: False}
    Authenticator.objects.create(user=own, type="totp", data={})
    Authenticator.objects.create(user=shared, type="totp", data={})
    client.force_login(admin)
    html = client.get(f"/en/organisaatiot/{host.slug}/").content.decode()
    assert f"/henkilot/{own.pk}/" in html
    assert f"/henkilot/{shared.pk}/" not in html


def test_command_removes_a_lost_one(enrolled, capsys):
    person, _secret = enrolled
    call_command("reset_second_factor", person.email.upper())
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get(verb="second_factor.reset").by_label == ""
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "ei@ole.example")


def test_my_data_tells_and_erasure_removes(enrolled):
    person, _secret = enrolled
    told, _parts = collect(person)
    assert {one["type"] for one in told["second_factors"]} == {"totp", "recovery_codes"}
    assert "secret" not in str(told["second_factors"])
    erase(user=person, at=clock.now())
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "credential",
    ["", "x", "[]", "{}", '{"id": "x"}', '{"response": 1}', '{"response": {"userHandle": "MQ"}}'],
)
def test_what_no_passkey_made_is_refused(client, person, credential):
    client.get("/en/kirjaudu/avain/", headers={"Accept": "application/json"})
    response = client.post("/en/kirjaudu/avain/", {"credential": credential})
    assert response["Location"] == "/en/kirjaudu/"
    assert not is_in(client)
    client.force_login(person)
    page = f"{INDEX}avain/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()
    set_up(client)
    again = client.post(f"{INDEX}avaimella/", {"credential": credential})
    assert again.status_code == 302


def test_owner_whom_the_command_made_is_asked_for_no_password(client):
    owner = User.objects.create_superuser("omistaja@talkoot.example", "salasana")
    client.force_login(owner)
    secret = set_up(client)
    other = type(client)()
    other.force_login(owner)
    asked = other.post(f"{APP}pois/")
    assert asked["Location"].partition("?")[0].endswith("/oma/vahvistus/uudelleen/")
    other.post(asked["Location"], {"code": code(secret, later=1)})
    assert not Authenticator.objects.exists()  # what was asked for went on after the code


@pytest.mark.parametrize("away", ["https://muualla.example/", "//muualla.example/"])
def test_way_elsewhere_is_not_followed(client, person, away):
    client.force_login(person)
    secret = set_up(client, f"{APP}?next={away}")
    for page in (INDEX, CODES):
        _head, main = client.get(f"{page}?next={away}").content.decode().split("<main", 1)
        assert "muualla" not in main.split("</main>")[0]
    response = client.post(f"{AGAIN}?next={away}", {"code": code(secret, later=1)})
    assert response["Location"] == "/en/oma/"
