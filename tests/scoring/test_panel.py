"""The jury's people: invitations, answers, ties; and sums that always equal a recount."""

import pytest
from django.db import IntegrityError, transaction

from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import Mail
from ideas.actions import withdraw_idea
from scoring.actions import panel, sheets
from scoring.actions.panel import Invitation, read_invitations
from scoring.models import Assignment, Juror
from scoring.states import JurorState
from tests.factories.accounts import UserFactory
from tests.factories.scoring import JurorFactory, World
from tests.scoring.recount import assert_sums

pytestmark = pytest.mark.django_db


def test_invitations_are_read_in_three_forms():
    assert read_invitations(
        "aino@kunta.example\n\n"
        '"Laine, Bo" <BO@kunta.example>\n'
        "cia@kunta.example; Cia Koski; Digijohtaja, Juva\n"
        "aino@kunta.example"
    ) == [
        Invitation("aino@kunta.example"),
        Invitation("bo@kunta.example", "Laine, Bo"),
        Invitation("cia@kunta.example", "Cia Koski", "Digijohtaja, Juva"),
    ]


def test_every_line_that_cannot_be_read_is_named():
    with pytest.raises(Invalid) as caught:
        read_invitations(f"ok@kunta.example\nei osoite\n{'x' * 250}@kunta.example")
    faults = caught.value.errors["people"]
    assert len(faults) == 2
    assert faults[0].startswith("Line 2: “ei osoite”")


@pytest.fixture
def world():
    return World.make()


def invite(world, *people):
    return panel.invite_jurors(
        challenge=world.challenge,
        people=[Invitation(person) for person in people],
        series=[world.series],
        by=world.staff,
        at=world.at,
    )


def test_invited_get_one_letter_each(world):
    assert len(invite(world, "a@kunta.example", "b@kunta.example")) == 2
    assert invite(world, "a@kunta.example") == []
    assert Mail.objects.filter(template="juror_invited").count() == 2


def test_who_declined_or_left_can_be_invited_again(world):
    (juror,) = invite(world, "a@kunta.example")
    person = UserFactory(email="a@kunta.example")
    panel.decline_invitation(juror=juror, by=person, at=world.at)
    (again,) = invite(world, "a@kunta.example")
    assert again == juror
    panel.accept_invitation(juror=again, by=person, at=world.at)
    panel.remove_juror(juror=again, by=world.staff, at=world.at)
    (third,) = invite(world, "a@kunta.example")
    assert third.state == JurorState.INVITED


def test_only_the_invited_person_answers(world):
    (juror,) = invite(world, "a@kunta.example")
    with pytest.raises(Denied):
        panel.accept_invitation(juror=juror, by=UserFactory(), at=world.at)
    person = UserFactory(email="A@kunta.example")
    panel.accept_invitation(juror=juror, by=person, at=world.at)
    juror.refresh_from_db()
    assert (juror.user, juror.state) == (person, JurorState.ACCEPTED)
    with pytest.raises(NotNow):
        panel.decline_invitation(juror=juror, by=person, at=world.at)


def test_staff_of_others_invite_nobody(world):
    world.staff = UserFactory(staff_of=World.make().challenge.owner)
    with pytest.raises(Denied):
        invite(world, "a@kunta.example")


@pytest.fixture
def assigned():
    return World.make(assigned=True)


def declare(one, kind, reason="", by=None):
    return panel.declare(
        juror=one.juror,
        idea=one.idea,
        kind=kind,
        reason=reason,
        by=by or one.juror.user,
        at=clock.now(),
    )


def test_no_ties_opens_the_proposal(assigned):
    one = assigned.assignments()[0]
    declare(one, "none")
    one.refresh_from_db()
    assert one.declared == "none"
    assert_sums()


def test_tie_needs_a_reason(assigned):
    one = assigned.assignments()[0]
    for kind in ("potential", "conflict"):
        with pytest.raises(Invalid) as caught:
            declare(one, kind, "  ")
        assert "reason" in caught.value.errors
    with pytest.raises(Invalid):
        declare(one, "friend")


def test_conflict_gives_the_proposal_to_somebody_else(assigned):
    one = assigned.assignments()[0]
    before = {a.juror_id for a in assigned.assignments() if a.idea_id == one.idea_id}
    Mail.objects.all().delete()
    declare(one, "conflict", "Oma yritys")
    after = {a.juror_id for a in assigned.assignments() if a.idea_id == one.idea_id}
    assert len(after) == 2
    assert one.juror_id not in after
    (newcomer,) = after - before
    letter = Mail.objects.get(template="juror_assigned")
    assert letter.to == Juror.objects.get(pk=newcomer).email
    assert_sums()


def test_conflict_is_final_for_the_juror(assigned):
    one = assigned.assignments()[0]
    declare(one, "conflict", "Oma yritys")
    with pytest.raises(Denied):
        declare(one, "none")
    assert one.juror.declarations.get(idea=one.idea).kind == "conflict"


def test_possible_tie_waits_for_staff_only(assigned):
    one = assigned.assignments()[0]
    declaration = declare(one, "potential", "Sama kylä")
    with pytest.raises(NotNow):
        declare(one, "none")
    with pytest.raises(NotNow, match="Declare your ties"):
        sheets.save_sheet(assignment=one, changes={"benefit": 5}, by=one.juror.user, at=clock.now())
    outbox.run_now()
    assert Mail.objects.filter(template="tie_potential", to=assigned.staff.email).exists()
    with pytest.raises(Denied):
        panel.settle_declaration(
            declaration=declaration, conflict=False, by=one.juror.user, at=clock.now()
        )
    panel.settle_declaration(
        declaration=declaration, conflict=False, by=assigned.staff, at=clock.now()
    )
    one.refresh_from_db()
    assert one.declared == "none"
    with pytest.raises(NotNow):
        panel.settle_declaration(
            declaration=declaration, conflict=True, by=assigned.staff, at=clock.now()
        )
    assert_sums()


def test_possible_tie_found_a_conflict_takes_the_proposal_away(assigned):
    one = assigned.assignments()[0]
    declaration = declare(one, "potential", "Sama kylä")
    panel.settle_declaration(
        declaration=declaration, conflict=True, by=assigned.staff, at=clock.now()
    )
    one.refresh_from_db()
    assert (one.state, one.declared) == ("recused", "conflict")
    assert_sums()


def test_possible_tie_can_be_made_a_conflict_by_the_juror(assigned):
    one = assigned.assignments()[0]
    declare(one, "potential", "Sama kylä")
    declare(one, "conflict", "Tarkemmin ajatellen")
    one.refresh_from_db()
    assert one.state == "recused"
    assert_sums()


def test_tie_after_submitting_is_for_the_chair_to_decide(assigned):
    assigned.declare_all()
    one = assigned.assignments()[0]
    assigned.score(one, all=3)
    with pytest.raises(NotNow, match="the chair decides"):
        declare(one, "conflict", "Myöhään")


def test_nobody_declares_for_another(assigned):
    one = assigned.assignments()[0]
    with pytest.raises(Denied):
        declare(one, "none", by=UserFactory())


def test_database_holds_no_assignment_against_a_conflict(assigned):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=assigned.assignments()[0].pk).update(declared="conflict")


def test_removed_juror_leaves_sheets_and_others_get_the_rest():
    world = World.make(ideas=6, jurors=4, assigned=True)
    leaving = world.jurors[0]
    world.declare_all()
    first, *rest = world.assignments(leaving)
    world.score(first, all=4)
    panel.remove_juror(juror=leaving, by=world.staff, at=world.at)
    kept = world.assignments(leaving)
    assert [one.pk for one in kept] == [first.pk]
    for one in [first, *rest]:  # nobody reads a proposal a third time
        assert sum(a.idea_id == one.idea_id for a in world.assignments()) == 2
    with pytest.raises(Denied):
        sheets.save_sheet(
            assignment=Assignment.objects.get(pk=rest[0].pk),
            changes={"benefit": 5},
            by=leaving.user,
            at=world.at,
        )
    assert_sums()


def test_invited_again_after_leaving_gets_no_proposal_back():
    world = World.make(jurors=3, assigned=True)
    panel.remove_juror(juror=world.jurors[0], by=world.staff, at=world.at)
    barred = {a.idea_id for a in Assignment.objects.filter(juror=world.jurors[0])}
    (again,) = invite(world, world.jurors[0].email)
    panel.accept_invitation(juror=again, by=world.jurors[0].user, at=world.at)
    world.assign()
    assert not barred & {a.idea_id for a in world.assignments(again)}
    assert_sums()


def test_withdrawn_proposal_leaves_the_jury():
    world = World.make(assigned=True)
    world.declare_all()
    one = world.assignments()[0]
    world.score(one, all=5)
    withdraw_idea(idea=one.idea, at=world.at)
    outbox.run_now()
    assert not [a for a in world.assignments() if a.idea_id == one.idea_id]
    assert world.round.scores.count() == 3
    assert_sums()


def test_late_juror_takes_what_is_missing():
    world = World.make(jurors=1)
    made = world.assign()
    assert [n for _idea, n in made.unstaffed] == [1] * 4
    world.jurors.append(JurorFactory(challenge=world.challenge))
    assert world.assign().unstaffed == []
    assert world.round.sheets_wanted == 8
    assert_sums()
