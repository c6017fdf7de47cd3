"""Terms of the jury: versions are kept, each seat points at the one accepted."""

import pytest

from core.errors import Denied, Invalid
from core.multilingual import languages
from scoring.actions import panel
from scoring.actions.terms import accept_terms, usual_terms, write_terms
from scoring.models import Terms
from scoring.queries.terms import must_accept_again
from tests.factories.accounts import UserFactory
from tests.factories.scoring import JurorFactory, World

pytestmark = pytest.mark.django_db


def invited(world):
    juror = JurorFactory(challenge=world.challenge, invited=True)
    return juror, UserFactory(email=juror.email)


def write(world, words):
    return write_terms(challenge=world.challenge, body={"fi": words}, by=world.staff, at=world.at)


def test_accepting_keeps_the_version():
    world = World.make(jurors=0)
    juror, person = invited(world)
    panel.accept_invitation(juror=juror, by=person, at=world.at)
    juror.refresh_from_db()
    assert (juror.terms.number, juror.terms_at) == (1, world.at)
    assert juror.terms.body == usual_terms()
    assert set(usual_terms()) == set(languages())


def test_a_new_version_is_asked_for_and_the_old_one_kept():
    world = World.make(jurors=0)
    juror, person = invited(world)
    panel.accept_invitation(juror=juror, by=person, at=world.at)
    juror.refresh_from_db()
    second = write(world, "Lupaan uuden asian.")
    assert must_accept_again(juror)
    assert write(world, " Lupaan uuden asian. ") == second  # the same words again
    with pytest.raises(Denied):
        accept_terms(juror=juror, by=world.staff, at=world.at)
    juror = accept_terms(juror=juror, by=person, at=world.at)
    assert juror.terms == second
    assert not must_accept_again(juror)
    assert Terms.objects.count() == 2


def test_terms_are_written_by_staff_in_finnish_at_least():
    world, other = World.make(jurors=0), World.make(jurors=0)
    with pytest.raises(Denied):
        write_terms(challenge=world.challenge, body={"fi": "X"}, by=other.staff, at=world.at)
    for body in ({"sv": "Jag lovar"}, {"fi": "x" * 6001}):
        with pytest.raises(Invalid):
            write_terms(challenge=world.challenge, body=body, by=world.staff, at=world.at)


def test_what_staff_know_of_a_juror_is_changed():
    world = World.make(ideas=2, jurors=2, assigned=True)
    juror = world.jurors[0]
    args = {"expertise": [], "capacity": 5, "chair": True, "by": world.staff}
    panel.change_juror(juror=juror, series=[world.series], **args)
    juror.refresh_from_db()
    assert (juror.capacity, juror.chair) == (5, True)
    with pytest.raises(Invalid):  # has proposals of the series
        panel.change_juror(juror=juror, series=[], **args)
    with pytest.raises(Denied):
        panel.change_juror(juror=juror, series=[], **{**args, "by": World.make().staff})
