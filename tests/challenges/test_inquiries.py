"""Questions of a challenge: asked by anybody, answered to all, told in one letter."""

import datetime as dt
from collections import Counter

import pytest
from django.urls import reverse

from accounts.actions import grant_role
from accounts.states import Role
from challenges import hosting, inquiries
from challenges.models import Inquiry
from challenges.states import InquiryState
from cms.setup import setup_site
from core import clock, outbox, robots
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from tests.factories.accounts import UserFactory
from tests.factories.challenges import ChallengeFactory
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def series():
    return open_series()


@pytest.fixture
def staff(series):
    person = UserFactory()
    grant_role(organisation=series.challenge.owner, user=person, role=Role.STAFF, by=None)
    return person


def asked(series, **more):
    given = {"text": "Saako liittää kuvia?", "email": "kysyja@posti.example"} | more
    return inquiries.ask(
        challenge=series.challenge, **given, language="fi", by=None, at=clock.now()
    )


def answered(inquiry, staff, **more):
    given = {"shown": "Saako kuvia liittää?", "answer": "Saa: viisi.", "at": clock.now()} | more
    return inquiries.answer(inquiry=inquiry, by=staff, **given)


def sent(**more):
    opened = robots.opened("question", clock.now() - MINUTE)
    return {"text": "Saako liittää kuvia?", "email": "", "opened": opened} | more


def letters(template):
    return Counter(Mail.objects.filter(template=template).values_list("to", flat=True))


def test_question_is_recorded_without_words_and_shown_to_nobody(client, series):
    page = reverse("challenges:questions", args=[series.challenge.slug])
    assert client.post(page, sent(text="Onko qzsalasana sallittu?"))["Location"].endswith("kiitos/")
    assert Inquiry.objects.get().text == "Onko qzsalasana sallittu?"
    assert AuditEntry.objects.get(verb="inquiry.asked").data == {}
    assert b"qzsalasana" not in client.get(page).content


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ({"text": " "}, 422),
        ({"text": "x" * 2001}, 422),
        ({"email": "ei-osoite"}, 422),
        ({"website": "x"}, 429),
        ({"opened": ""}, 429),
    ],
)
def test_what_was_typed_comes_back_with_words(client, series, bad, status):
    page = reverse("challenges:questions", args=[series.challenge.slug])
    answer = client.post(page, sent(text="Saako liittää kuvia?") | bad)
    assert answer.status_code == status
    assert not Inquiry.objects.exists()
    text = answer.content.decode()
    assert "error-summary" in text
    if "text" not in bad:
        assert "Saako liittää kuvia?" in text


def test_an_answer_is_everybodys_and_told_once_in_one_letter(
    client, series, staff, settings, monkeypatch
):
    at = clock.now()
    draft = IdeaFactory(series=series, contact_email="luonnos@posti.example")
    one, other = asked(series), asked(series, text="Entä videoita?", email="toinen@posti.example")
    answered(one, staff)
    answered(other, staff, shown="Entä videoita?", answer="Ei.")
    page = client.get(reverse("challenges:questions", args=[series.challenge.slug]))
    assert "Saako kuvia liittää?" in page.content.decode()
    assert "Saako liittää kuvia?" not in page.content.decode()  # as staff have shortened it
    outbox.run_now()
    assert not letters("inquiries_answered")
    monkeypatch.setattr(clock, "now", lambda: at + inquiries.GATHERED + MINUTE)
    outbox.run_now()
    everybody = {draft.contact_email, "kysyja@posti.example", "toinen@posti.example"}
    assert letters("inquiries_answered") == dict.fromkeys(everybody, 1)
    letter = Mail.objects.filter(template="inquiries_answered").first()
    assert "Saa: viisi." in letter.text
    assert "Entä videoita?" in letter.text
    answered(one, staff, answer="Saa: kymmenen.", at=clock.now())
    assert AuditEntry.objects.filter(verb="inquiry.answer_corrected").count() == 1
    monkeypatch.setattr(clock, "now", lambda: at + 2 * inquiries.GATHERED + 2 * MINUTE)
    outbox.run_now()
    corrected = Mail.objects.filter(template="inquiries_answered").order_by("-pk").first()
    assert "Saa: kymmenen." in corrected.text
    assert "Entä videoita?" not in corrected.text  # that one has been told


def test_only_the_hosts_staff_answer(series, staff):
    one = asked(series)
    with pytest.raises(Denied):
        answered(one, UserFactory())
    for empty in ({"shown": " "}, {"answer": ""}):
        with pytest.raises(Invalid) as refusal:
            answered(one, staff, **empty)
        assert list(refusal.value.errors) == list(empty)
    one.refresh_from_db()
    assert one.state == InquiryState.NEW


def test_set_aside_tells_the_asker_why(client, series, staff):
    one = asked(series, text="Voitanko minä qzoma?")
    with pytest.raises(Invalid):
        inquiries.set_aside(inquiry=one, note=" ", by=staff, at=clock.now())
    inquiries.set_aside(inquiry=one, note="Koskee omaa ehdotustasi.", by=staff, at=clock.now())
    outbox.run_now()
    letter = Mail.objects.get(template="inquiry_set_aside")
    assert letter.to == "kysyja@posti.example"
    assert "Koskee omaa ehdotustasi." in letter.text
    page = client.get(reverse("challenges:questions", args=[series.challenge.slug]))
    assert b"qzoma" not in page.content
    told = answered(one, staff)
    with pytest.raises(NotNow):
        inquiries.set_aside(inquiry=told, note="Ei sittenkään.", by=staff, at=clock.now())


def test_questions_end_before_the_closing_and_the_typed_text_stays(client, series, staff):
    call = series.challenge
    inquiries.set_deadline(challenge=call, days=20, by=staff)  # it closes in ten
    page = reverse("challenges:questions", args=[call.slug])
    assert 'name="text"' not in client.get(page).content.decode()
    answer = client.post(page, sent(text="Myöhästynyt kysymys"))
    assert answer.status_code == 422
    assert "Myöhästynyt kysymys" in answer.content.decode()
    inquiries.set_deadline(challenge=call, days=3, by=staff)
    call.refresh_from_db()
    assert call.inquiries_until == call.closes_at - dt.timedelta(days=3)
    with pytest.raises(Invalid):
        inquiries.set_deadline(challenge=call, days=61, by=staff)
    with pytest.raises(Denied):
        inquiries.set_deadline(challenge=call, days=1, by=UserFactory())


def test_before_the_opening_is_public_there_is_no_page(client):
    page = reverse("challenges:questions", args=[ChallengeFactory().slug])
    assert client.get(page).status_code == 404
    assert client.post(page, sent()).status_code == 404


def test_addresses_are_forgotten_after_the_answer(series, staff):
    old, fresh = asked(series), asked(series)
    answered(old, staff, at=clock.now() - inquiries.KEPT - MINUTE)
    answered(fresh, staff)
    assert inquiries.forget_addresses(at=clock.now()) == 1
    old.refresh_from_db()
    assert old.email == ""


def test_staff_answer_in_the_back_office(client, series, staff):
    setup_site()
    hosting.ensure_host(series.challenge.owner)
    one = asked(series)
    client.force_login(staff)
    tab = reverse("challenges_admin:inquiries", args=[series.challenge.pk])
    assert "Saako liittää kuvia?" in client.get(tab).content.decode()
    own = reverse("challenges_admin:inquiry", args=[series.challenge.pk, one.pk])
    refused = client.post(own, {"shown": "", "answer": "Saa liittää."})
    assert refused.status_code == 400
    assert "Saa liittää." in refused.content.decode()
    assert client.post(own, {"shown": "Kuvat?", "answer": "Saa liittää."}).status_code == 302
    assert "Kuvat?" in client.get(tab).content.decode()
    assert client.post(tab, {"days": 5}).status_code == 302
    series.challenge.refresh_from_db()
    assert series.challenge.inquiry_days == 5
