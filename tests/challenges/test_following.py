"""Following by letter, feed and calendar."""

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse
from icalendar import Calendar

from challenges import following, inquiries, lifecycle
from challenges.follow_views import TO_ONE
from challenges.following import News
from challenges.models import Follower
from challenges.states import ChallengeState
from core import clock, outbox, robots
from core.models import Mail
from tests.challenges.test_inquiries import answered, asked, series, staff  # noqa: F401
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.ideas import IdeaFactory

pytestmark = pytest.mark.django_db
WHO = "seuraaja@posti.example"
ATOM = "{http://www.w3.org/2005/Atom}"


def sent(**more):
    opened = robots.opened("follow", clock.now() - dt.timedelta(minutes=1))
    return {"email": WHO, "opened": opened} | more


def follows(followed, challenge, **more):
    given = {"email": WHO, "language": "fi", "asked_at": clock.now(), "confirmed_at": clock.now()}
    return Follower.objects.create(followed=followed, challenge=challenge, **(given | more))


def news():
    return [one.subject for one in Mail.objects.filter(template="follow_news").order_by("pk")]


def test_following_begins_when_it_is_confirmed(client, series):  # noqa: F811
    call = series.challenge
    page = reverse("challenges:follow", args=[call.slug])
    answer = client.post(page, sent())
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == reverse("challenges:follow_asked")
    follower = Follower.objects.get()
    link = reverse("challenges:following", args=[following.token_of(follower)])
    assert link in Mail.objects.get(template="follow_confirm").text
    assert client.get(link).status_code == 200  # a program that opens links confirms nothing
    following.tell(News.CLOSED, {call.uid: {"name": call.name}})
    assert news() == []
    client.post(link, {})
    following.tell(News.CLOSED, {call.uid: {"name": call.name}})
    assert len(news()) == 1


def test_asking_again_tells_nothing_of_who_follows(client, series):  # noqa: F811
    follows(series.challenge.uid, series.challenge)
    page = reverse("challenges:follow", args=[series.challenge.slug])
    answer = client.post(page, sent(email=WHO.upper()))
    assert answer["Location"] == reverse("challenges:follow_asked")
    assert Follower.objects.count() == 1
    assert not Mail.objects.exists()


def test_a_mailbox_is_not_filled_by_others(client, series):  # noqa: F811
    page = reverse("challenges:follow", args=[series.challenge.slug])
    for _again in range(TO_ONE + 2):
        assert client.post(page, sent()).status_code == 302
    assert Mail.objects.count() == TO_ONE


@pytest.mark.parametrize(("bad", "status"), [({"email": "x"}, 422), ({"website": "x"}, 429)])
def test_bad_input_is_told_and_kept(client, series, bad, status):  # noqa: F811
    answer = client.post(reverse("challenges:follow", args=[series.challenge.slug]), sent(**bad))
    assert answer.status_code == status
    assert f'value="{bad.get("email", WHO)}"' in answer.content.decode()
    assert not Follower.objects.exists()


def test_each_kind_of_news_is_told_once_so_at_most_four(series, staff):  # noqa: F811
    call = series.challenge
    follows(call.uid, call)
    for _again in range(2):
        answered(asked(series), staff, at=clock.now() - inquiries.GATHERED)
        lifecycle.pause(challenge=call, reason="Häiriö.", by=staff, at=clock.now())
        lifecycle.resume(challenge=call, by=staff, at=clock.now())
        outbox.emit("challenge.closed", challenge=call.pk)
        outbox.emit("decision.published", decision=0, challenge=call.pk)
        outbox.run_now()
    assert len(news()) == following.MOST
    assert sorted(Follower.objects.get().told) == sorted(set(News) - {News.ADOPTED})
    last = Mail.objects.filter(template="follow_news").order_by("pk").last()
    assert "Tämä on viesti 4 enintään 4 viestistä." in last.text


def test_following_ends_by_forgetting_the_address(client, series):  # noqa: F811
    follower = follows(series.challenge.uid, series.challenge)
    link = reverse("challenges:following", args=[following.token_of(follower)])
    client.post(link, {"do": "end"})
    assert not Follower.objects.exists()
    assert client.get(link).status_code == 404


def test_whoever_does_not_confirm_is_forgotten(series):  # noqa: F811
    at = clock.now()
    old = {"asked_at": at - dt.timedelta(days=8)}
    follows(series.challenge.uid, series.challenge, confirmed_at=None, **old)
    kept = follows(series.challenge.uid, series.challenge, email="a@posti.example", **old)
    assert following.forget_unconfirmed(at=at) == 1
    assert list(Follower.objects.all()) == [kept]


def test_telling_takes_as_many_statements_for_many(
    series,  # noqa: F811
    django_assert_max_num_queries,
):
    call = series.challenge
    for number in range(30):
        follows(call.uid, call, email=f"s{number}@posti.example")
    with django_assert_max_num_queries(8):
        assert following.tell(News.CLOSED, {call.uid: {"name": call.name}}) == 30


def test_a_proposal_is_followed_until_somebody_uses_it(client, series):  # noqa: F811
    idea = IdeaFactory(series=series, submitted=True, public=True, title="Kyytitaulu")
    page = reverse("ideas:follow", args=[idea.uid.hex])
    assert client.get(page).status_code == 200
    assert client.post(page, sent()).status_code == 302
    following.confirm(Follower.objects.get(followed=idea.uid), at=clock.now())
    outbox.emit("decision.published", decision=0, challenge=series.challenge.pk)
    solution = SolutionFactory(idea=idea)
    reuse = ReuseFactory(solution=solution, stage="piloting")
    outbox.emit("reuse.told", reuse=reuse.pk)
    outbox.run_now()
    assert [subject.split(":")[0] for subject in news()] == ["Päätetty", "Käytössä"]
    told = Mail.objects.filter(template="follow_news").order_by("pk").last().text
    assert reuse.organisation.name in told
    assert solution.get_absolute_url() in told


def test_a_draft_is_not_followed(client, series):  # noqa: F811
    draft = IdeaFactory(series=series)
    assert client.get(reverse("ideas:follow", args=[draft.uid.hex])).status_code == 404


def test_feed_tells_what_has_happened(client, series, staff):  # noqa: F811
    one = answered(asked(series), staff, shown="Kuvat?\x0b", answer="Saa & pitää <b>")
    response = client.get(reverse("challenges:feed", args=[series.challenge.slug]))
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}id").text.rpartition(":")[2] for entry in entries] == [
        f"answer-{one.uid.hex}",
        "opened",
    ]
    assert entries[0].find(f"{ATOM}summary").text == "Saa & pitää <b>"


def test_calendar_has_the_moments(client, series, staff):  # noqa: F811
    call = inquiries.set_deadline(challenge=series.challenge, days=2, by=staff)
    body = client.get(reverse("challenges:calendar", args=[call.slug])).content
    events = {str(e["uid"]).split("-")[1].split("@")[0]: e for e in Calendar.from_ical(body).events}
    assert set(events) >= {"opens", "questions", "closes"}
    assert events["closes"]["dtstart"].dt == call.closes_at.replace(microsecond=0)
    type(call).objects.filter(pk=call.pk).update(state=ChallengeState.CANCELLED)
    body = client.get(reverse("challenges:calendar", args=[call.slug])).content
    assert {str(e["status"]) for e in Calendar.from_ical(body).events} == {"CANCELLED"}
