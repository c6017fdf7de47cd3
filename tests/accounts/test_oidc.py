"""Sign-in and identification by a real provider of OpenID Connect on loopback."""

from urllib.parse import urlencode, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache

from accounts import oidc
from accounts.erasure import erase
from accounts.models import User
from accounts.my_data import collect
from accounts.oidc_views import Client
from core import clock
from core.models import AuditEntry, Mail
from tests.accounts import provider as providers
from tests.accounts.authenticator import set_up
from tests.accounts.provider import LEVEL, asked
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
BACK = "http://testserver/oidc/kunta/callback/"
EMAIL = "tunnettu@kunta.example"


@pytest.fixture(scope="module")
def server():
    with providers.running() as started:
        started.register(BACK)
        started.knows("1", email=EMAIL, email_verified=True, name="Tuttu Henkilö")
        started.knows("2", email=EMAIL, email_verified=False)
        started.knows("3", email=EMAIL, email_verified="true")
        started.knows("strong", acr=LEVEL, **{"urn:oid:1.2.246.21": "010190-999X"})
        started.knows("weak", acr="loa1")
        yield started


@pytest.fixture
def client(client):
    client.cookies["language"] = "en"  # addresses of return have no language
    return client


@pytest.fixture(autouse=True)
def configured(server, settings):
    def configure(**more):
        apps = [server.app(**more)]
        kept = {"APPS": apps, "OAUTH_PKCE_ENABLED": True}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": kept}

    configure()
    return configure


def begin(client, **query):
    """To the provider: the address at which it asks."""
    response = client.get(f"/oidc/kunta/?{urlencode(query)}")
    assert response.status_code == 302, response.content
    return response["Location"]


def go(client, server, sub, **query):
    back = server.agree(begin(client, **query), sub)
    assert back.startswith(BACK)
    return client.get(f"{urlsplit(back).path}?{urlsplit(back).query}")


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_question_has_state_nonce_and_pkce(client):
    url = begin(client, auth_params="nonce=mine&prompt=none", scope="admin")
    told = asked(url)
    assert len(told["state"]) >= 16
    assert len(told["nonce"]) == 32
    assert told["code_challenge_method"] == "S256"
    assert told["redirect_uri"] == BACK
    assert set(told["scope"].split()) == {"openid", "profile", "email"}
    assert "prompt" not in told
    assert asked(begin(client))["nonce"] != told["nonce"]


def test_button_is_there_when_a_provider_is(client, settings, configured):
    page = "/en/kirjaudu/?next=/en/oma/tiedot/"
    assert 'href="/oidc/kunta/?next=/en/oma/tiedot/"' in client.get(page).content.decode()
    configured(sign_in=False)
    assert "/oidc/" not in client.get(page).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert "/oidc/" not in client.get(page).content.decode()
    assert client.get("/oidc/kunta/").status_code == 404


def test_new_person_gets_an_account(client, server):
    response = go(client, server, "1", next="/en/oma/tiedot/")
    assert response["Location"] == "/en/oma/tiedot/"
    user = User.objects.get()
    assert (user.email, user.name) == (EMAIL, "Tuttu Henkilö")
    assert not user.has_usable_password()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.get(user=user).verified
    row = AuditEntry.objects.get(verb="sign_in.linked")
    assert (row.by_label, row.data) == (user.audit_label, {"provider": "kunta"})
    assert Mail.objects.get(to=EMAIL).template == "second_factor"


def test_known_person_is_linked_by_the_verified_address_and_known_by_it_no_more(client, server):
    user = UserFactory(email=EMAIL)
    go(client, server, "1")
    assert client.session["_auth_user_id"] == str(user.pk)
    account = SocialAccount.objects.get()
    assert account.user == user
    assert account.extra_data == {}  # nothing of what was told is kept
    assert account.uid != "1"
    User.objects.filter(pk=user.pk).update(email="muutettu@kunta.example")
    other = type(client)()
    go(other, server, "1")
    assert other.session["_auth_user_id"] == str(user.pk)
    assert SocialAccount.objects.count() == User.objects.count() == 1


@pytest.mark.parametrize("sub", ["2", "3", "strong"])
def test_address_that_is_not_verified_links_nothing(client, server, sub):
    UserFactory(email=EMAIL)
    response = go(client, server, sub)
    assert response.status_code == 403
    assert "verified" in response.content.decode()
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_closed_account_stays_closed(client, server):
    UserFactory(email=EMAIL, is_active=False)
    response = go(client, server, "1")
    assert client.get(response["Location"]).status_code == 200
    assert not is_in(client)


def test_second_step_is_asked_for_all_the_same(client, server):
    user = UserFactory(email=EMAIL)
    client.force_login(user)
    set_up(client)
    other = type(client)()
    assert go(other, server, "1")["Location"].endswith("/kirjaudu/vahvistus/")
    assert not is_in(other)


def test_answer_is_of_the_browser_that_asked_and_works_once(client, server):
    back = urlsplit(server.agree(begin(client), "1"))
    other = type(client)()
    assert other.get(f"{back.path}?{back.query}").status_code == 403
    assert not is_in(other)
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert client.get(f"{back.path}?{back.query}").status_code == 403


def test_answer_to_another_nonce_is_refused(client, server):
    """As when a code of another's question is slipped in."""
    mine, other = begin(client), begin(type(client)())
    swapped = mine.replace(asked(mine)["nonce"], asked(other)["nonce"])
    back = urlsplit(server.agree(swapped, "1"))
    assert client.get(f"{back.path}?{back.query}").status_code == 403
    assert not is_in(client)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "change", [{}, {"aud": "other"}, {"iss": "https://other.example"}, {"exp": 1}, {"sub": None}]
)
def test_token_that_others_signed_is_refused(client, server, rf, change):
    """Whatever it says, a key that is not the provider's signs for nobody."""
    made = Client(rf.get("/"), "kunta")
    app = made.get_provider().app
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {"iss": server.url, "aud": app.client_id, "sub": "1", "exp": 4e9, "iat": 1, **change}
    forged = jwt.encode(claims, key, algorithm="RS256")
    with pytest.raises(OAuth2Error):
        made._decode_id_token(app, forged)
    by_secret = jwt.encode(claims, app.secret * 4, algorithm="HS256")
    with pytest.raises(OAuth2Error):
        made._decode_id_token(app, by_secret)


@pytest.mark.parametrize("process", ["connect", "muu"])
def test_other_processes_are_refused(client, server, process):
    client.force_login(UserFactory())
    response = go(client, server, "1", process=process)
    assert response.status_code == 403
    assert not SocialAccount.objects.exists()


def test_one_who_stops_is_told(client, server):
    back = server.agree(begin(client), "1", action="deny")
    at = urlsplit(back)
    response = client.get(f"{at.path}?{at.query}")
    assert response.status_code == 403


def test_provider_that_does_not_answer_is_told(client, server, configured, settings):
    configured(server_url="http://127.0.0.1:9")
    cache.clear()
    response = client.get("/oidc/kunta/")
    assert response.status_code == 503
    assert "does not answer" in response.content.decode()


def test_ways_are_limited(client, configured):
    found = {client.get("/oidc/kunta/").status_code for _ in range(31)}
    assert found == {302, 429}


def identified(client):
    request = type("Request", (), {"session": client.session})()
    return oidc.identified(request)


def test_strong_identification_is_remembered_for_an_hour(client, server, configured, monkeypatch):
    configured(acr=[LEVEL], sign_in=False, auth_params={"acr_values": LEVEL})
    assert asked(begin(client))["acr_values"] == LEVEL
    response = go(client, server, "strong", process="redirect", next="/en/oma/")
    assert response["Location"] == "/en/oma/"
    assert not is_in(client)
    found = identified(client)
    assert (found.provider, found.acr) == ("kunta", LEVEL)
    assert "010190" not in str(dict(client.session.items()))
    assert "strong" not in found.subject
    assert not User.objects.exists()
    later = clock.now() + oidc.LASTS * 1.1
    monkeypatch.setattr(clock, "now", lambda: later)
    assert identified(client) is None


def test_weak_identification_is_refused(client, server, configured):
    configured(acr=[LEVEL], sign_in=False)
    assert go(client, server, "weak", process="redirect").status_code == 403
    assert identified(client) is None
    assert go(client, server, "strong").status_code == 403  # this one is for no sign-in


def test_my_data_tells_and_erasure_unlinks(client, server):
    go(client, server, "1")
    user = User.objects.get()
    told, _parts = collect(user)
    assert [one["provider"] for one in told["linked_accounts"]] == ["kunta"]
    erase(user=user, at=clock.now())
    assert not SocialAccount.objects.exists()
    other = type(client)()
    go(other, server, "1")
    assert other.session["_auth_user_id"] != str(user.pk)


@pytest.mark.parametrize("away", ["https://muualla.example/", "//muualla.example/"])
def test_way_elsewhere_is_not_followed(client, server, away):
    assert go(client, server, "1", next=away)["Location"].endswith("/oma/")
