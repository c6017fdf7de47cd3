"""An organisation's path: sign-in, organisation, parts in any order, preview, receipt, versions."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import Membership, Organisation, User
from accounts.states import MembershipState
from challenges.models import Phase
from challenges.states import PhaseKind
from core import clock
from core.models import Mail
from ideas import actions
from ideas.models import Idea
from ideas.states import IdeaState
from ideas.tasks import send_receipt
from tests.factories.ideas import (
    company,
    member_of,
    open_series,
    organisation_answers,
    organisations_series,
    whole_answers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def series():
    return organisations_series()


@pytest.fixture
def person():
    return member_of(company(), "kirjoittaja@reitti.example")


def door(series):
    return f"/en/ehdota/{series.challenge.slug}/{series.key}/"


def own(idea, tail=""):
    return f"/en/oma/ehdotus/{idea.uid}/{tail}"


def begin(client, series):
    token = client.get(door(series)).context["start_token"]
    firm = Organisation.objects.get(slug="reitti-oy")
    return client.post(door(series), {"start": token, "organisation": firm.uid.hex}), token


def draft(series, person, **answers):
    firm = Membership.objects.get(user=person).organisation
    idea = actions.start_draft(
        series=series, language="fi", at=clock.now(), by=person, organisation=firm
    )
    return actions.save_draft(
        idea=idea,
        answers=organisation_answers(**answers),
        revision=0,
        at=clock.now(),
        by=person,
    )


def test_door_asks_to_sign_in_and_comes_back(client, series):
    assert client.get(door(series))["Location"] == f"/en/kirjaudu/?next={door(series)}"
    assert client.post(door(series)).status_code == 401
    assert not Idea.objects.exists()


def test_person_without_an_organisation_is_led_to_add_one_and_back(client, series):
    client.force_login(User.objects.create_user("uusi@x.example"))
    text = client.get(door(series)).content.decode()
    assert f"/en/oma/organisaatio/?next={door(series)}" in text
    response = client.post(
        f"/en/oma/organisaatio/?next={door(series)}",
        {"kind": "company", "name": "Uusi Oy", "business_id": "2345671-3"},
    )
    assert response["Location"] == door(series)
    assert "Uusi Oy" in client.get(door(series)).content.decode()


def test_waiting_membership_gives_no_right(client, series):
    person = User.objects.create_user("uusi@x.example")
    firm = company()
    Membership.objects.create(user=person, organisation=firm, state=MembershipState.REQUESTED)
    client.force_login(person)
    page = client.get(door(series))
    assert "Waiting for approval" in page.content.decode()
    refused = client.post(door(series), {"organisation": firm.uid.hex})
    assert refused.status_code == 422
    assert not Idea.objects.exists()


def test_foreign_organisation_is_not_chosen(client, series, person):
    other = company("Toinen Oy", "2345671-3")
    client.force_login(person)
    refused = client.post(door(series), {"organisation": other.uid.hex})
    assert refused.status_code == 422
    assert "Choose the organisation" in refused.content.decode()


def test_pressing_twice_makes_one_draft(client, series, person):
    client.force_login(person)
    response, token = begin(client, series)
    firm = Organisation.objects.get(slug="reitti-oy")
    again = client.post(door(series), {"start": token, "organisation": firm.uid.hex})
    assert again["Location"] == response["Location"] == own(Idea.objects.get())
    other = company("Toinen Oy", "2345671-3")
    Membership.objects.create(user=person, organisation=other, state=MembershipState.ACTIVE)
    client.post(door(series), {"start": token, "organisation": other.uid.hex})
    assert Idea.objects.count() == 2


def test_draft_is_found_at_the_door_and_on_my_page(client, series, person):
    idea = draft(series, person)
    client.force_login(person)
    assert own(idea) in client.get(door(series)).content.decode()
    assert own(idea) in client.get("/en/oma/").content.decode()


def test_citizen_who_is_signed_in_finds_the_draft_on_the_same_page(client):
    series = open_series()
    person = User.objects.create_user("kansalainen@x.example")
    idea = actions.start_draft(series=series, language="fi", at=clock.now(), by=person)
    actions.save_draft(
        idea=idea, answers={"title": "Oma idea"}, revision=0, at=clock.now(), by=person
    )
    client.force_login(person)
    assert "Oma idea" in client.get("/en/oma/").content.decode()
    assert client.get(own(idea))["Location"] == own(idea, "problem/")
    assert client.get(own(idea, "problem/")).status_code == 200


def test_parts_tell_how_far_they_are(client, series, person):
    idea = draft(series, person, title="", email="ei-osoite")
    client.force_login(person)
    assert client.get(own(idea))["Location"] == own(idea, "-osat/")
    page = client.get(own(idea, "-osat/"))
    told = [(task.status, task.kind, task.hint) for task in page.context["tasks"][1:-1]]
    assert told == [
        ("Unfinished", "now", "2 of 3 questions answered"),
        ("Not started", "", "May be left empty."),
        ("Unfinished", "now", "1 of 1 question answered"),
    ]
    assert not page.context["ready"]
    shown = client.get(page.context["tasks"][1].url).content.decode()
    assert "Please check these" in shown


def test_part_returns_to_the_list_in_any_order(client, series, person):
    idea = draft(series, person)
    client.force_login(person)
    saved = client.post(
        own(idea, "contact/"), {"revision": 1, "email": "uusi@reitti.example", "asked": "email"}
    )
    assert saved["Location"] == own(idea, "-osat/")
    assert client.get(own(idea, "-osat/")).context["ready"]


def test_preview_has_two_columns_and_tells_contact_to_staff_alone(client, series, person):
    idea = draft(series, person)
    client.force_login(person)
    page = client.get(own(idea, "-tarkista/"))
    keys = {
        name: [row.key for row, _url in page.context[f"rows_{name}"]]
        for name in ("public", "jury", "staff")
    }
    assert keys == {
        "public": ["title", "problem", "open_files", "note"],
        "jury": ["secret", "jury_files"],
        "staff": ["staff_files", "email"],
    }
    assert "What anyone sees" in page.content.decode()


def test_sending_gives_a_receipt_and_a_new_version_until_closing(client, series, person):
    idea = draft(series, person)
    client.force_login(person)
    assert client.post(own(idea, "-laheta/"))["Location"] == own(idea, "-kuitti/")
    receipt = client.get(own(idea, "-kuitti/")).content.decode()
    idea.refresh_from_db()
    assert idea.reference in receipt
    assert idea.current_version.digest in receipt
    assert "private status page" not in receipt
    assert "/en/e/" not in receipt

    client.post(own(idea, "solution/"), {"revision": 1, "title": "Uusi nimi", "problem": "Uusi"})
    status = client.get(own(idea)).content.decode()
    assert "You have changes that have not been sent" in status
    client.post(own(idea, "-laheta/"))
    idea.refresh_from_db()
    assert idea.current_version.number == 2
    send_receipt(idea=idea.pk, version=2)
    letter = Mail.objects.get(template="idea_receipt")
    assert f"/fi/oma/ehdotus/{idea.uid}/" in letter.text
    assert "secret" not in letter.text


def test_unfinished_proposal_is_not_sent(client, series, person):
    idea = draft(series, person, problem="")
    client.force_login(person)
    refused = client.post(own(idea, "-laheta/"))
    assert refused.status_code == 422
    assert "Not sent yet" in refused.content.decode()
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.DRAFT


def test_after_closing_the_draft_is_kept_and_can_be_read(client, series, person):
    idea = draft(series, person)
    Phase.objects.filter(challenge=series.challenge, kind=PhaseKind.SUBMISSION).update(
        ends_at=clock.now() - dt.timedelta(seconds=1)
    )
    client.force_login(person)
    text = client.get(own(idea, "-osat/")).content.decode()
    assert "Kyydit suunnitellaan käsin." in text
    assert "Your draft was not sent in time" in text
    assert "closed" in client.get(door(series)).content.decode()


PAGES = [
    "", "-osat/", "-kirjoittajat/", "-tarkista/", "-kuitti/", "-peru/", "-samankaltaiset/",
    "solution/",
]  # fmt: skip


@pytest.mark.parametrize("tail", PAGES)
def test_pages_are_the_teams_alone(client, series, person, tail):
    idea = draft(series, person)
    assert client.get(own(idea, tail))["Location"] == f"/en/kirjaudu/?next={own(idea, tail)}"
    for other in (
        User.objects.create_user("vieras@x.example"),
        member_of(idea.organisation, "muu@reitti.example"),
        User.objects.create_superuser("omistaja@x.example"),
    ):
        client.force_login(other)
        assert client.get(own(idea, tail)).status_code == 404
    client.force_login(person)
    response = client.get(own(idea, tail))
    assert response.status_code in (200, 302)
    assert "no-store" in response["Cache-Control"]


def test_text_of_a_lost_session_is_given_back(client, series, person):
    idea = draft(series, person)
    data = {"revision": 1, "title": "Pitkä nimi", "problem": "Kirjoitin tätä koko illan. " * 3}
    response = client.post(own(idea, "solution/"), data)
    assert response.status_code == 401
    assert "Kirjoitin tätä koko illan." in response.content.decode()
    saved = client.post(own(idea, "solution/"), data, headers={"X-Autosave": "1"})
    assert saved.status_code == 401
    assert "signed out" in saved.json()["problem"]
    client.force_login(person)
    assert client.post(own(idea, "solution/"), data).status_code == 302
    assert Idea.objects.get(pk=idea.pk).title == "Pitkä nimi"


def test_organisations_proposal_has_no_secret_link(client, series, person):
    idea = draft(series, person)
    client.force_login(person)
    text = client.get(own(idea, "solution/")).content.decode()
    assert "Send me the link" not in text
    with translation.override("en"):
        wrong = Client().get(f"/en/e/{idea.uid.hex}.1.abc/")
    assert wrong.status_code == 404


def test_withdrawn_proposal_is_gone_from_the_list_and_the_pages(client, series, person):
    idea = draft(series, person)
    client.force_login(person)
    client.post(own(idea, "-laheta/"))
    assert client.post(own(idea, "-peru/")).status_code == 200
    assert client.get(own(idea)).status_code == 404
    assert own(idea) not in client.get("/en/oma/").content.decode()


def test_my_page_takes_the_same_queries_for_one_and_for_many(
    client, series, person, django_assert_num_queries
):
    draft(series, person)
    client.force_login(person)
    client.get("/en/oma/")
    with django_assert_num_queries(30, exact=False) as few:
        client.get("/en/oma/")
    for _number in range(4):
        draft(series, person)
    with django_assert_num_queries(len(few)):
        client.get("/en/oma/")


def test_citizens_series_is_not_an_organisations(client, person):
    series = open_series()
    client.force_login(person)
    assert "problem" in client.get(door(series)).context["form"].fields
    assert whole_answers()["title"]
