"""Support of a public proposal: one per person, counted when confirmed, taken back by the same."""

import datetime as dt

import pytest
from django.urls import reverse

from challenges.states import ChallengeState, Talk
from core import clock, robots
from core.errors import Denied, NotNow
from core.models import AuditEntry, Mail
from ideas import support
from ideas.models import Idea, Support
from ideas.views.voices import TO_ONE
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db
WHO = "kannattaja@posti.example"


@pytest.fixture
def idea():
    return IdeaFactory(series=open_series(), submitted=True, public=True)


def page_of(idea):
    return reverse("ideas:support", args=[idea.uid.hex])


def sent(**more):
    opened = robots.opened("support", clock.now() - dt.timedelta(minutes=1))
    return {"email": WHO, "opened": opened} | more


def count(idea):
    return Idea.objects.get(pk=idea.pk).supporters


def test_by_letter_it_counts_once_confirmed_and_is_taken_back_by_the_same_link(client, idea):
    for email in (WHO, WHO.upper()):
        answer = client.post(page_of(idea), sent(email=email))
        assert answer["Location"] == reverse("ideas:letter_sent")
    link = reverse("ideas:supporting", args=[support.token_of(Support.objects.get())])
    assert [link in letter.text for letter in Mail.objects.all()] == [True, True]
    client.get(link)
    assert count(idea) == 0  # a program that opens links supports nothing
    for _again in range(2):
        client.post(link)
        assert count(idea) == 1
    assert "1 " in client.get(idea.get_absolute_url()).content.decode().split('id="support"')[1]
    client.post(link, {"do": "end"})
    assert count(idea) == 0
    assert client.get(link).status_code == 404
    deeds = AuditEntry.objects.filter(verb__startswith="idea.support")
    assert [deed.verb for deed in deeds.order_by("pk")] == [
        "idea.supported",
        "idea.support_taken_back",
    ]
    assert not any(WHO in str(deed.data) for deed in deeds)


def test_signed_in_it_is_one_press(client, idea):
    person = UserFactory(email=WHO)
    client.force_login(person)
    for _again in range(2):
        client.post(page_of(idea))
        assert count(idea) == 1
    assert client.get(idea.get_absolute_url()).context["support"]["given"]
    # The same person without signing in is not another.
    support.ask(idea=idea, email=WHO, language="fi", at=clock.now())
    support.confirm(Support.objects.get(), at=clock.now())
    assert count(idea) == 1
    client.post(page_of(idea), {"do": "end"})
    assert (count(idea), Support.objects.count()) == (0, 0)


def test_robots_and_floods_are_kept_out(client, idea):
    assert client.post(page_of(idea), sent(website="x")).status_code == 429
    assert client.post(page_of(idea), sent(opened="")).status_code == 429
    assert client.post(page_of(idea), sent(email="ei")).status_code == 422
    for _again in range(TO_ONE + 2):
        assert client.post(page_of(idea), sent()).status_code == 302
    assert Mail.objects.count() == TO_ONE


def test_it_is_taken_of_public_proposals_while_the_challenge_takes_it(client, idea):
    person, at = UserFactory(), clock.now()
    challenge = idea.challenge
    for changed in ({"talk": Talk.NONE}, {"talk": Talk.ALL, "state": ChallengeState.DECIDED}):
        for name, value in changed.items():
            setattr(challenge, name, value)
        challenge.save()
        assert client.post(page_of(idea), sent()).status_code == 422
        with pytest.raises(NotNow):
            support.give(idea=idea, by=person, at=at)
    for traits in ({}, {"submitted": True}, {"withdrawn": True, "public": True}):
        other = IdeaFactory(series=open_series(), **traits)
        assert client.get(page_of(other)).status_code == 404
        with pytest.raises(Denied):
            support.give(idea=other, by=person, at=at)


def test_what_is_not_confirmed_in_a_week_is_forgotten(idea):
    support.ask(idea=idea, email=WHO, language="fi", at=clock.now())
    later = clock.now() + support.UNCONFIRMED + dt.timedelta(minutes=1)
    assert support.forget_unconfirmed(at=later - dt.timedelta(hours=1)) == 0
    assert support.forget_unconfirmed(at=later) == 1
