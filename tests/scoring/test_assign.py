"""Assignment in the database: balanced, repeatable, never against a conflict; sums that hold."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import clock
from core.errors import Denied, DomainError, NotNow
from core.models import AuditEntry, Mail
from ideas.actions import withdraw_idea
from scoring.actions import assign, panel, roster, rounds, sheets
from scoring.models import Assignment, Declaration, Juror, Round
from scoring.queries import assigning
from scoring.states import JurorState
from tests.factories.accounts import OrganisationFactory, give
from tests.factories.ideas import IdeaFactory, TeamMemberFactory
from tests.factories.scoring import JurorFactory, World
from tests.scoring.recount import assert_sums

pytestmark = pytest.mark.django_db


def pairs(world):
    return {(one.juror_id, one.idea_id) for one in world.assignments()}


def test_every_proposal_gets_its_reviews_and_loads_are_even():
    world = World.make(ideas=9, jurors=5, assigned=True)
    given = world.assignments()
    assert len(given) == 18
    assert {sum(a.idea == idea for a in given) for idea in world.ideas} == {2}
    loads = [sum(a.juror == juror for a in given) for juror in world.jurors]
    assert max(loads) - min(loads) <= 1
    assert_sums()


def test_same_seed_gives_the_same_pairs_and_order():
    world = World.make(ideas=7, jurors=4)
    planned = assign.ensure_round(series=world.series, by=world.staff)
    plans = [assigning.plan(planned).result.added for _ in range(2)]
    assert [tuple(map(int, pair)) for pair in plans[0]] == [
        tuple(map(int, pair)) for pair in plans[1]
    ]
    world.assign()
    first = list(Assignment.objects.order_by("pk").values_list("juror", "idea", "order"))
    Assignment.objects.all().delete()
    planned.scores.all().delete()
    assign.assign_round(round_=planned, by=world.staff, at=world.at)
    assert first == list(Assignment.objects.order_by("pk").values_list("juror", "idea", "order"))


def test_seed_and_pairs_are_in_the_record():
    world = World.make(assigned=True)
    entry = AuditEntry.objects.get(verb="round.assigned")
    assert entry.data["seed"] == world.round.seed
    assert {tuple(pair)[::-1] for pair in entry.data["pairs"]} == pairs(world)


def test_own_and_tied_proposals_are_never_assigned():
    world = World.make(ideas=3, jurors=4)
    mine, team, colleague, _free = world.jurors
    world.ideas[0].contact_email = mine.email.upper()
    world.ideas[0].save()
    TeamMemberFactory(idea=world.ideas[1], user=team.user, email="toinen@osoite.example")
    world.ideas[2].contact_email = f"pomo@{colleague.email.rpartition('@')[2]}"
    world.ideas[2].save()
    world.assign()
    tied = {
        (juror.pk, idea.pk)
        for juror, idea in zip((mine, team, colleague), world.ideas, strict=True)
    }
    assert not tied & pairs(world)
    assert len(pairs(world)) == 6


def test_jurors_of_the_same_organisation_are_barred():
    world = World.make(ideas=1, jurors=3)
    company = OrganisationFactory()
    give(world.jurors[0].user, company, "member")
    world.ideas[0].organisation = company
    world.ideas[0].save()
    world.assign()
    assert world.jurors[0].pk not in {juror for juror, _idea in pairs(world)}


def test_capacity_and_missing_reviews_are_told():
    world = World.make(ideas=4, jurors=2)
    Juror.objects.filter(pk=world.jurors[0].pk).update(capacity=1)
    made = world.assign()
    assert sum(n for _idea, n in made.unstaffed) == 3
    assert world.round.assignment_report["unmet"]
    assert_sums()


def test_assigning_again_keeps_what_was_given_and_adds_late_proposals():
    world = World.make(ideas=4, jurors=3, assigned=True)
    before = pairs(world)
    Mail.objects.all().delete()
    late = IdeaFactory(series=world.series, eligible=True)
    world.assign()
    assert before < pairs(world)
    assert {idea for _juror, idea in pairs(world) - before} == {late.pk}
    assert Mail.objects.filter(template="juror_assigned").count() == 2
    assert_sums()


def test_only_eligible_proposals_and_accepted_jurors_take_part():
    world = World.make(ideas=2, jurors=2)
    IdeaFactory(series=world.series, submitted=True)
    IdeaFactory(series=world.series, ineligible=True)
    JurorFactory(challenge=world.challenge, invited=True)
    made = world.assign()
    assert set(made.ideas) == set(world.ideas)
    assert set(made.jurors) == set(world.jurors)


def test_nothing_to_assign_is_said_in_words():
    empty = World.make(ideas=0)
    with pytest.raises(NotNow, match="No proposal has been checked"):
        empty.assign()
    alone = World.make(jurors=0)
    with pytest.raises(NotNow, match="No juror has accepted"):
        alone.assign()


def test_last_juror_may_leave():
    world = World.make(ideas=1, jurors=1, assigned=True)
    panel.remove_juror(juror=world.jurors[0], by=world.staff, at=world.at)
    assert world.assignments() == []
    assert assigning.plan(world.round).unstaffed == [(world.ideas[0], 2)]
    assert_sums()


def test_closed_round_is_not_assigned_and_closes_once():
    world = World.make(assigned=True)
    world.close()
    with pytest.raises(NotNow):
        world.assign()
    with pytest.raises(NotNow):
        world.close()


def test_round_is_planned_once_with_its_rubric():
    world = World.make()
    first = assign.ensure_round(series=world.series, by=world.staff)
    assert assign.ensure_round(series=world.series, by=world.staff) == first
    assert (first.rubric, first.reviews) == (world.rubric, 2)


def test_others_staff_cannot_assign():
    world, other = World.make(assigned=True), World.make()
    for verb in (
        lambda: assign.ensure_round(series=world.series, by=other.staff),
        lambda: assign.assign_round(round_=world.round, by=other.staff, at=world.at),
        lambda: rounds.close_round(round_=world.round, by=other.staff, at=world.at),
    ):
        with pytest.raises(Denied):
            verb()


class JuryMachine(RuleBasedStateMachine):
    """Anything that can happen to a jury, in any order: sums hold, no conflict is assigned."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World.make(ideas=4, jurors=4)
        self.at = clock.now()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def pick(self, n: int) -> Assignment | None:
        rows = self.world.assignments()
        return rows[n % len(rows)] if rows else None

    @rule()
    def hand_out(self) -> None:
        closed = Round.objects.filter(series=self.world.series, state="closed").exists()
        seated = Juror.objects.filter(state=JurorState.ACCEPTED).exists()
        if seated and not closed:
            self.world.assign()

    @rule(n=st.integers(0, 99), kind=st.sampled_from(["none", "potential", "conflict"]))
    def declare(self, n: int, kind: str) -> None:
        if one := self.pick(n):
            self.attempt(
                lambda: panel.declare(
                    juror=one.juror,
                    idea=one.idea,
                    kind=kind,
                    reason="Syy",
                    by=one.juror.user,
                    at=self.at,
                )
            )

    @rule(n=st.integers(0, 99), conflict=st.booleans())
    def settle(self, n: int, conflict: bool) -> None:
        waiting = list(Declaration.objects.filter(kind="potential").order_by("pk"))
        if waiting:
            panel.settle_declaration(
                declaration=waiting[n % len(waiting)],
                conflict=conflict,
                by=self.world.staff,
                at=self.at,
            )

    @rule(n=st.integers(0, 99), value=st.integers(1, 5))
    def save(self, n: int, value: int) -> None:
        if one := self.pick(n):
            self.attempt(
                lambda: sheets.save_sheet(
                    assignment=one, changes={"benefit": value}, by=one.juror.user, at=self.at
                )
            )

    @rule(n=st.integers(0, 99), value=st.integers(1, 5))
    def submit(self, n: int, value: int) -> None:
        if one := self.pick(n):
            self.attempt(lambda: self.world.score(one, all=value))

    @rule(n=st.integers(0, 3))
    def remove(self, n: int) -> None:
        juror = Juror.objects.get(pk=self.world.jurors[n].pk)
        panel.remove_juror(juror=juror, by=self.world.staff, at=self.at)

    @rule(n=st.integers(0, 3))
    def come_back(self, n: int) -> None:
        Juror.objects.filter(pk=self.world.jurors[n].pk, state=JurorState.REMOVED).update(
            state=JurorState.ACCEPTED
        )

    @rule(n=st.integers(0, 3))
    def withdraw(self, n: int) -> None:
        idea = self.world.ideas[n]
        idea.refresh_from_db()
        self.attempt(lambda: withdraw_idea(idea=idea, at=self.at))
        idea.refresh_from_db()
        roster.take_out(idea=idea)

    @precondition(lambda self: Round.objects.filter(series=self.world.series, state="open"))
    @rule()
    def close(self) -> None:
        self.world.close()

    def attempt(self, verb) -> None:
        """Refusals are part of life; whatever they leave behind is checked by the invariants."""
        try:
            with transaction.atomic():
                verb()
        except DomainError:
            return

    @invariant()
    def sums_equal_a_recount(self) -> None:
        assert_sums()

    @invariant()
    def no_conflict_is_assigned(self) -> None:
        barred = set(Declaration.objects.filter(kind="conflict").values_list("juror", "idea"))
        assert not barred & pairs(self.world)

    @invariant()
    def nobody_reads_a_proposal_too_often(self) -> None:
        given = [idea for _juror, idea in pairs(self.world)]
        assert all(given.count(idea) <= 2 for idea in given)


def test_any_history_of_a_jury_keeps_its_sums(db):
    run_state_machine_as_test(
        JuryMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
