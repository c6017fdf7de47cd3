"""The same done to many proposals, where the jury and its rubric have a say."""

import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from challenges import hosting
from cms.setup import setup_site
from ideas import bulk
from ideas.bulk_kinds import Plan
from ideas.models import Idea
from ideas.states import BatchAction, IdeaState
from scoring.actions import panel, rounds
from tests.factories.accounts import give
from tests.factories.challenges import SeriesFactory
from tests.factories.ideas import IdeaFactory
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db

ACCEPT = Plan(BatchAction.ACCEPT)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def seen(world, ideas, plan, by):
    rows = Idea.objects.for_writing().filter(pk__in=[one.pk for one in ideas]).order_by("number")
    return bulk.preview(rows, plan, by=by, at=world.at)


def press(world, ideas, plan, by, marks=None):
    found = {one.idea.number: one.mark for one in seen(world, ideas, plan, by)}
    return bulk.press(
        challenge=world.challenge,
        plan=plan,
        marks=marks or found,
        key=uuid.uuid4(),
        looked_at=world.at,
        by=by,
        at=world.at,
    )


def states(ideas):
    return list(
        Idea.objects.filter(pk__in=[one.pk for one in ideas]).values_list("state", flat=True)
    )


def test_two_persons_word_is_kept_settled_by_the_second_and_taken_back():
    plan = [{"kind": "eligibility", "reviews": 2}, {"kind": "screening", "reviews": 2}]
    world = World.make(ideas=1, rubric={"rounds": plan})
    ideas = [IdeaFactory(series=world.series, submitted=True) for _number in range(2)]
    second = world.colleague()
    assert not any(one.letter for one in seen(world, ideas, ACCEPT, world.staff))
    press(world, ideas, ACCEPT, world.staff)
    assert states(ideas) == [IdeaState.SUBMITTED] * 2
    assert all(one.obstacle for one in seen(world, ideas, ACCEPT, world.staff))
    assert all(one.letter for one in seen(world, ideas, ACCEPT, second))
    batch = press(world, ideas, ACCEPT, second)
    assert states(ideas) == [IdeaState.ELIGIBLE] * 2
    bulk.undo(batch=batch, by=second, at=world.at)
    assert states(ideas) == [IdeaState.SUBMITTED] * 2
    assert [one.checks.get().by for one in ideas] == [world.staff] * 2


def test_undo_leaves_findings_of_a_round_that_has_been_closed_since():
    plan = [{"kind": "eligibility", "reviews": 2}, {"kind": "screening", "reviews": 2}]
    world = World.make(ideas=1, rubric={"rounds": plan})
    ideas = [IdeaFactory(series=world.series, submitted=True)]
    press(world, ideas, ACCEPT, world.colleague())
    batch = press(world, ideas, ACCEPT, world.staff)
    rounds.close_eligibility(series=world.series, by=world.staff, at=world.at)
    bulk.undo(batch=batch, by=world.staff, at=world.at)
    [row] = batch.rows.all()
    assert (row.undone, bool(row.note), states(ideas)) == (False, True, [IdeaState.ELIGIBLE])


def test_what_the_jury_has_does_not_move_nor_is_a_finding_of_it_undone():
    world = World.make(ideas=2, jurors=3)
    late = [IdeaFactory(series=world.series, submitted=True) for _number in range(2)]
    batch = press(world, late, ACCEPT, world.staff)
    world.assign()
    bulk.undo(batch=batch, by=world.staff, at=world.at)
    assert [(row.undone, bool(row.note)) for row in batch.rows.all()] == [(False, True)] * 2
    assert states(late) == [IdeaState.ELIGIBLE] * 2
    other = SeriesFactory(challenge=world.challenge, key="muut", order=9)
    for plan in (ACCEPT, Plan(BatchAction.MOVE, "Syy", other)):
        assert "jury" in seen(world, late, plan, world.staff)[0].obstacle


def test_a_tie_closes_a_proposal_here_too(client):
    world = World.make(ideas=6, jurors=4, assigned=True)
    juror = world.jurors[0]
    give(juror.user, world.challenge.owner, "admin")
    hide = Plan(BatchAction.HIDE, "Nimiä.")
    marks = {one.idea.number: one.mark for one in seen(world, world.ideas, hide, world.staff)}
    closed, other = (one.idea for one in world.assignments(juror)[:2])
    panel.declare(
        juror=juror, idea=closed, kind="conflict", reason="Sisko", by=juror.user, at=world.at
    )
    setup_site()
    hosting.ensure_host(world.challenge.owner)
    client.force_login(juror.user)
    page = reverse("ideas_admin:bulk", args=[world.challenge.pk])
    looked = client.get(page, {"which": "all", "action": "hide"})
    assert {one.idea for one in looked.context["prospects"]} == set(world.ideas) - {closed}
    batch = press(world, world.ideas, hide, juror.user, marks)
    assert {row.idea for row in batch.rows.all()} == set(world.ideas) - {closed}
    closed.refresh_from_db()
    assert closed.hidden_at is None
    # Told of a tie after the press: undoing leaves that one, without its words.
    panel.declare(
        juror=juror, idea=other, kind="conflict", reason="Veli", by=juror.user, at=world.at
    )
    bulk.undo(batch=batch, by=juror.user, at=world.at)
    assert {row.idea: row.undone for row in batch.rows.all()}[other] is False
    assert batch.rows.filter(undone=True).count() == len(world.ideas) - 2
    shown = client.get(reverse("ideas_admin:batch", args=[world.challenge.pk, batch.pk]))
    assert other.title not in shown.content.decode()
