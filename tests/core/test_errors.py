"""Refusals that a view did not catch, the moment of arrival, and forms whose key has expired."""

import re
import time
from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import arrival, clock
from core.errors import Denied, Invalid, require

pytestmark = pytest.mark.django_db
HERE = "http://testserver"


@pytest.fixture
def refusing(settings):
    """The project's own pages, and the tests' refusing ones among them."""
    settings.ROOT_URLCONF = "tests.core.all_urls"


def test_require_goes_on_or_denies():
    require(True)
    with pytest.raises(Denied):
        require(False)


def test_invalid_keeps_its_messages_by_field():
    error = Invalid(errors={"name": ["Too long."], "": ["Not both."]})
    assert error.errors == {"name": ["Too long."], "": ["Not both."]}
    assert str(error) == str(error.message) != ""


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("denied", 404, ""),
        ("not-now", 409, "The call has closed."),
        ("invalid", 400, "Too long."),
        ("other", 409, "No."),
    ],
)
def test_refusal_is_a_page_with_the_reason(refusing, kind, status, words):
    response = Client().get(f"/fi/refuse/{kind}")
    assert response.status_code == status
    assert words in response.content.decode()
    assert "<main" in response.content.decode()


def test_refusal_for_htmx_is_a_toast(refusing):
    response = Client().post("/fi/refuse/not-now", HTTP_HX_REQUEST="true")
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#toasts"
    assert "<main" not in response.content.decode()
    assert "The call has closed." in response.content.decode()


def test_refusal_for_a_boosted_link_is_a_page(refusing):
    told = {"HTTP_HX_REQUEST": "true", "HTTP_HX_BOOSTED": "true"}
    assert "<main" in Client().get("/fi/refuse/not-now", **told).content.decode()


def test_refusal_leads_back_to_our_own_page_only(refusing):
    url = "/fi/refuse/not-now"
    back = Client().get(url, HTTP_REFERER=f"{HERE}/fi/x?y=1").content.decode()
    assert 'href="/fi/x?y=1"' in back
    assert "evil" not in Client().get(url, HTTP_REFERER="http://evil.example/x").content.decode()


def test_bug_is_not_taken_for_a_refusal(refusing):
    with pytest.raises(ZeroDivisionError):
        Client().get("/fi/refuse/bug")


def test_arrival_is_when_the_request_came(refusing):
    before = clock.now()
    said = datetime.fromisoformat(Client().get("/fi/arrival").content.decode())
    assert before <= said <= clock.now()


def test_arrival_is_what_the_web_server_noted(refusing):
    noted = time.time() - 2.5
    arrival.note(noted)
    try:
        said = datetime.fromisoformat(Client().get("/fi/arrival").content.decode())
    finally:
        arrival.note(None)
    assert abs(clock.now() - said - timedelta(seconds=2.5)) < timedelta(seconds=2)
    assert said.timestamp() == pytest.approx(noted, abs=1e-3)


def post(data: dict, path: str = "/fi/page", **headers: str):
    client = Client(enforce_csrf_checks=True)
    return client, client.post(path, data, **{"HTTP_ORIGIN": HERE, **headers})


LONG = "Ensimmäinen rivi\nja <toinen> & kolmas"


def test_expired_form_keeps_what_was_typed_and_goes_on_with_one_press(refusing):
    typed = {"title": "Lyhyt", "story": LONG, "tick": ["a", "b"], "csrfmiddlewaretoken": "old"}
    client, response = post(typed, "/fi/page?step=2")
    assert response.status_code == 403
    html = response.content.decode()
    assert 'action="/fi/page?step=2"' in html
    assert '<input type="hidden" name="title" value="Lyhyt">' in html
    assert re.findall(r'name="tick" value="(\w)"', html) == ["a", "b"]
    assert "&lt;toinen&gt; &amp; kolmas</textarea>" in html
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[1]
    assert token != "old"
    again = client.post(
        "/fi/page?step=2", {**typed, "csrfmiddlewaretoken": token}, HTTP_ORIGIN=HERE
    )
    assert again.status_code == 200


def test_expired_form_gives_back_no_secret_and_no_file(refusing):
    file = SimpleUploadedFile("salainen.txt", b"inside of the file")
    typed = {"password": "hunter2", "login-code": "123456", "postal_code": "50100", "file": file}
    html = post(typed)[1].content.decode()
    assert "hunter2" not in html
    assert "123456" not in html
    assert "inside of" not in html
    assert "salainen" not in html
    assert 'enctype="multipart/form-data"' in html
    assert 'value="50100"' in html


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "http://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "", "HTTP_REFERER": "http://evil.example/x"},
        {"HTTP_ORIGIN": ""},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
    ],
)
def test_form_from_elsewhere_gets_no_second_chance(refusing, headers):
    response = post({"story": LONG}, **headers)[1]
    assert response.status_code == 403
    assert "toinen" not in response.content.decode()
    assert '<form method="post" action="/fi/page' not in response.content.decode()


def test_expired_form_of_htmx_is_a_toast(refusing):
    response = post({"story": LONG}, HTTP_HX_REQUEST="true")[1]
    assert response.status_code == 403
    assert response["HX-Retarget"] == "#toasts"


def test_expired_form_of_somebody_signed_in_is_kept_too(refusing):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        get_user_model().objects.create(email="somebody@example.org"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    html = client.post("/fi/page", {"story": LONG}, HTTP_ORIGIN=HERE).content.decode()
    assert "kolmas</textarea>" in html
