"""Signing in with one press, and the mailbox of the demonstration."""

import pytest
from django.test import Client, override_settings
from django.utils import translation

from core.models import Mail
from demo.people import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def client() -> Client:
    return Client()


def test_sign_in_page_offers_everybody(client):
    html = client.get("/fi/kirjaudu/").content.decode()
    for person in people():
        assert f'value="{person.key}"' in html
        assert person.name in html


@pytest.mark.parametrize("person", people(), ids=lambda person: person.key)
def test_one_press_signs_in_and_leads_to_where_the_person_begins(client, person):
    answer = client.post("/fi/demo/kirjaudu/", {"person": person.key})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert page.context["user"].email == person.email


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client):
    answer = client.post("/fi/demo/kirjaudu/", {"person": "company", "next": "/fi/kunnat/"})
    assert answer["Location"] == "/fi/kunnat/"


def test_sign_in_does_not_lead_elsewhere(client):
    answer = client.post(
        "/fi/demo/kirjaudu/", {"person": "company", "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == "/fi/oma/"


@pytest.mark.parametrize("key", ["", "nobody"])
def test_unknown_person_is_not_found(client, key):
    assert client.post("/fi/demo/kirjaudu/", {"person": key}).status_code == 404


def test_sign_in_needs_a_press(client):
    assert client.get("/fi/demo/kirjaudu/").status_code == 405


def test_mailbox_shows_the_newest_letter_with_links_that_work(client):
    Mail.objects.create(
        to="new@comer.example",
        template="login_code",
        subject="Your code is ABC-123",
        text="See http://localhost:8000/fi/ <b>now</b>",
        message_id="<one@talkoot.example>",
    )
    html = client.get("/fi/demo/posti/").content.decode()
    assert html.index("Your code is ABC-123") < html.index("haaste@mikkeli.example")
    assert '<a href="http://localhost:8000/fi/"' in html
    assert "<b>now</b>" not in html


def test_mailbox_has_pages_and_finds_by_address(client):
    assert len(client.get("/fi/demo/posti/").context["page"]) == 20
    assert client.get("/fi/demo/posti/?page=2").context["page"].number == 2
    found = client.get("/fi/demo/posti/", {"to": "tuomari"}).context["page"].object_list
    assert found
    assert all("tuomari" in letter.to for letter in found)
    assert not client.get("/fi/demo/posti/", {"to": "nobody@x.example"}).context["page"].object_list


def test_ribbon_leads_to_the_mailbox(client):
    assert "/sv/demo/posti/" in client.get("/sv/haasteet/").content.decode()


def test_code_page_tells_where_the_letter_is(client):
    answer = client.post("/fi/kirjaudu/", {"email": people()[0].email}, follow=True)
    assert 'href="/fi/demo/posti/"' in answer.content.decode().split("<main")[1]


def test_without_demo_there_are_no_such_pages(client):
    with override_settings(DEMO=False):
        assert client.get("/fi/demo/posti/").status_code == 404
        assert client.post("/fi/demo/kirjaudu/", {"person": "owner"}).status_code == 404


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_footer_pages_are_there_in_every_language(client, language):
    slugs = (
        *("nain-toimii", "avoin-data", "selkokielella", "saavutettavuus", "tietosuoja"),
        *("evasteet", "julkisuus", "apua"),
    )
    for slug in slugs:
        answer = client.get(f"/{language}/{slug}/")
        assert answer.status_code == 200, slug
        assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_public_pages_of_the_demo_open(client, language):
    with translation.override(language):
        paths = [
            f"/{language}/",
            f"/{language}/haasteet/",
            f"/{language}/mikkeli/mikkeli-smart-city-2020/",
            f"/{language}/kuopio/mika-kuntasi-arjessa-kangertaa/",
            f"/{language}/haasteet/mikkeli-smart-city-2020/tulokset/",
            f"/{language}/ratkaisut/?q=koulutaksi",
        ]
        for path in paths:
            assert client.get(path).status_code == 200, path
