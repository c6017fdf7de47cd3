"""A challenge that asks for strong identification: drafts without, sending with."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from accounts import oidc
from accounts.actions import become_host
from challenges.models import Challenge
from challenges.states import Assurance
from cms.setup import setup_site
from core import clock
from core.models import AuditEntry
from ideas import links
from ideas.actions import save_draft, submit_idea
from ideas.errors import NotIdentified
from ideas.models import Idea, IdeaVersion
from tests.accounts import provider as providers
from tests.accounts.provider import LEVEL, through
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db
BACK = "http://testserver/oidc/pankki/callback/"


@pytest.fixture(scope="module")
def server():
    with providers.running() as started:
        started.register(BACK)
        started.knows("strong", acr=LEVEL)
        started.knows("weak", acr="loa1")
        yield started


@pytest.fixture(autouse=True)
def configured(server, settings):
    app = server.app("pankki", acr=[LEVEL], sign_in=False)
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    with translation.override("en"):
        yield


@pytest.fixture
def idea():
    found = IdeaFactory(
        series=open_series(), created_at=clock.now() - oidc.LASTS, saved_at=clock.now()
    )
    Challenge.objects.update(assurance=Assurance.STRONG)
    return Idea.objects.get(pk=found.pk)


def address(idea, tail):
    return f"/en/e/{links.token_of(idea)}/{tail}/"


def way(page: str) -> str:
    return html.unescape(re.search(r'href="(/oidc/pankki/[^"]+)"', page)[1])


def test_draft_is_written_without_and_sent_with(client, server, idea):
    client.cookies["language"] = "en"
    step = client.get(address(idea, "problem"))
    assert step.status_code == 200
    save_draft(idea=idea, answers={"title": "Uusi nimi"}, revision=idea.revision, at=clock.now())
    page = client.get(address(idea, "-tarkista")).content.decode()
    assert "Identify yourself: Kunnan tunnus" in page

    refused = client.post(address(idea, "-laheta"))
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Identify yourself first" in page
    assert "Uusi nimi" in page
    assert not IdeaVersion.objects.exists()

    weak = through(client, server, way(page), "weak")
    assert weak.status_code == 403
    assert client.post(address(idea, "-laheta")).status_code == 409

    back = through(client, server, way(page), "strong")
    assert back["Location"] == address(idea, "-tarkista")
    assert "It holds for an hour" in client.get(back["Location"]).content.decode()
    sent = client.post(address(idea, "-laheta"))
    assert sent["Location"] == address(idea, "-kuitti")
    version = IdeaVersion.objects.get()
    assert version.assurance == Assurance.STRONG
    assert version.identified_at <= version.submitted_at
    when = f"strongly identified ({localtime(version.identified_at):%-d.%-m.%Y %H.%M})"
    assert when in client.get(sent["Location"]).content.decode()
    row = AuditEntry.objects.get(verb="idea.submitted")
    assert (row.data["assurance"], row.data["provider"]) == ("strong", "pankki")
    assert row.data["acr"] == LEVEL
    assert row.data["identified_at"][:19] == version.identified_at.isoformat()[:19]
    assert "strong" not in row.data["subject"]


def test_staff_see_the_level_and_the_time(client, idea):
    setup_site()
    become_host(organisation=idea.challenge.owner, by=None)
    at = clock.now()
    shown = oidc.Identified("pankki", LEVEL, "x", at)
    submit_idea(idea=idea, at=at, identified=shown)
    client.force_login(UserFactory(staff_of=idea.challenge.owner))
    client.cookies["language"] = "en"
    number = Idea.objects.get().number
    page = reverse("ideas_admin:proposal", args=[idea.challenge_id, number])
    said = f"Strong identification {localtime(at):%-d.%-m.%Y %H.%M}"
    assert said in client.get(page).content.decode()


def test_identification_is_too_old_after_an_hour(client, server, idea, monkeypatch):
    client.cookies["language"] = "en"
    page = client.get(address(idea, "-tarkista")).content.decode()
    through(client, server, way(page), "strong")
    later = clock.now() + oidc.LASTS * 1.1
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post(address(idea, "-laheta")).status_code == 409


def test_provider_that_is_taken_away_counts_no_more(client, server, idea, settings):
    client.cookies["language"] = "en"
    page = client.get(address(idea, "-tarkista")).content.decode()
    through(client, server, way(page), "strong")
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert client.post(address(idea, "-laheta")).status_code == 409
    assert "does not work right now" in client.get(address(idea, "-tarkista")).content.decode()


def test_action_itself_refuses(idea):
    with pytest.raises(NotIdentified):
        submit_idea(idea=idea, at=clock.now())


def test_address_is_enough_elsewhere(client, idea):
    Challenge.objects.update(assurance=Assurance.EMAIL)
    assert "/oidc/" not in client.get(address(idea, "-tarkista")).content.decode()
    assert client.post(address(idea, "-laheta")).status_code == 302
    version = IdeaVersion.objects.get()
    assert (version.assurance, version.identified_at) == (Assurance.EMAIL, None)
    client.cookies["language"] = "en"
    receipt = client.get(address(idea, "-kuitti")).content.decode()
    assert "had the secret link, without strong identification" in receipt
    assert AuditEntry.objects.get(verb="idea.submitted").data["assurance"] == "email"
