"""Eligibility found by two persons, a third on disagreement, on the rubric's gates."""

import pytest

from core.errors import Invalid, NotNow
from core.models import AuditEntry
from ideas.eligibility import check_idea, votes_on
from ideas.models import EligibilityCheck, Idea
from ideas.states import IdeaState
from scoring.actions import rounds
from scoring.models import Criterion
from scoring.states import CriterionKind
from tests.factories.ideas import IdeaFactory
from tests.factories.scoring import World, criterion_spec

pytestmark = pytest.mark.django_db

PLAN = [{"kind": "eligibility", "reviews": 2}, {"kind": "screening", "reviews": 2}]


@pytest.fixture
def world():
    return World.make(ideas=1, rubric={"rounds": PLAN})


@pytest.fixture
def idea(world):
    return IdeaFactory(series=world.series, submitted=True)


def say(world, idea, by, eligible, reason="Ei koske kuntaa.", **more):
    return check_idea(
        idea=idea, eligible=eligible, by=by, at=world.at, reason="" if eligible else reason, **more
    )


def state(idea):
    idea.refresh_from_db()
    return idea.state


def test_two_who_agree_settle_it(world, idea):
    second = world.colleague()
    say(world, idea, world.staff, True)
    assert state(idea) == IdeaState.SUBMITTED
    say(world, idea, second, True)
    assert state(idea) == IdeaState.ELIGIBLE
    assert AuditEntry.objects.filter(verb="idea.check_said").count() == 1


def test_one_person_counts_once(world, idea):
    for _ in range(3):
        say(world, idea, world.staff, True)
    assert state(idea) == IdeaState.SUBMITTED
    assert EligibilityCheck.objects.filter(idea=idea).count() == 1


@pytest.mark.parametrize("third", [True, False])
def test_a_third_decides_when_two_disagree(world, idea, third):
    say(world, idea, world.staff, True)
    say(world, idea, world.colleague(), False)
    assert votes_on(idea).disagree
    assert state(idea) == IdeaState.SUBMITTED
    say(world, idea, world.colleague(), third)
    assert state(idea) == (IdeaState.ELIGIBLE if third else IdeaState.INELIGIBLE)
    assert idea.checks.first().eligible is third  # its reason is what the proposer is told


def test_ones_word_may_be_changed_until_it_is_settled(world, idea):
    say(world, idea, world.staff, False)
    say(world, idea, world.staff, True)
    say(world, idea, world.colleague(), True)
    assert state(idea) == IdeaState.ELIGIBLE
    with pytest.raises(NotNow, match="stands"):
        say(world, idea, world.staff, False)


def test_late_proposals_are_checked_after_the_round_but_findings_stand(world, idea):
    Idea.objects.filter(pk=idea.pk).update(state="withdrawn")
    rounds.close_eligibility(series=world.series, by=world.staff, at=world.at)
    late = IdeaFactory(series=world.series, submitted=True)
    say(world, late, world.staff, True)
    say(world, late, world.colleague(), True)
    assert state(late) == IdeaState.ELIGIBLE
    with pytest.raises(NotNow):
        say(world, late, world.staff, False)


def test_gates_are_answered_one_by_one():
    gate = {**criterion_spec("municipal", 0, low=0, high=2), "kind": "gate"}
    world = World.make(
        ideas=0, rubric={"rounds": PLAN, "criteria": [criterion_spec("benefit", 100), gate]}
    )
    assert Criterion.objects.filter(kind=CriterionKind.GATE).exists()
    idea = IdeaFactory(series=world.series, submitted=True)
    with pytest.raises(Invalid):
        say(world, idea, world.staff, True)
    with pytest.raises(Invalid):
        say(world, idea, world.staff, True, gates={"municipal": 0})
    with pytest.raises(Invalid):
        say(world, idea, world.staff, False, gates={"municipal": 1})
    say(world, idea, world.staff, False, gates={"municipal": 2})  # to be cleared up: no vote yet
    say(world, idea, world.colleague(), False, gates={"municipal": 0})
    assert state(idea) == IdeaState.SUBMITTED
    assert len(votes_on(idea).unclear) == 1
    say(world, idea, world.staff, False, gates={"municipal": 0})
    assert state(idea) == IdeaState.INELIGIBLE
