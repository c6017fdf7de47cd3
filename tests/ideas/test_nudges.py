"""Letters before the closing, only to those who have begun and not sent."""

import datetime as dt

import pytest

from challenges.actions import CLOSES_SOON, save_timetable
from challenges.models import Phase
from challenges.timetable import of
from core import clock
from core.models import Mail, OutboxRow
from ideas.nudges import nudge
from tests.challenges.test_lifecycle import running
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    """A call that closes in three days."""
    made = open_series()
    closes = clock.now() + dt.timedelta(hours=72)
    Phase.objects.filter(challenge=made.challenge, kind="submission").update(ends_at=closes)
    return made


def told(hours, series, *, later=dt.timedelta()):
    at = series.challenge.closes_at - dt.timedelta(hours=hours) + later
    return nudge(challenge=series.challenge, hours=hours, at=at)


def test_a_draft_is_reminded_twice_and_nobody_else(series):
    draft = IdeaFactory(series=series, contact_email="luonnos@posti.example", answers={})
    IdeaFactory(series=series, submitted=True)
    IdeaFactory(series=series, contact_email="", answers={})
    assert [told(72, series), told(72, series), told(24, series), told(24, series)] == [1, 0, 1, 0]
    first, last = Mail.objects.filter(template="idea_nudge").order_by("pk")
    assert {first.to, last.to} == {draft.contact_email}
    assert "3 päivää" in first.subject
    assert "Puuttuu vielä" in first.text
    assert "Emme muistuta enää" in last.text


def test_a_late_outbox_or_a_moved_closing_says_nothing_untrue(series):
    IdeaFactory(series=series, contact_email="luonnos@posti.example")
    assert told(72, series, later=dt.timedelta(hours=5)) == 0
    assert told(72, series, later=-dt.timedelta(hours=1)) == 0


def test_letters_are_planned_with_the_closing_and_anew_when_it_moves():
    series, person = running()
    challenge, at = series.challenge, clock.now()
    save_timetable(challenge=challenge, phases=of(challenge), by=person, at=at)
    planned = OutboxRow.objects.filter(event=CLOSES_SOON).order_by("run_after")
    closes = challenge.closes_at
    assert [row.run_after for row in planned] == [
        closes - dt.timedelta(hours=72),
        closes - dt.timedelta(hours=24),
    ]


def test_reminding_many_asks_as_much_as_reminding_few(series, django_assert_max_num_queries):
    for number in range(20):
        IdeaFactory(series=series, contact_email=f"l{number}@posti.example")
    with django_assert_max_num_queries(15):
        assert told(72, series) == 20
