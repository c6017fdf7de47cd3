"""Any history of rounds, assignments and sheets: no path leads round a rule."""

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core import clock
from core.errors import DomainError
from ideas.eligibility import check_idea
from ideas.models import Idea
from scoring.actions import moves, panel, rounds
from scoring.models import (
    Assignment,
    AssignmentRun,
    Declaration,
    IdeaScore,
    Juror,
    Round,
    ScoreSheet,
)
from scoring.queries.assigning import replay
from scoring.queries.rounds import candidates, deciding_round, earlier_round
from scoring.states import ROUND_DONE, Outcome, RoundKind
from tests.factories.ideas import IdeaFactory
from tests.factories.scoring import World
from tests.scoring.recount import assert_sums

PLAN = [
    {"kind": "eligibility", "reviews": 2},
    {"kind": "screening", "reviews": 2, "advance": {"by": "best", "value": 2}},
    {"kind": "grey", "reviews": 1},
    {"kind": "final", "reviews": 3, "carry_over": "0.5", "live": True},
]
ORDER = ["planned", "open", "closed", "moderation", "certified"]


class RoundsMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.at = clock.now()
        self.world = World.make(ideas=3, jurors=4, rubric={"rounds": PLAN})
        self.second = self.world.colleague()
        IdeaFactory(series=self.world.series, submitted=True)
        self.kept: dict[int, str] = {}  # submitted sheets' digests
        self.seen: dict[int, tuple[str, bool]] = {}  # rounds' states, and whether advanced

    # What people do

    @rule(eligible=st.booleans(), second=st.booleans(), n=st.integers(0, 3))
    def check(self, eligible: bool, second: bool, n: int) -> None:
        ideas = list(Idea.objects.filter(series=self.world.series).order_by("pk"))
        before = {idea.pk: idea.state for idea in ideas}
        closed = Round.objects.filter(kind=RoundKind.ELIGIBILITY).exists()
        self.attempt(
            lambda: check_idea(
                idea=ideas[n],
                eligible=eligible,
                reason="" if eligible else "Ei",
                by=self.second if second else self.world.staff,
                at=self.at,
            )
        )
        if closed:
            for idea in Idea.objects.filter(pk__in=before).exclude(state="submitted"):
                assert before[idea.pk] in ("submitted", idea.state)

    @rule()
    def close_eligibility(self) -> None:
        self.attempt(
            lambda: rounds.close_eligibility(
                series=self.world.series, by=self.world.staff, at=self.at
            )
        )

    @rule()
    def give_out(self) -> None:
        self.attempt(self.world.assign)

    @rule()
    def close(self) -> None:
        self.on_latest(lambda one: rounds.close_round(round_=one, by=self.world.staff, at=self.at))

    @rule(certify=st.booleans())
    def moderate(self, certify: bool) -> None:
        verb = rounds.certify_round if certify else rounds.begin_moderation
        self.on_latest(lambda one: verb(round_=one, by=self.world.staff, at=self.at))

    @rule(n=st.integers(0, 2))
    def advance(self, n: int) -> None:
        found = list(self.world.series.rounds.order_by("number"))
        if found:
            one = found[n % len(found)]
            self.attempt(lambda: rounds.advance_round(round_=one, by=self.world.staff, at=self.at))

    @rule(n=st.integers(0, 2))
    def undo(self, n: int) -> None:
        found = list(self.world.series.rounds.order_by("number"))
        if found:
            one = found[n % len(found)]
            later = Round.objects.filter(number__gt=one.number).exclude(state="planned").exists()
            self.attempt(lambda: rounds.undo_advance(round_=one, by=self.world.staff))
            one.refresh_from_db()
            if one.advanced_at is None and later:
                assert not self.seen.get(one.pk, ("", False))[1]
            self.seen.pop(one.pk, None)

    @rule(n=st.integers(0, 2))
    def grey(self, n: int) -> None:
        idea = self.world.ideas[n]
        self.on_latest(
            lambda one: rounds.open_grey_round(
                round_=one, ideas=[idea], extra=1, by=self.world.staff, at=self.at
            )
        )

    @rule(n=st.integers(0, 99), kind=st.sampled_from(["none", "none", "none", "conflict"]))
    def declare(self, n: int, kind: str) -> None:
        if one := self.pick(n):
            self.attempt(
                lambda: panel.declare(
                    juror=one.juror, idea=one.idea, kind=kind, reason="Syy",
                    by=one.juror.user, at=self.at,
                )
            )  # fmt: skip

    @rule()
    def declare_all(self) -> None:
        self.attempt(self.world.declare_all)

    @rule(n=st.integers(0, 99), value=st.integers(1, 5))
    def score(self, n: int, value: int) -> None:
        if one := self.pick(n):
            closed = one.round.state != "open"
            before = ScoreSheet.objects.filter(assignment=one).values_list("revision").first()
            self.attempt(lambda: self.world.score(one, all=value))
            after = ScoreSheet.objects.filter(assignment=one).values_list("revision").first()
            assert not closed or before == after  # nothing is scored in a closed round

    @rule(n=st.integers(0, 99), to=st.integers(0, 3))
    def move(self, n: int, to: int) -> None:
        if one := self.pick(n):
            juror = self.world.jurors[to]
            self.attempt(
                lambda: moves.move(assignment=one, to=juror, by=self.world.staff, at=self.at)
            )

    @rule(n=st.integers(1, 3))
    def remove(self, n: int) -> None:
        juror = Juror.objects.get(pk=self.world.jurors[n].pk)
        panel.remove_juror(juror=juror, by=self.world.staff, at=self.at)

    # How

    def pick(self, n: int) -> Assignment | None:
        found = self.world.assignments()
        return found[n % len(found)] if found else None

    def on_latest(self, verb) -> None:
        one = deciding_round(self.world.series)
        if one is not None:
            self.attempt(lambda: verb(one))

    def attempt(self, verb) -> None:
        """Refusals are part of life; whatever they leave behind is checked by the invariants."""
        try:
            with transaction.atomic():
                verb()
        except DomainError:
            return

    # What holds whatever they do

    @invariant()
    def sums_equal_a_recount(self) -> None:
        assert_sums()

    @invariant()
    def no_submitted_sheet_is_moved_or_changed(self) -> None:
        now = dict(
            ScoreSheet.objects.filter(state="submitted", assignment__state="confirmed").values_list(
                "pk", "digest"
            )
        )
        assert self.kept.items() <= now.items()
        self.kept = now

    @invariant()
    def rounds_only_go_forwards(self) -> None:
        for one in Round.objects.all():
            state, advanced = self.seen.get(one.pk, (one.state, False))
            assert ORDER.index(one.state) >= ORDER.index(state)
            assert one.advanced_at is not None or not advanced
            self.seen[one.pk] = (one.state, one.advanced_at is not None)

    @invariant()
    def one_scored_round_at_a_time_and_in_the_published_order(self) -> None:
        found = list(Round.objects.order_by("number"))
        assert all(one.state in ROUND_DONE for one in found[:-1])
        assert [one.stage for one in found] == sorted({one.stage for one in found})

    @invariant()
    def only_those_who_advanced_are_in_the_next_round(self) -> None:
        for one in Round.objects.exclude(kind=RoundKind.ELIGIBILITY):
            before = earlier_round(one)
            if before is None or one.state == "planned":
                continue
            inside = set(one.scores.values_list("idea", flat=True))
            allowed = before.scores.all()
            if one.kind != RoundKind.GREY:
                assert before.advanced_at is not None
                allowed = allowed.filter(outcome=Outcome.ADVANCED)
            assert inside <= set(allowed.values_list("idea", flat=True))

    @invariant()
    def outcomes_stand_only_where_it_was_advanced(self) -> None:
        for row in IdeaScore.objects.select_related("round"):
            assert bool(row.outcome) == (row.round.advanced_at is not None)

    @invariant()
    def no_conflict_and_nobody_twice(self) -> None:
        barred = set(Declaration.objects.filter(kind="conflict").values_list("juror", "idea"))
        late = Assignment.objects.filter(state="confirmed", declared="conflict")
        assert not late.exists()
        unread = Assignment.objects.filter(state="confirmed", sheet__isnull=True)
        assert not barred & set(unread.filter(round__state="open").values_list("juror", "idea"))
        for one in Round.objects.filter(kind=RoundKind.GREY):
            before = earlier_round(one)
            first = set(before.assignments.filter(state="confirmed").values_list("juror", "idea"))
            again = set(one.assignments.filter(state="confirmed").values_list("juror", "idea"))
            assert not first & again

    @invariant()
    def only_eligible_proposals_are_given_out(self) -> None:
        for one in Round.objects.filter(state="open"):
            given = set(one.assignments.filter(state="confirmed").values_list("idea", flat=True))
            assert given <= set(candidates(one).values_list("pk", flat=True))

    def teardown(self) -> None:
        assert all(replay(run).same is not False for run in AssignmentRun.objects.all())


def test_no_path_leads_round_a_rule_of_rounds(db):
    run_state_machine_as_test(
        RoundsMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
