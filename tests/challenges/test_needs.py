"""Needs: told by anybody, read by the staff of the municipality, in the record without words."""

import datetime as dt

import pytest
from django.urls import reverse

from challenges import hosting, needs
from challenges.models import Need
from challenges.states import NeedState
from cms.setup import setup_site
from core import clock, robots
from core.errors import Denied, Invalid
from core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.challenges import HostFactory

pytestmark = pytest.mark.django_db

TEXT = "Koulukyydit eivät odota myöhästynyttä bussia."


@pytest.fixture
def host():
    setup_site()
    made = HostFactory(name="Mikkelin kaupunki", municipality="Mikkeli")
    hosting.ensure_host(made)
    return made


def told(**more):
    given = {"text": TEXT, "municipality": "Mikkeli", "email": "a@posti.example"} | more
    return needs.tell_need(**given, language="fi", by=None, at=clock.now())


def sent(*, form="need", seconds=60, **more):
    """A form that was opened a while ago."""
    opened = robots.opened(form, clock.now() - dt.timedelta(seconds=seconds))
    return {"text": TEXT, "municipality": "Mikkeli", "email": "", "opened": opened} | more


def test_need_is_kept_for_the_municipality_and_recorded_without_its_words(host):
    need = told()
    assert need.organisation == host
    entry = AuditEntry.objects.get(verb="need.told")
    assert entry.chain == "needs"
    assert entry.data == {"municipality": "Mikkeli"}
    assert told(municipality="").organisation is None
    assert told(municipality="Utsjoki").organisation is None


@pytest.mark.parametrize("bad", [{"text": " "}, {"text": "x" * 2001}, {"email": "ei-osoite"}])
def test_need_must_be_whole(bad):
    with pytest.raises(Invalid) as refusal:
        told(**bad)
    assert set(refusal.value.errors) == set(bad)
    assert not Need.objects.exists()


def test_staff_of_the_municipality_say_what_becomes_of_it(host):
    need, mine = told(), UserFactory(staff_of=host)
    needs.sort_need(need=need, state=NeedState.CONSIDERED, note="Syksyn haasteeseen", by=mine)
    need.refresh_from_db()
    assert (need.state, need.note) == (NeedState.CONSIDERED, "Syksyn haasteeseen")
    assert AuditEntry.objects.filter(verb="need.sorted", by=mine).count() == 1
    with pytest.raises(Denied):
        needs.sort_need(need=need, state="closed", note="", by=UserFactory(staff_of=HostFactory()))
    nowhere = told(municipality="")
    with pytest.raises(Denied):
        needs.sort_need(need=nowhere, state="closed", note="", by=mine)
    needs.sort_need(need=nowhere, state="closed", note="", by=UserFactory(is_superuser=True))


def test_words_of_a_search_come_along(client):
    page = client.get(reverse("challenges:need") + "?q=ydinvoimala%00%3Cb%3E").content.decode()
    assert "ydinvoimala &lt;b&gt;" in page


def test_form_keeps_a_need_and_thanks(client, host):
    answer = client.post(reverse("challenges:need"), sent())
    assert answer["Location"] == reverse("challenges:need_told")
    assert client.get(answer["Location"]).status_code == 200
    assert Need.objects.get().text == TEXT


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"text": ""}, 422),
        ({"email": "ei-osoite"}, 422),
        ({"municipality": "Atlantis"}, 422),
        ({"website": "https://spam.example"}, 429),
        ({"opened": "vanha"}, 429),
    ],
)
def test_refused_form_gives_everything_back(client, more, status):
    answer = client.post(reverse("challenges:need"), sent(**more))
    assert answer.status_code == status
    assert "data-error-summary" in answer.content.decode()
    assert more.get("text", TEXT) in answer.content.decode()
    assert not Need.objects.exists()


@pytest.mark.parametrize("odd", [{"seconds": 0}, {"form": "other"}, {"seconds": 99_999}])
def test_form_sent_at_once_of_another_page_or_too_late_is_not_taken(client, odd):
    assert client.post(reverse("challenges:need"), sent(**odd)).status_code == 429
    assert not Need.objects.exists()


def test_needs_of_one_address_are_limited(client, monkeypatch):
    monkeypatch.setattr("challenges.views.NEEDS_PER_HOUR", 1)
    codes = [client.post(reverse("challenges:need"), sent()).status_code for _ in range(2)]
    assert codes == [302, 429]


def test_office_shows_own_needs_only(client, host):
    own, foreign = told(), told(text="Toisen kunnan tarve", municipality="Utsjoki")
    client.force_login(UserFactory(staff_of=host))
    answer = client.get(reverse("needs:index"))
    assert answer.status_code == 200, answer["Location"]
    listed = answer.content.decode()
    assert TEXT in listed
    assert "Toisen kunnan" not in listed
    edit = reverse("needs:edit", args=[own.pk])
    assert "a@posti.example" in client.get(edit).content.decode()
    client.post(edit, {"state": "closed", "note": "Ratkaistu", "text": "Muutettu"})
    own.refresh_from_db()
    assert (own.state, own.note, own.text) == ("closed", "Ratkaistu", TEXT)
    assert client.get(reverse("needs:edit", args=[foreign.pk])).status_code == 404
