"""Moves by hand have the assignment's own checks, and no submitted sheet moves."""

import pytest
from django.core.management import CommandError, call_command

from core.errors import Denied, NotNow
from scoring.actions import moves, panel
from scoring.models import AssignmentRun, Juror
from scoring.queries.assigning import replay
from tests.factories.scoring import JurorFactory, World
from tests.scoring.recount import assert_sums

pytestmark = pytest.mark.django_db


def a_world():
    """Two of three jurors have each proposal; (world, an assignment, the juror without)."""
    world = World.make(ideas=3, jurors=3, assigned=True)
    one = world.assignments()[0]
    holders = {a.juror_id for a in world.assignments() if a.idea_id == one.idea_id}
    (free,) = [juror for juror in world.jurors if juror.pk not in holders]
    return world, one, free


def give(world, one, juror):
    return moves.give_to(
        round_=world.round, idea=one.idea, juror=juror, by=world.staff, at=world.at
    )


def test_a_proposal_moves_to_another_juror():
    world, one, free = a_world()
    moved = moves.move(assignment=one, to=free, by=world.staff, at=world.at)
    one.refresh_from_db()
    assert (one.state, moved.juror, moved.declared) == ("withdrawn", free, "")
    assert_sums()
    kinds = list(AssignmentRun.objects.values_list("kind", flat=True))
    assert kinds == ["assigned", "moved", "moved"]
    assert [replay(run).same for run in AssignmentRun.objects.all()] == [True, None, None]


def test_it_may_be_given_back():
    world, one, _free = a_world()
    moves.take_off(assignment=one, by=world.staff, at=world.at)
    assert give(world, one, one.juror).pk == one.pk
    assert_sums()


def test_a_submitted_sheet_is_not_moved():
    world, one, free = a_world()
    world.declare_all()
    world.score(one, all=4)
    with pytest.raises(NotNow, match="submitted"):
        moves.move(assignment=one, to=free, by=world.staff, at=world.at)
    assert_sums()


def test_the_same_checks_hold_by_hand():
    world, one, free = a_world()
    with pytest.raises(NotNow, match="has it already"):
        give(world, one, one.juror)
    Juror.objects.filter(pk=free.pk).update(capacity=1)
    with pytest.raises(NotNow, match="limit"):
        give(world, one, free)
    Juror.objects.filter(pk=free.pk).update(capacity=None)
    one.idea.contact_email = free.email
    one.idea.save()
    with pytest.raises(NotNow, match="team"):
        give(world, one, free)
    invited = JurorFactory(challenge=world.challenge, invited=True)
    with pytest.raises(NotNow, match="not accepted"):
        give(world, one, invited)
    elsewhere = JurorFactory(challenge=world.challenge, series=[])
    with pytest.raises(NotNow, match="series"):
        give(world, one, elsewhere)


def test_who_told_of_a_conflict_never_gets_it_back():
    world, one, _free = a_world()
    panel.declare(
        juror=one.juror, idea=one.idea, kind="conflict", by=one.juror.user, at=world.at, reason="X"
    )
    with pytest.raises(NotNow, match="told of a tie"):
        give(world, one, one.juror)


def test_moves_are_for_the_hosts_staff_in_an_open_round():
    world, one, free = a_world()
    other = World.make()
    with pytest.raises(Denied):
        moves.take_off(assignment=one, by=other.staff, at=world.at)
    with pytest.raises(Denied):
        give(world, one, other.jurors[0])
    world.close()
    with pytest.raises(NotNow, match="not open"):
        give(world, one, free)


def test_command_replays_and_tells_of_a_change(capsys):
    world, one, free = a_world()
    moves.move(assignment=one, to=free, by=world.staff, at=world.at)
    call_command("replay", world.challenge.slug)
    out = capsys.readouterr().out
    assert out.count("the same pairs") == 1
    assert out.count("by hand") == 2
    run = AssignmentRun.objects.get(number=1)
    run.pairs = run.pairs[1:]
    run.save()
    with pytest.raises(CommandError):
        call_command("replay")
