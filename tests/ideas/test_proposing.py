"""A citizen's path without JavaScript and without an account, page by page."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import User
from challenges.models import Challenge
from core import clock
from ideas import links, registry
from ideas.models import Idea
from ideas.states import IdeaState
from tests.factories.ideas import IdeaFactory, TeamMemberFactory, open_series, whole_answers

pytestmark = pytest.mark.django_db

STEPS = {
    "problem": ["problem", "title"],
    "people": ["who", "theme", "municipality"],
    "proposal": ["summary", "hours", "price", "link", "secret"],
    "you": ["email", "name", "name_public"],
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def door(series):
    return f"/en/ehdota/{series.challenge.slug}/{series.key}/"


def part(step, answers=None):
    answers = answers or whole_answers()
    return {key: answers[key] for key in STEPS[step] if key in answers} | {"asked": STEPS[step]}


def begin(client, series, **extra):
    """The first step sent; the draft and the answer."""
    page = client.get(door(series))
    data = {"start": page.context["start_token"], "revision": 0, **part("problem"), **extra}
    return data, client.post(door(series), data)


def address(idea, tail=""):
    return f"/en/e/{links.token_of(idea)}/{tail}"


def make_older(idea):
    Idea.objects.filter(pk=idea.pk).update(created_at=clock.now() - dt.timedelta(minutes=5))


def test_door_stores_nothing_and_is_private(client):
    response = client.get(door(open_series()))
    assert response.status_code == 200
    assert not Idea.objects.exists()
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_whole_path_without_javascript(client):
    series = open_series()
    page = client.get(door(series))
    queries = []

    def post(url, data):
        with CaptureQueriesContext(connection) as caught:
            response = client.post(url, data)
        queries.append(len([q for q in caught if "SAVEPOINT" not in q["sql"]]))
        return response

    response = post(
        door(series), {"start": page.context["start_token"], "revision": 0, **part("problem")}
    )
    idea = Idea.objects.get()
    assert response.url == address(idea, "people/")
    for step, following in [
        ("people", "proposal/"),
        ("proposal", "you/"),
        ("you", "-tarkista/"),
    ]:
        shown = client.get(address(idea, f"{step}/"))
        response = post(
            address(idea, f"{step}/"),
            {
                "revision": shown.context["revision"],
                "seen": shown.context["seen"],
                **part(step),
            },
        )
        assert response.url == address(idea, following), shown.context["form"].errors
    review = client.get(address(idea, "-tarkista/")).content.decode()
    assert "Koulutaksi on talvella" in review
    assert "Still to be done" not in review
    make_older(idea)
    response = post(address(idea, "-laheta/"), {})
    assert response.url == address(idea, "-kuitti/")
    assert sum(queries) <= 40, queries
    idea.refresh_from_db()
    receipt = client.get(address(idea, "-kuitti/")).content.decode()
    assert idea.reference in receipt
    assert idea.current_version.digest in receipt
    status = client.get(address(idea)).content.decode()
    assert idea.reference in status
    assert "Withdraw" in status


def test_first_step_sent_twice_makes_one_draft(client):
    data, first = begin(client, open_series())
    second = client.post(door(Idea.objects.get().series), data)
    assert first.url == second.url
    assert Idea.objects.count() == 1


def test_first_step_sent_again_with_other_words_shows_both(client):
    series = open_series()
    data, _first = begin(client, series)
    response = client.post(door(series), data | {"title": "Toinen nimi"})
    assert response.status_code == 409
    words = response.content.decode()
    assert "Toinen nimi" in words
    assert "Viivästysviesti koulukyydistä" in words


def test_half_filled_first_step_is_kept_and_the_fault_named(client):
    _data, response = begin(client, open_series(), problem="Lyhyt")
    shown = client.get(response.url)
    assert "Tell a little more" in shown.content.decode()
    assert Idea.objects.get().answers["problem"] == "Lyhyt"


def test_wrong_answers_are_shown_again_with_messages_and_kept(client):
    idea = IdeaFactory(answers={})
    response = client.post(
        address(idea, "you/"), {"revision": 1, "email": "nimi.esimerkki", "asked": STEPS["you"]}
    )
    assert response.status_code == 422
    words = response.content.decode()
    assert "has no @ sign" in words
    assert "nimi.esimerkki" in words
    assert 'href="#q-email"' in words
    assert Idea.objects.get().answers["email"] == "nimi.esimerkki"


def test_unticking_all_choices_empties_the_answer(client):
    idea = IdeaFactory()
    sent = {**part("people"), "revision": 1}
    del sent["who"]
    client.post(address(idea, "people/"), sent)
    assert "who" not in Idea.objects.get().answers


def test_back_needs_no_right_answers(client):
    idea = IdeaFactory()
    response = client.post(
        address(idea, "people/"), {"revision": 1, "who": "children", "asked": "who", "back": "1"}
    )
    assert response.url == address(idea, "problem/")


def test_change_from_the_check_page_returns_to_it(client):
    idea = IdeaFactory()
    response = client.post(address(idea, "problem/?to=review"), {"revision": 1, **part("problem")})
    assert response.url == address(idea, "-tarkista/")


def test_stale_page_shows_both_texts(client):
    idea = IdeaFactory()
    page = client.get(address(idea, "problem/"))
    sent = {"revision": 1, "seen": page.context["seen"], **part("problem")}
    client.post(address(idea, "problem/"), sent | {"title": "Puhelimella kirjoitettu"})
    response = client.post(address(idea, "problem/"), sent | {"title": "Koneella kirjoitettu"})
    assert response.status_code == 409
    words = response.content.decode()
    assert "Puhelimella kirjoitettu" in words
    assert "Koneella kirjoitettu" in words
    again = {"revision": response.context["revision"], "seen": response.context["seen"]}
    client.post(address(idea, "problem/"), {**sent, **again, "title": "Koneella kirjoitettu"})
    assert Idea.objects.get().title == "Koneella kirjoitettu"


def autosave(client, url, data):
    return client.post(url, data, headers={"X-Autosave": "1"})


def test_autosave_makes_the_draft_and_gives_its_address(client):
    series = open_series()
    start = client.get(door(series)).context["start_token"]
    answer = autosave(client, door(series), {"start": start, "revision": 0, "problem": "Ko"}).json()
    idea = Idea.objects.get()
    assert answer["url"] == address(idea, "problem/")
    assert answer["revision"] == 1
    assert answer["saved"].startswith("Saved at")


def test_autosave_says_when_it_did_not_save(client):
    idea = IdeaFactory()
    stale = autosave(client, address(idea, "problem/"), {"revision": 0, "title": "Toinen"})
    assert (stale.status_code, "problem" in stale.json()) == (409, True)
    long = autosave(client, address(idea, "problem/"), {"revision": 1, "problem": "a" * 30_000})
    assert long.status_code == 422
    assert "At most 20000" in long.json()["problem"]


def test_far_too_long_text_comes_back_in_the_page(client):
    idea = IdeaFactory()
    text = "pitkä teksti " * 80_000
    response = client.post(address(idea, "problem/"), {"revision": 1, "problem": text})
    assert response.status_code == 422
    assert text.strip() in response.content.decode()
    assert Idea.objects.get().answers == idea.answers


@pytest.mark.parametrize("tail", ["", "problem/", "-tarkista/", "-kuitti/", "-linkki/", "-peru/"])
def test_wrong_revoked_or_withdrawn_link_is_not_found(client, tail):
    idea = IdeaFactory()
    token = links.token_of(idea)
    assert client.get(f"/en/e/{token[:-1]}x/{tail}").status_code == 404
    assert client.get(f"/en/e/nonsense/{tail}").status_code == 404
    Idea.objects.filter(pk=idea.pk).update(token_version=2)
    assert client.get(f"/en/e/{token}/{tail}").status_code == 404
    gone = IdeaFactory(series=idea.series, withdrawn=True)
    assert client.get(address(gone, tail)).status_code == 404


def test_start_token_is_no_secret_link(client):
    series = open_series()
    start = client.get(door(series)).context["start_token"]
    assert client.get(f"/en/e/{start}/").status_code == 404


def test_unknown_step_series_and_challenge_are_not_found(client):
    idea = IdeaFactory()
    assert client.get(address(idea, "nothing/")).status_code == 404
    assert client.get("/en/ehdota/nothing/citizens/").status_code == 404
    assert client.get(f"/en/ehdota/{idea.challenge.slug}/nothing/").status_code == 404


def test_challenge_in_preparation_is_not_found(client):
    assert client.get(door(open_series(phases=False))).status_code == 404


def test_late_page_keeps_the_draft_readable(client):
    idea = IdeaFactory(series=open_series(closed=True))
    for url in (address(idea, "problem/"), address(idea, "-tarkista/")):
        words = client.get(url).content.decode()
        assert "The challenge closed" in words
        assert "Koulutaksi on talvella" in words
    response = client.post(address(idea, "-laheta/"))
    assert response.status_code == 409
    assert Idea.objects.get().state == IdeaState.DRAFT


def test_late_first_step_gives_the_text_back(client):
    series = open_series(closed=True)
    response = client.post(door(series), {"start": "x", **part("problem")})
    assert response.status_code == 409
    assert "Koulutaksi on talvella" in response.content.decode()
    assert not Idea.objects.exists()


def test_coming_challenge_says_when_it_opens(client):
    assert "opens on" in client.get(door(open_series(coming=True))).content.decode()


def test_robots_honeypot_and_expired_start_give_the_text_back(client):
    series = open_series()
    for extra in ({"website": "https://spam.example"}, {"start": "old"}):
        _data, response = begin(client, series, **extra)
        assert response.status_code == 429
        assert "Koulutaksi on talvella" in response.content.decode()
    assert not Idea.objects.exists()


def test_starts_from_one_address_are_limited(client, monkeypatch):
    monkeypatch.setattr("ideas.views.start.STARTS_PER_HOUR", 1)
    series = open_series()
    begin(client, series)
    _data, response = begin(client, series)
    assert response.status_code == 429
    assert Idea.objects.count() == 1


def test_sending_within_two_seconds_asks_once_more(client):
    idea = IdeaFactory(created_at=clock.now())
    response = client.post(address(idea, "-laheta/"))
    assert response.status_code == 429
    assert "press once more" in response.content.decode()
    make_older(idea)
    assert client.post(address(idea, "-laheta/")).status_code == 302


def test_sending_half_filled_lists_faults_with_links(client):
    idea = IdeaFactory(answers=whole_answers(email=""))
    response = client.post(address(idea, "-laheta/"))
    assert response.status_code == 422
    assert "you/?check=1&amp;to=review" in response.content.decode()


def test_double_press_of_send_is_one_proposal(client):
    idea = IdeaFactory()
    urls = {client.post(address(idea, "-laheta/")).url for _ in range(2)}
    assert urls == {address(idea, "-kuitti/")}
    assert Challenge.objects.get().last_number == 1
    assert idea.versions.count() == 1


def test_later_button_saves_and_leads_to_the_link_page(client):
    _data, response = begin(client, open_series(), later="1")
    assert response.url.endswith("/-linkki/")
    assert Idea.objects.get().answers["title"]


def test_similar_things_are_shown_without_javascript_and_as_a_fragment(client):
    def find(query):
        assert "Koulutaksi" in query.text
        assert "laskelma" not in query.text
        return [
            registry.Similar(
                kind="solution", title="Reittiapu", url="/s/", seed="s", note="in use: 14"
            )
        ]

    before = list(registry._similar)
    registry.similar_with(find)
    try:
        idea = IdeaFactory()
        for tail in ("people/", "-samankaltaiset/"):
            words = client.get(address(idea, tail)).content.decode()
            assert "Reittiapu" in words
            assert "in use: 14" in words
    finally:
        registry._similar[:] = before


def test_hostile_texts_come_out_harmless(client):
    nasty = "<script>alert(1)</script>\u202egnp.exe\x00 \x07 &amp; {{ 7|add:1 }} " + "ä" * 200
    idea = IdeaFactory()
    page = client.post(
        address(idea, "problem/"), {"revision": 1, **part("problem"), "problem": nasty}
    )
    assert page.status_code == 302
    kept = Idea.objects.get().answers["problem"]
    assert "\x00" not in kept
    assert "\u202e" not in kept
    words = client.get(address(idea, "-tarkista/")).content.decode()
    assert "<script>alert(1)" not in words
    assert "&lt;script&gt;" in words


def test_expired_form_key_gives_the_text_back():
    strict = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    idea = IdeaFactory()
    response = strict.post(address(idea, "problem/"), {"revision": 1, **part("problem")})
    assert response.status_code == 403
    assert "Koulutaksi on talvella" in response.content.decode()


def test_signed_in_member_of_the_team_uses_the_same_link(client):
    person = User.objects.create_user("tiimi@esimerkki.example")
    idea = IdeaFactory()
    TeamMemberFactory(idea=idea, user=person)
    client.force_login(person)
    client.post(address(idea, "-laheta/"))
    assert idea.versions.get().submitted_by == person
