"""Opening taken back, pause, more time, and dates that keep off public holidays."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import grant_role
from accounts.states import Role
from challenges import actions, lifecycle, recipes, timetable
from challenges.models import Challenge
from challenges.states import Act, ChallengeState, PhaseKind
from core import clock, outbox
from core.clock import local
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from tests.challenges.test_challenge_admin import challenge, host, own_checks_only  # noqa: F401
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def staff(host):  # noqa: F811
    person = UserFactory()
    grant_role(organisation=host, user=person, role=Role.STAFF, by=None)
    return person


def running():
    series = open_series()
    person = UserFactory()
    owner = series.challenge.owner
    grant_role(organisation=owner, user=person, role=Role.STAFF, by=None)
    return series, person


def letters():
    outbox.run_now()
    return set(Mail.objects.filter(template="challenge_notice").values_list("to", flat=True))


# Taking the opening back --------------------------------------------------------------------------


def test_an_opening_is_taken_back_whole(client, challenge, staff):  # noqa: F811
    at = clock.now()
    opened = actions.open_challenge(challenge=challenge, by=staff, at=at)
    page = opened.get_absolute_url()
    assert client.get(page).status_code == 200
    frozen = {one.key: one.form.definition for one in opened.series.all()}
    back = lifecycle.undo_opening(challenge=opened, by=staff, at=at + dt.timedelta(minutes=9))
    outbox.run_now()
    assert (back.state, back.opened_at) == (ChallengeState.PREPARING, None)
    assert client.get(page).status_code == 404
    assert not any(page.live for page in back.pages.all())
    for one in back.series.all():
        assert one.form.frozen_at is None
        assert one.form.definition == frozen[one.key]
    again = actions.open_challenge(challenge=back, by=staff, at=at + dt.timedelta(minutes=20))
    assert again.state == ChallengeState.OPENED
    assert client.get(page).status_code == 200


def test_not_after_ten_minutes_nor_after_a_proposal():
    series, staff = running()
    at = clock.now()
    Challenge.objects.update(opened_at=at - dt.timedelta(minutes=11))
    with pytest.raises(NotNow):
        lifecycle.undo_opening(challenge=series.challenge, by=staff, at=at)
    Challenge.objects.update(opened_at=at, last_number=1)
    with pytest.raises(NotNow):
        lifecycle.undo_opening(challenge=series.challenge, by=staff, at=at)


# Pause and more time ------------------------------------------------------------------------------


def test_a_pause_stops_handing_in_and_is_told_to_all_who_have_begun():
    series, staff = running()
    IdeaFactory(series=series, contact_email="luonnos@x.example")
    IdeaFactory(series=series, submitted=True, contact_email="jatetty@x.example")
    IdeaFactory(series=series, withdrawn=True, contact_email="pois@x.example")
    at = clock.now()
    paused = lifecycle.pause(
        challenge=series.challenge, reason="Palvelu on rikki.", by=staff, at=at
    )
    assert not paused.allows(Act.SUBMIT, at=at)
    assert paused.allows(Act.SUBMIT, at=at - dt.timedelta(seconds=1))
    assert letters() == {"luonnos@x.example", "jatetty@x.example"}
    assert AuditEntry.objects.get(verb="challenge.paused").data["reason"] == "Palvelu on rikki."
    on = lifecycle.resume(challenge=paused, by=staff, at=at)
    assert on.allows(Act.SUBMIT, at=at)
    assert len(letters()) == 2
    assert Mail.objects.filter(template="challenge_notice").count() == 4


def test_a_paused_call_says_so_and_takes_nothing(client):
    series, staff = running()
    at = clock.now()
    lifecycle.pause(challenge=series.challenge, reason="Palvelu on rikki.", by=staff, at=at)
    door = reverse("ideas:start", args=[series.challenge.slug, series.key])
    assert "Palvelu on rikki." in client.get(door).content.decode()


def test_a_pause_needs_a_reason_an_open_call_and_a_right():
    series, staff = running()
    at = clock.now()
    with pytest.raises(Invalid):
        lifecycle.pause(challenge=series.challenge, reason=" ", by=staff, at=at)
    with pytest.raises(Denied):
        lifecycle.pause(challenge=series.challenge, reason="x", by=UserFactory(), at=at)
    lifecycle.pause(challenge=series.challenge, reason="x", by=staff, at=at)
    with pytest.raises(NotNow):
        lifecycle.pause(challenge=series.challenge, reason="x", by=staff, at=at)


def test_more_time_moves_what_comes_after_and_is_told():
    series, staff = running()
    IdeaFactory(series=series, contact_email="luonnos@x.example")
    before = timetable.of(series.challenge)
    closes = before[PhaseKind.SUBMISSION][1] + 7 * DAY
    lifecycle.extend(
        challenge=series.challenge, closes_at=closes, reason="Loma.", by=staff, at=clock.now()
    )
    after = timetable.of(Challenge.objects.get(pk=series.challenge_id))
    assert after[PhaseKind.SUBMISSION][1] == closes
    assert after[PhaseKind.SCORING][0] >= before[PhaseKind.SCORING][0] + 6 * DAY
    assert not timetable.problems(after)
    assert letters() == {"luonnos@x.example"}
    assert "Loma." in Mail.objects.get(template="challenge_notice").text


def test_time_is_never_taken_away():
    series, staff = running()
    earlier = series.challenge.closes_at - DAY
    with pytest.raises(Invalid) as refusal:
        lifecycle.extend(
            challenge=series.challenge, closes_at=earlier, reason="x", by=staff, at=clock.now()
        )
    assert set(refusal.value.errors) == {"closes_at"}
    assert not AuditEntry.objects.filter(verb="challenge.extended").exists()


def test_a_cancelled_call_is_told_to_all_with_its_reason():
    series, staff = running()
    IdeaFactory(series=series, contact_email="luonnos@x.example")
    actions.cancel_challenge(
        challenge=series.challenge, reason="Raha loppui.", by=staff, at=clock.now()
    )
    assert letters() == {"luonnos@x.example"}
    assert "Raha loppui." in Mail.objects.get(template="challenge_notice").text


# Holidays -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "becomes"),
    [
        (dt.date(2026, 12, 6), dt.date(2026, 12, 7)),  # Sunday
        (dt.date(2026, 12, 24), dt.date(2026, 12, 28)),  # three holidays and a Sunday
        (dt.date(2027, 3, 26), dt.date(2027, 3, 30)),  # Good Friday to Easter Monday
        (dt.date(2026, 6, 19), dt.date(2026, 6, 22)),  # Midsummer Eve
        (dt.date(2026, 12, 5), dt.date(2026, 12, 5)),  # a Saturday is no holiday
    ],
)
def test_a_closing_keeps_off_holidays(day, becomes):
    starts = recipes.helsinki(dt.date(2026, 3, 2), dt.time(9))
    ends = recipes.helsinki(day, dt.time(16))
    later = recipes.helsinki(day + 40 * DAY, dt.time(12))
    spans, moves = timetable.off_holidays(
        {PhaseKind.SUBMISSION: (starts, ends), PhaseKind.CHECKING: (ends, later)}
    )
    closes = local(spans[PhaseKind.SUBMISSION][1])
    assert (closes.date(), closes.time()) == (becomes, dt.time(16))
    assert spans[PhaseKind.CHECKING][0] == spans[PhaseKind.SUBMISSION][1]
    assert bool(moves) == (day != becomes)


def test_what_was_moved_is_said_in_words():
    starts = recipes.helsinki(dt.date(2026, 3, 2), dt.time(9))
    ends = recipes.helsinki(dt.date(2026, 12, 6), dt.time(16))
    _spans, moves = timetable.off_holidays({PhaseKind.SUBMISSION: (starts, ends)})
    assert len(moves) == 1
    assert "6.12.2026" in moves[0]
    assert "tsenäisyyspäivä" in moves[0]
    assert "7.12.2026" in moves[0]
