"""More time for one proposal: asked after the closing, answered by staff, in the record."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import grant_role
from accounts.states import Role
from challenges import hosting
from challenges.models import Challenge
from challenges.states import ChallengeState
from cms.setup import setup_site
from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import extensions, links
from ideas.actions import submit_idea
from ideas.errors import CallClosed
from ideas.models import Idea
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def draft():
    return IdeaFactory(series=open_series(closed=True), contact_email="tekija@posti.example")


@pytest.fixture
def staff(draft):
    setup_site()
    hosting.ensure_host(draft.challenge.owner)
    person = UserFactory()
    grant_role(organisation=draft.challenge.owner, user=person, role=Role.STAFF, by=None)
    return person


def asked(draft, **more):
    given = {"why": "Verkko katkesi.", "by": None, "at": clock.now()} | more
    return extensions.ask(idea=draft, **given)


def answered(extension, staff, **more):
    at = clock.now()
    given = {"until": at + DAY, "reason": "Verkkohäiriö koski kaikkia.", "at": at} | more
    return extensions.answer(extension=extension, by=staff, **given)


def fresh(draft):
    return Idea.objects.for_writing().get(pk=draft.pk)


def test_a_draft_with_more_time_is_handed_in_and_only_that_one(draft, staff):
    other = IdeaFactory(series=draft.series)
    with pytest.raises(CallClosed):
        submit_idea(idea=fresh(draft), at=clock.now())
    granted = answered(asked(draft), staff)
    with pytest.raises(CallClosed):
        submit_idea(idea=fresh(draft), at=granted.until)  # the last moment is outside
    with pytest.raises(CallClosed):
        submit_idea(idea=fresh(other), at=clock.now())
    assert submit_idea(idea=fresh(draft), at=clock.now()).reference
    entry = AuditEntry.objects.get(verb="extension.answered")
    assert entry.by == staff
    assert entry.data["reason"] == "Verkkohäiriö koski kaikkia."


@pytest.mark.parametrize("state", [ChallengeState.DECIDED, ChallengeState.CANCELLED])
def test_more_time_ends_with_the_challenge(draft, staff, state):
    answered(asked(draft), staff)
    Challenge.objects.filter(pk=draft.challenge_id).update(state=state)
    assert not extensions.open_for(fresh(draft), clock.now())


def test_a_pause_holds_for_it_too(draft, staff):
    answered(asked(draft), staff)
    Challenge.objects.filter(pk=draft.challenge_id).update(paused_at=clock.now())
    assert not extensions.open_for(fresh(draft), clock.now())


def test_it_is_asked_once_and_not_while_the_call_is_open(draft):
    asked(draft)
    with pytest.raises(NotNow):
        asked(draft)
    with pytest.raises(NotNow):
        asked(IdeaFactory())
    with pytest.raises(Invalid):
        asked(IdeaFactory(series=draft.series), why=" ")
    with pytest.raises(Denied):
        asked(IdeaFactory(series=draft.series), by=UserFactory())


def test_answer_needs_a_reason_and_a_moment_to_come(draft, staff):
    wish = asked(draft)
    with pytest.raises(Invalid) as refusal:
        answered(wish, staff, reason=" ", until=clock.now() - DAY)
    assert set(refusal.value.errors) == {"reason", "until"}
    with pytest.raises(Denied):
        answered(wish, UserFactory())


def test_open_call_asks_the_database_nothing(draft, django_assert_num_queries):
    idea = fresh(IdeaFactory())
    idea.challenge.timetable  # noqa: B018 - read once with the challenge
    with django_assert_num_queries(0):
        assert extensions.open_for(idea, clock.now())


def test_the_path_of_a_citizen_without_javascript(client, draft, staff):
    token = links.token_of(draft)
    review = reverse("ideas:review", args=[token])
    assert "Pyydä lisäaikaa" in client.get(review).content.decode()
    ask = reverse("ideas:more_time", args=[token])
    empty = client.post(ask, {"why": ""})
    assert empty.status_code == 422
    assert "error-summary" in empty.content.decode()
    assert client.post(ask, {"why": "Verkko katkesi."}).status_code == 302
    outbox.run_now()
    letter = Mail.objects.get(template="extension_asked")
    page = reverse("ideas_admin:extensions", args=[draft.challenge_id])
    assert page in letter.text
    client.force_login(staff)
    text = client.get(page).content.decode()
    assert "Verkko katkesi." in text
    assert draft.title not in text  # a draft is its writers' own
    wish = draft.extension.pk
    refused = client.post(page, {"extension": wish, "until": "", "reason": ""})
    assert refused.status_code == 400
    later = (clock.local(clock.now()) + DAY).strftime("%Y-%m-%dT%H:%M")
    form = {"extension": wish, "until": later, "reason": "Häiriö."}
    assert client.post(page, form).status_code == 302
    outbox.run_now()
    assert "Häiriö." in Mail.objects.get(template="extension_answered").text
    client.logout()
    assert "Pyydä lisäaikaa" not in client.get(review).content.decode()
    assert client.get(review).status_code == 200


def test_another_hosts_wish_is_not_answered(client, draft, staff):
    elsewhere = asked(IdeaFactory(series=open_series(closed=True)))
    client.force_login(staff)
    page = reverse("ideas_admin:extensions", args=[draft.challenge_id])
    form = {"extension": elsewhere.pk, "until": "", "reason": "Ei."}
    assert client.post(page, form).status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.answered_at is None
