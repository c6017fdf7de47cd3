"""Signing in by a code: letter, code, session; the same page for everybody."""

import re

import pytest
from django.core.cache import cache

from accounts.models import User
from core import outbox
from core.models import Mail
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = "/en/kirjaudu/"
CODE = "/en/kirjaudu/koodi/"


def ask(client, email, **options):
    return client.post(options.pop("url", SIGN_IN), {"email": email}, **options)


def last_code(email) -> str:
    letter = Mail.objects.filter(to=email, template="login_code").latest("pk")
    found = re.search(r"^(\d{6})$", letter.text, re.MULTILINE)
    assert found, letter.text
    assert found[1] in letter.subject
    return found[1]


def test_new_address_gets_a_code_that_signs_in(client, mailoutbox):
    assert client.get(SIGN_IN).status_code == 200
    response = ask(client, "Uusi@Kunta.example", follow=True)
    assert response.redirect_chain[-1][0] == CODE
    assert "uusi@kunta.example" in response.content.decode().lower()
    outbox.run_now()
    (letter,) = mailoutbox
    assert letter.to[0].lower() == "uusi@kunta.example"
    assert "_auth_user_id" not in client.session
    response = client.post(CODE, {"code": last_code(letter.to[0]), "action": "verify"})
    assert response.status_code == 302
    assert response["Location"] == "/en/oma/"
    user = User.objects.get()
    assert user.email == "uusi@kunta.example"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.has_usable_password()


def test_known_person_signs_in_and_comes_back_to_where_they_were(client):
    person = UserFactory()
    response = client.post(f"{SIGN_IN}?next=/en/tuomari/", {"email": person.email.upper()})
    code = last_code(Mail.objects.get().to)
    response = client.post(response["Location"], {"code": code, "action": "verify"})
    assert response["Location"] == "/en/tuomari/"
    assert User.objects.count() == 1


def test_next_elsewhere_is_not_followed(client):
    person = UserFactory()
    response = client.post(f"{SIGN_IN}?next=https://muualla.example/", {"email": person.email})
    response = client.post(response["Location"], {"code": last_code(person.email)})
    assert response["Location"] == "/en/oma/"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_letter_is_in_the_language_of_the_page(client, language):
    ask(client, "uusi@kunta.example", url=f"/{language}/kirjaudu/")
    assert Mail.objects.get().language == language
    assert User.objects.get().language == language


def test_wrong_code_is_told_and_a_few_are_enough(client):
    person = UserFactory()
    ask(client, person.email)
    code = last_code(person.email)
    wrong = "000000" if code != "000000" else "111111"
    response = client.post(CODE, {"code": wrong, "action": "verify"})
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert client.post(CODE, {"code": "", "action": "verify"}).status_code == 200
    for _ in range(4):
        client.post(CODE, {"code": wrong, "action": "verify"})
    client.post(CODE, {"code": code, "action": "verify"})
    assert "_auth_user_id" not in client.session


def test_code_is_of_one_browser_only(client):
    person = UserFactory()
    ask(client, person.email)
    code = last_code(person.email)
    other = type(client)()
    assert other.post(CODE, {"code": code, "action": "verify"}).status_code == 302
    assert "_auth_user_id" not in other.session


def test_page_does_not_tell_who_has_an_account(client):
    """Known, unknown, closed: the same status, address, page and one letter each."""
    addresses = [UserFactory().email, "ei@tuttu.example", UserFactory(is_active=False).email]
    seen = []
    for address in addresses:
        visitor = type(client)()
        response = ask(visitor, address, follow=True)
        html = re.sub(r'value="[^"]{20,}"', "", response.content.decode())
        seen.append((response.redirect_chain, html.replace(address, "X")))
        assert Mail.objects.filter(to=address).count() == 1
    assert seen[0] == seen[1] == seen[2]


def test_closed_account_cannot_sign_in(client):
    person = UserFactory(is_active=False)
    ask(client, person.email)
    assert Mail.objects.get().template == "unknown_account"
    client.post(CODE, {"code": "", "action": "verify"})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("email", ["", "ei osoite", "a@b", "x" * 300 + "@x.example", "a\x00@x.fi"])
def test_wrong_address_is_told_at_the_field(client, email):
    response = ask(client, email)
    assert response.status_code == 200
    html = response.content.decode()
    assert "error-summary" in html
    assert not Mail.objects.exists()
    assert not User.objects.exists()


def test_codes_for_one_address_are_limited(client):
    for _ in range(5):
        ask(type(client)(), "uusi@kunta.example")
    assert Mail.objects.count() == 3


def test_codes_from_one_place_are_limited(client):
    for n in range(25):
        ask(type(client)(), f"osoite-{n}@kunta.example")
    assert Mail.objects.count() == 20
    cache.clear()


def test_signing_out_asks_first(client):
    client.force_login(UserFactory())
    assert client.get("/en/kirjaudu-ulos/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/en/kirjaudu-ulos/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_code_page_without_a_request_leads_back(client):
    assert client.get(CODE).status_code == 302
