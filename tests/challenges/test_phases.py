"""Whatever the phases, a moment belongs to one of them at most, and submitting to its own only."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges import recipes, timetable
from challenges.models import Challenge, Phase
from challenges.states import Act, ChallengeState, PhaseKind, Status
from core.clock import HELSINKI, local

EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)
seconds = st.integers(0, 3 * 365 * 86_400)
days = st.dates(dt.date(2024, 1, 1), dt.date(2034, 12, 31))


def moment(second: int) -> dt.datetime:
    return EPOCH + dt.timedelta(seconds=second)


@st.composite
def timetables(draw: st.DrawFn) -> dict[PhaseKind, tuple[dt.datetime, dt.datetime]]:
    """Phases in their order, with or without gaps between them; submission is always there."""
    kinds = [k for k in PhaseKind if k == PhaseKind.SUBMISSION or draw(st.booleans())]
    cuts = sorted(draw(st.lists(seconds, min_size=len(kinds) * 2, max_size=len(kinds) * 2)))
    spans = {}
    for index, kind in enumerate(kinds):
        starts, ends = cuts[2 * index], cuts[2 * index + 1]
        spans[kind] = (moment(starts + index * 2), moment(ends + index * 2 + 1))
    return spans


def challenge_with(spans, state=ChallengeState.OPENED) -> Challenge:
    challenge = Challenge(state=state)
    challenge.timetable = sorted(
        (
            Phase(kind=kind, starts_at=starts, ends_at=ends)
            for kind, (starts, ends) in spans.items()
        ),
        key=lambda phase: phase.starts_at,
    )
    return challenge


@given(timetables(), seconds)
def test_moment_falls_in_one_phase_at_most(spans, second):
    at = moment(second)
    holding = [kind for kind, (starts, ends) in spans.items() if starts <= at < ends]
    found = challenge_with(spans).phase_at(at)
    assert len(holding) <= 1
    assert (found.kind if found else None) == (holding[0] if holding else None)


@given(timetables(), seconds)
def test_submitting_is_allowed_exactly_within_its_phase(spans, second):
    at = moment(second)
    starts, ends = spans[PhaseKind.SUBMISSION]
    assert challenge_with(spans).allows(Act.SUBMIT, at=at) == (starts <= at < ends)


@given(timetables())
def test_closing_is_to_the_microsecond(spans):
    starts, ends = spans[PhaseKind.SUBMISSION]
    challenge = challenge_with(spans)
    assert challenge.allows(Act.SUBMIT, at=starts)
    assert challenge.allows(Act.SUBMIT, at=ends - TICK)
    assert not challenge.allows(Act.SUBMIT, at=ends)
    assert not challenge.allows(Act.SUBMIT, at=starts - TICK)


@given(timetables(), seconds, st.sampled_from(Act))
def test_nothing_is_allowed_unless_opened(spans, second, act):
    for state in set(ChallengeState) - {ChallengeState.OPENED}:
        assert not challenge_with(spans, state).allows(act, at=moment(second))


@given(timetables(), seconds, seconds, st.sampled_from([Act.CHECK, Act.SCORE, Act.DECIDE]))
def test_later_acts_once_begun_go_on_until_the_decision(spans, one, other, act):
    first, last = sorted((moment(one), moment(other)))
    challenge = challenge_with(spans)
    if challenge.allows(act, at=first):
        assert challenge.allows(act, at=last)


@given(timetables(), seconds)
def test_status_says_open_exactly_when_one_may_submit(spans, second):
    challenge, at = challenge_with(spans), moment(second)
    assert (challenge.status_at(at) == Status.OPEN) == challenge.allows(Act.SUBMIT, at=at)


@given(timetables(), seconds, seconds)
def test_status_only_goes_forward(spans, one, other):
    first, last = sorted((moment(one), moment(other)))
    order = [Status.COMING, Status.OPEN, Status.SCORING]
    challenge = challenge_with(spans)
    assert order.index(challenge.status_at(first)) <= order.index(challenge.status_at(last))


@given(timetables())
def test_made_up_timetables_have_no_problems(spans):
    assert timetable.problems(spans) == {}


@given(days, days)
def test_moving_keeps_the_times_of_day_and_the_distances_in_days(opening, new_opening):
    """Times that a spring night skips are the one exception; the recipe has none of them."""
    recipe = recipes.load("mikkeli")
    before = recipe.timetable(opening)
    after = timetable.moved(before, opens_on=new_opening)
    assert after == recipe.timetable(new_opening)
    for kind, span in before.items():
        for old, new in zip(span, after[kind], strict=True):
            assert local(new).time() == local(old).time()
            assert local(new).date() - local(old).date() == new_opening - opening


@given(days)
def test_moving_there_and_back_changes_nothing(day):
    here = recipes.load("mikkeli").timetable(dt.date(2026, 10, 1))
    there = timetable.moved(here, opens_on=day)
    assert timetable.moved(there, opens_on=dt.date(2026, 10, 1)) == here


@given(days)
def test_recipe_closes_at_four_in_finland_whatever_the_season(opening):
    _starts, ends = recipes.load("mikkeli").timetable(opening)[PhaseKind.SUBMISSION]
    assert ends.astimezone(HELSINKI).time() == dt.time(16, 0)
    assert timetable.problems(recipes.load("mikkeli").timetable(opening)) == {}


@pytest.mark.parametrize(
    ("day", "utc_hour"), [(dt.date(2026, 3, 28), 14), (dt.date(2026, 3, 29), 13)]
)
def test_four_in_the_afternoon_is_another_moment_after_the_clocks_change(day, utc_hour):
    assert recipes.helsinki(day, dt.time(16, 0)).hour == utc_hour


def test_time_that_a_spring_night_skips_becomes_an_hour_later():
    skipped = recipes.helsinki(dt.date(2026, 3, 29), dt.time(3, 30))
    assert local(skipped).time() == dt.time(4, 30)
