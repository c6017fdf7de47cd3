"""The private pages after the writing: status, receipt, withdrawal, the link by mail."""

import pytest
from django.utils import translation

from core import clock
from core.models import Mail
from ideas import links
from ideas.models import Idea
from tests.factories.ideas import IdeaFactory, whole_answers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def address(idea, tail=""):
    return f"/en/e/{links.token_of(idea)}/{tail}"


def test_send_me_the_link(client):
    idea = IdeaFactory()
    bad = client.post(address(idea, "-linkki/"), {"email": "nimi"})
    assert "no @ sign" in bad.content.decode()
    good = client.post(address(idea, "-linkki/"), {"email": "nimi@esimerkki.example"})
    assert "on its way" in good.content.decode()
    assert address(idea) in Mail.objects.get().text
    for _ in range(3):
        refused = client.post(address(idea, "-linkki/"), {"email": "nimi@esimerkki.example"})
    assert refused.status_code == 422
    assert Mail.objects.count() == 3


def test_withdrawing_asks_first(client):
    idea = IdeaFactory(submitted=True)
    assert "Withdraw the proposal?" in client.get(address(idea, "-peru/")).content.decode()
    response = client.post(address(idea, "-peru/"))
    assert idea.reference in response.content.decode()
    assert client.get(address(idea)).status_code == 404


def test_home_of_a_draft_goes_to_the_first_open_step(client):
    idea = IdeaFactory(answers={"problem": "x", "title": "y"})
    assert client.get(address(idea)).url == address(idea, "people/")
    whole = IdeaFactory(series=idea.series)
    assert client.get(address(whole)).url == address(whole, "-tarkista/")


def test_receipt_of_a_draft_goes_home(client):
    idea = IdeaFactory()
    assert client.get(address(idea, "-kuitti/")).url == address(idea)


def test_status_shows_unsent_changes_and_a_refusal_with_its_reason(client):
    idea = IdeaFactory(submitted=True)
    Idea.objects.update(answers=whole_answers(title="Uusi nimi"))
    assert "changes that have not been sent" in client.get(address(idea)).content.decode()
    refused = IdeaFactory(series=idea.series, ineligible=True)
    refused.checks.create(eligible=False, reason="Ei koske kuntaa.", at=clock.now())
    assert "Ei koske kuntaa." in client.get(address(refused)).content.decode()
