"""Joining a proposal like one's own: asked once, answered by letter, one's own draft untouched."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from challenges.models import Phase
from challenges.states import Visibility
from core import clock, robots
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import asking, personal, reader, rules, team
from ideas.models import Idea, JoinRequest, TeamMember
from ideas.states import TeamRole
from search.likeness import _ideas
from tests.factories.ideas import IdeaFactory, TeamMemberFactory, open_series

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def owner():
    return User.objects.create_user("vastuu@x.example", name="Veera Vastuullinen", language="sv")


def public_idea(owner, series=None, **more):
    given = {"public": True, "takes_askers": True} | more
    idea = IdeaFactory(submitted=True, series=series or open_series(), **given)
    TeamMemberFactory(idea=idea, user=owner)
    return fresh(idea)


@pytest.fixture
def idea(owner):
    return public_idea(owner)


@pytest.fixture
def asker():
    return User.objects.create_user("kysyja@x.example", name="Kyösti Kysyjä")


def fresh(idea):
    return Idea.objects.for_writing().get(pk=idea.pk)


def ask(idea, by, message="Teen samaa, tehdään yhdessä."):
    return asking.ask_to_join(idea=idea, message=message, by=by, at=clock.now())


def answer(request, by, role):
    asking.answer_request(request=request, role=role, by=by, at=clock.now())


def door(idea):
    return reverse("ideas:ask", args=[idea.uid.hex])


def sent(**more):
    opened = robots.opened("join", clock.now() - dt.timedelta(seconds=30))
    return {"message": "Haluan mukaan.", "opened": opened, **more}


# Where it may be asked -------------------------------------------------------------------------
def close(idea):
    Phase.objects.filter(challenge=idea.challenge, kind="submission").update(
        ends_at=clock.now() - dt.timedelta(minutes=1)
    )


def blind(idea):
    idea.series.blind = True
    idea.series.save()


@pytest.mark.parametrize(
    "change",
    [
        lambda idea: Idea.objects.filter(pk=idea.pk).update(takes_askers=False),
        lambda idea: Idea.objects.filter(pk=idea.pk).update(state="eligible"),
        lambda idea: Idea.objects.filter(pk=idea.pk).update(merged_into=public_of(idea)),
        close,
        blind,
        lambda idea: (
            type(idea.challenge)
            .objects.filter(pk=idea.challenge_id)
            .update(visibility=Visibility.TITLES)
        ),
    ],
    ids=["not wanted", "checked", "merged", "closed", "blind", "titles only"],
)
def test_nobody_asks_where_it_is_not_taken(client, idea, asker, change):
    assert asking.may_be_asked(idea, at=clock.now())
    change(idea)
    found = fresh(idea)
    assert not asking.may_be_asked(found, at=clock.now())
    with pytest.raises(NotNow):
        ask(found, asker)
    client.force_login(asker)
    assert "takes no new people" in client.get(door(idea)).content.decode()
    assert "Ask to join" not in client.get(found.get_absolute_url()).content.decode()
    assert _ideas([idea.pk])[0].join_url == ""


def test_a_consultation_made_of_a_blind_contest_names_who_proposes(client, idea, asker):
    blind(idea)
    Idea.objects.filter(pk=idea.pk).update(name_public=True, contact_name="Nimi Näkyvä")
    assert reader.proposer(fresh(idea), "public") == ""
    type(idea.challenge).objects.filter(pk=idea.challenge_id).update(profile="consultation")
    found = fresh(idea)
    assert reader.proposer(found, "public") == "Nimi Näkyvä"
    assert not reader.hides_proposers(found.challenge, [found.series])
    assert "Nimi Näkyvä" in client.get(found.get_absolute_url()).content.decode()
    assert asking.may_be_asked(found, at=clock.now())
    asking.take_askers(idea=found, takes=True, by=found.team.get(role=TeamRole.OWNER).user)
    type(idea.challenge).objects.filter(pk=idea.challenge_id).update(profile="contest")
    assert reader.proposer(fresh(idea), "public") == ""  # going back hides them again


def public_of(idea):
    return IdeaFactory(series=idea.series, submitted=True, public=True)


def test_nobody_asks_of_what_is_not_public(client, owner, asker):
    hidden = public_idea(owner, published_at=None, public=False)
    with pytest.raises(Denied):
        ask(hidden, asker)
    client.force_login(asker)
    assert client.get(door(hidden)).status_code == 404


def test_similar_and_public_page_lead_there(client, idea):
    assert _ideas([idea.pk])[0].join_url == door(idea)
    assert door(idea) in client.get(idea.get_absolute_url()).content.decode()


def test_similar_is_asked_in_a_constant_number_of_queries(
    idea, owner, django_assert_max_num_queries
):
    others = [public_idea(owner, series=idea.series) for _number in range(3)]
    with django_assert_max_num_queries(1 + 4):  # a challenge's phases where askers are taken
        _ideas([idea.pk, *(one.pk for one in others)])


# Asking ----------------------------------------------------------------------------------------
def test_asked_once_and_told_to_who_is_responsible(idea, owner, asker):
    ask(idea, asker)
    letter = Mail.objects.get(template="join_asked")
    assert letter.to == owner.email
    assert letter.language == "sv"
    assert "Teen samaa" in letter.text
    assert f"/sv/oma/ehdotus/{idea.uid}/-kirjoittajat/" in letter.text
    assert AuditEntry.objects.get(verb="team.asked").data in ({}, None)
    with pytest.raises(NotNow, match="asked already"):
        ask(fresh(idea), asker)
    assert JoinRequest.objects.count() == 1


def test_who_has_a_place_does_not_ask(idea, owner, asker):
    with pytest.raises(NotNow):
        ask(idea, owner)
    team.invite_colleague(idea=idea, email=asker.email, by=owner, at=clock.now())
    with pytest.raises(NotNow):
        ask(fresh(idea), asker)


@pytest.mark.parametrize("message", ["", "  \x00 ", "x" * 501])
def test_message_is_short_and_not_empty(idea, asker, message):
    with pytest.raises(Invalid):
        ask(idea, asker, message)


def test_page_signs_in_first_and_keeps_what_was_typed(client, idea, asker):
    assert client.get(door(idea))["Location"].startswith("/en/kirjaudu/")
    lost = client.post(door(idea), sent())
    assert lost.status_code == 401
    assert "Haluan mukaan." in lost.content.decode()
    client.force_login(asker)
    for wrong, status in (({"message": ""}, 422), ({"website": "x"}, 429), ({"opened": ""}, 429)):
        answered = client.post(door(idea), sent(**wrong))
        assert answered.status_code == status
        assert "Haluan mukaan." in answered.content.decode() or wrong == {"message": ""}
    assert not JoinRequest.objects.exists()
    assert client.post(door(idea), sent())["Location"] == door(idea)
    assert "The answer comes by letter" in client.get(door(idea)).content.decode()


def test_very_many_are_not_asked(client, owner, asker, monkeypatch):
    monkeypatch.setattr("ideas.views.voices.PER_HOUR", 2)
    client.force_login(asker)
    series = open_series()
    answers = [client.post(door(public_idea(owner, series)), sent()).status_code for _ in range(3)]
    assert answers == [302, 302, 429]


# Answering -------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [TeamRole.WRITER, TeamRole.READER])
def test_accepted_one_gets_a_letter_and_joins(client, idea, owner, asker, role):
    answer(ask(idea, asker), owner, role)
    letter = Mail.objects.get(template="join_answered", to=asker.email)
    assert f"/oma/ehdotus/{idea.uid}/-liity/" in letter.text
    assert not rules.in_team(asker, fresh(idea))
    client.force_login(asker)
    client.post(f"/en/oma/ehdotus/{idea.uid}/-liity/")
    assert rules.role_in_team(asker, fresh(idea)) == role


def test_refused_one_gets_a_letter_and_no_place(idea, owner, asker):
    request = ask(idea, asker)
    answer(request, owner, asking.REFUSED)
    assert Mail.objects.filter(template="join_answered", to=asker.email).count() == 1
    assert not TeamMember.objects.filter(email=asker.email).exists()
    with pytest.raises(NotNow):
        answer(request, owner, TeamRole.WRITER)
    with pytest.raises(NotNow):
        ask(fresh(idea), asker)
    assert AuditEntry.objects.get(verb="team.answered").data == {"accepted": False}


def test_only_who_is_responsible_answers(idea, owner, asker):
    request = ask(idea, asker)
    writer = TeamMemberFactory(
        idea=idea, user=User.objects.create_user("w@x.example"), role=TeamRole.WRITER
    ).user
    for by in (writer, asker):
        with pytest.raises(Denied):
            answer(request, by, TeamRole.WRITER)
        with pytest.raises(Denied):
            asking.take_askers(idea=idea, takes=False, by=by)
    with pytest.raises(Invalid):
        answer(request, owner, TeamRole.OWNER)


def test_full_team_takes_nobody(idea, owner, asker, monkeypatch):
    request = ask(idea, asker)
    monkeypatch.setattr("ideas.team.PLACES", 1)
    with pytest.raises(NotNow):
        answer(request, owner, TeamRole.WRITER)
    request.refresh_from_db()
    assert request.answered_at is None


def test_team_page_answers_and_opens_the_door(client, owner, asker):
    idea = public_idea(owner, takes_askers=False)
    client.force_login(owner)
    page = reverse("ideas:own_team", args=[idea.uid])
    assert "Others may ask to join" in client.get(page).content.decode()
    client.post(reverse("ideas:own_askers", args=[idea.uid]), {"takes": "yes"})
    request = ask(fresh(idea), asker)
    text = client.get(page).content.decode()
    assert "Teen samaa" in text
    assert "Kyösti Kysyjä" in text
    form = {"request": request.pk, "role": "writer"}
    client.post(reverse("ideas:own_answer_asker", args=[idea.uid]), form)
    request.refresh_from_db()
    assert request.accepted
    assert "They ask to join" not in client.get(page).content.decode()


def test_request_to_another_proposal_is_not_answered_here(client, idea, owner, asker):
    other = public_idea(User.objects.create_user("muu@x.example"))
    request = ask(other, asker)
    client.force_login(owner)
    form = {"request": request.pk, "role": "writer"}
    client.post(reverse("ideas:own_answer_asker", args=[idea.uid]), form)
    request.refresh_from_db()
    assert request.answered_at is None


def test_blind_series_takes_no_askers(owner):
    idea = public_idea(owner, series=open_series(blind=True), takes_askers=False)
    with pytest.raises(NotNow):
        asking.take_askers(idea=idea, takes=True, by=owner)


@pytest.mark.parametrize("heir", [False, True])
def test_team_that_lost_its_last_writer_takes_no_askers(idea, owner, asker, heir):
    role = TeamRole.WRITER if heir else TeamRole.READER
    TeamMemberFactory(idea=idea, user=User.objects.create_user("muu@x.example"), role=role)
    personal.erase(owner, clock.now())
    assert asking.may_be_asked(fresh(idea), at=clock.now()) is heir
    if not heir:
        with pytest.raises(NotNow):
            ask(fresh(idea), asker)


def test_own_draft_stays_and_the_request_is_in_my_data_until_erasure(idea, owner, asker):
    draft = IdeaFactory(series=idea.series)
    TeamMemberFactory(idea=draft, user=asker)
    before = Idea.objects.values().get(pk=draft.pk)
    answer(ask(idea, asker), owner, TeamRole.WRITER)
    assert Idea.objects.values().get(pk=draft.pk) == before
    (told,) = personal.said(asker).data["requests_to_join"]
    assert (told["message"], told["accepted"]) == ("Teen samaa, tehdään yhdessä.", True)
    personal.erase(asker, clock.now())
    assert not JoinRequest.objects.exists()
