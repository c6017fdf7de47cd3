import pytest
from django.utils import translation

from scoring.actions.standing import compute_standing
from tests.factories.scoring import World


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def world() -> World:
    return World.make(ideas=4, jurors=3, assigned=True)


@pytest.fixture
def scored() -> World:
    """Seven proposals, three jurors, all sheets in; the standing is computed."""
    world = World.make(ideas=7, jurors=3, assigned=True, rubric={"reviews": 3})
    world.declare_all()
    for one in world.assignments():
        mild = one.juror == world.jurors[0]
        level = max(1, min(5, 6 - (one.idea.number or 1) + (1 if mild else 0)))
        world.score(one, all=level, novelty=1 + ((one.idea.number or 0) + one.juror_id) % 5)
    world.series.winners = 2
    world.series.save()
    compute_standing(round_=world.round, at=world.at)
    return world
