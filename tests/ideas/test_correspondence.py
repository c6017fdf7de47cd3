"""Messages between staff and a proposer, and what staff ask for by a moment."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import grant_role
from accounts.states import Role
from challenges import hosting
from cms.setup import setup_site
from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import correspondence, links
from ideas.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def idea():
    return IdeaFactory(submitted=True, contact_email="ehdottaja@posti.example")


@pytest.fixture
def staff(idea):
    setup_site()
    hosting.ensure_host(idea.challenge.owner)
    person = UserFactory()
    grant_role(organisation=idea.challenge.owner, user=person, role=Role.STAFF, by=None)
    return person


def ask(idea, staff, **more):
    given = {"text": "Liittäkää kustannusarvio.", "at": clock.now()} | more
    return correspondence.write_to_proposer(idea=idea, by=staff, **given)


def letters(to):
    outbox.run_now()
    return [one.text for one in Mail.objects.filter(to=to, template="idea_message").order_by("pk")]


def test_request_is_answered_behind_a_link_and_both_are_told(client, idea, staff):
    asked = ask(idea, staff, answer_by=clock.now() + DAY)
    [letter] = letters(idea.contact_email)
    assert "Liittäkää kustannusarvio." not in letter  # read behind the link
    home = links.status_path(idea)
    assert home in letter
    assert "Liittäkää kustannusarvio." in client.get(home).content.decode()
    token = links.token_of(idea)
    write = reverse("ideas:write", args=[token])
    assert client.post(write, {"text": "Se on 400 €."})["Location"] == f"{home}#messages"
    asked.refresh_from_db()
    assert asked.answered_at is not None
    [office] = letters(idea.challenge.contact_email)
    assert reverse("ideas_admin:proposal", args=[idea.challenge_id, idea.number]) in office
    assert [one.from_staff for one in correspondence.conversation(idea)] == [True, False]


def test_words_stay_out_of_the_record_of_deeds(idea, staff):
    ask(idea, staff, text="Qzsalaisuus")
    entry = AuditEntry.objects.get(verb="idea.message")
    assert "Qzsalaisuus" not in str(entry.data)
    assert len(entry.data["digest"]) == 64


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_bad_message_is_refused_and_stays_in_the_form(client, idea, text):
    write = reverse("ideas:write", args=[links.token_of(idea)])
    answer = client.post(write, {"text": text})
    assert answer.status_code == 422
    assert not Message.objects.exists()
    if text.strip():
        assert text in answer.content.decode()


def test_too_many_messages_wait(client, idea, monkeypatch):
    monkeypatch.setattr("ideas.views.private.MESSAGES", 1)
    write = reverse("ideas:write", args=[links.token_of(idea)])
    assert client.post(write, {"text": "Ensimmäinen"}).status_code == 302
    second = client.post(write, {"text": "Toinen"})
    assert second.status_code == 422
    assert "Toinen" in second.content.decode()
    assert Message.objects.count() == 1


def test_nobody_writes_to_a_draft_or_from_one(staff):
    draft = IdeaFactory()
    with pytest.raises(Denied):
        ask(draft, staff)
    with pytest.raises(NotNow):
        correspondence.write_to_staff(idea=draft, text="Hei", by=None, at=clock.now())


def test_strangers_write_to_nobody(idea, staff):
    with pytest.raises(Denied):
        ask(idea, UserFactory())
    with pytest.raises(Denied):
        correspondence.write_to_staff(idea=idea, text="Hei", by=UserFactory(), at=clock.now())
    with pytest.raises(Invalid) as refusal:
        ask(idea, staff, answer_by=clock.now() - DAY)
    assert set(refusal.value.errors) == {"answer_by"}


def test_a_late_answer_is_kept_and_seen_to_be_late(client, idea, staff):
    asked = ask(idea, staff, at=clock.now() - 2 * DAY, answer_by=clock.now() - DAY)
    correspondence.write_to_staff(idea=idea, text="Anteeksi.", by=None, at=clock.now())
    asked.refresh_from_db()
    assert asked.answered_at > asked.answer_by
    client.force_login(staff)
    page = reverse("ideas_admin:proposal", args=[idea.challenge_id, idea.number])
    text = client.get(page).content.decode()
    assert "Anteeksi." in text
    assert "myöhässä" in text or "late" in text


def test_staff_write_from_the_proposals_page(client, idea, staff):
    client.force_login(staff)
    write = reverse("ideas_admin:message", args=[idea.challenge_id, idea.number])
    later = (clock.local(clock.now()) + DAY).strftime("%Y-%m-%dT%H:%M")
    refused = client.post(write, {"text": "Arvio puuttuu.", "answer_by": "huomenna"})
    assert refused.status_code == 400
    assert "Arvio puuttuu." in refused.content.decode()
    assert client.post(write, {"text": "Arvio puuttuu.", "answer_by": later}).status_code == 302
    assert Message.objects.get().answer_by is not None
