"""Rounds in a row: planned from the rubric, advanced by its rule, undone, carried over, grey."""

from fractions import Fraction

import pytest

from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry
from ideas import queries as idea_queries
from ideas.eligibility import check_idea
from ideas.models import Idea
from scoring.actions import assign, decision, panel, rounds
from scoring.models import Assignment, IdeaScore, Round
from scoring.queries.assigning import plan, replay
from scoring.queries.ranking import rank_round
from scoring.queries.rounds import (
    candidates,
    deciding_round,
    path_of,
    pooled_rounds,
    round_to_assign,
    seed_of,
    settled_path,
    standing_of,
)
from scoring.rules import may_read
from scoring.states import Outcome, RoundKind, RoundState
from tests.factories.ideas import IdeaFactory
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db

BEST_TWO = {"kind": "screening", "reviews": 2, "advance": {"by": "best", "value": 2}}
FINAL = {"kind": "final", "reviews": 3, "carry_over": "0.25", "live": True}
GREY = {"kind": "grey", "reviews": 1}
ELIGIBILITY = {"kind": "eligibility", "reviews": 2}


def a_world(*plan, **more):
    return World.make(rubric={"rounds": list(plan)}, **{"ideas": 4, "jurors": 3, **more})


def scored(world):
    """The first round given out, scored and closed."""
    world.assign()
    world.score_all()
    return rounds.close_round(round_=latest(world), by=world.staff, at=world.at)


def latest(world):
    return deciding_round(world.series)


def advance(world, **more):
    return rounds.advance_round(round_=latest(world), by=world.staff, at=world.at, **more)


def test_best_two_advance_and_only_they_are_in_the_final():
    world = a_world(BEST_TWO, FINAL)
    first = scored(world)
    made = rounds.advancing(first)
    assert [goes for _row, goes in made.rows] == [True, True, False, False]
    advance(world, expected=made.digest)
    outcomes = dict(first.scores.values_list("idea__number", "outcome"))
    assert outcomes == {1: "advanced", 2: "advanced", 3: "out", 4: "out"}
    world.assign()
    final = latest(world)
    assert (final.kind, final.number, final.live) == (RoundKind.FINAL, 2, True)
    assert {idea.number for idea in candidates(final)} == {1, 2}
    assert Assignment.objects.filter(round=final).count() == 6


def test_a_juror_who_said_of_a_proposal_that_there_are_no_ties_is_not_asked_again():
    world = a_world(BEST_TWO, FINAL)
    scored(world)
    advance(world)
    asked = set(Assignment.objects.values_list("juror", "idea"))
    world.assign()
    for one in Assignment.objects.filter(round=latest(world)):
        assert one.declared == ("none" if (one.juror_id, one.idea_id) in asked else "")


def test_by_threshold_those_on_the_limit_advance():
    world = a_world({**BEST_TWO, "advance": {"by": "threshold", "value": 50}}, FINAL)
    first = scored(world)
    made = rounds.advancing(first)
    assert [(str(row.place.score), goes) for row, goes in made.rows] == [
        ("100.00", True),
        ("75.00", True),
        ("50.00", True),
        ("25.00", False),
    ]


def test_a_proposal_without_sheets_does_not_advance_even_among_all():
    world = a_world({**BEST_TWO, "advance": {"by": "all"}}, FINAL)
    world.assign()
    world.declare_all()
    for one in world.assignments():
        if one.idea != world.ideas[0]:
            world.score(one, all=3)
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    assert {row.idea.number for row in advance(world).going} == {2, 3, 4}


def test_nobody_advances_to_an_empty_round():
    world = a_world({**BEST_TWO, "advance": {"by": "threshold", "value": 100}}, FINAL)
    world.assign()
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    with pytest.raises(NotNow, match="no proposals"):
        advance(world)


def test_advancing_is_undone_until_the_next_round_opens():
    world = a_world(BEST_TWO, FINAL)
    first = scored(world)
    with pytest.raises(NotNow, match="nothing to take back"):
        rounds.undo_advance(round_=first, by=world.staff)
    advance(world)
    with pytest.raises(NotNow, match="already"):
        advance(world)
    assign.ensure_round(series=world.series, by=world.staff)  # planned is not opened
    first = rounds.undo_advance(round_=first, by=world.staff)
    assert first.advanced_at is None
    assert Round.objects.count() == 1
    assert set(first.scores.values_list("outcome", flat=True)) == {""}
    advance(world)
    world.assign()
    with pytest.raises(NotNow, match="stands"):
        rounds.undo_advance(round_=first, by=world.staff)
    verbs = list(AuditEntry.objects.filter(verb__startswith="round.adv").order_by("pk"))
    assert [one.verb for one in verbs] == [
        "round.advanced",
        "round.advance_undone",
        "round.advanced",
    ]
    assert len(verbs[0].data["out"]) == 2


def test_what_was_previewed_is_what_is_done():
    world = a_world(BEST_TWO, FINAL)
    scored(world)
    with pytest.raises(assign.PlanHasChanged):
        advance(world, expected="another")
    assert not IdeaScore.objects.exclude(outcome="").exists()


def test_the_next_round_waits_for_who_advances():
    world = a_world(BEST_TWO, FINAL)
    world.assign()
    with pytest.raises(NotNow, match="Close the round first"):
        advance(world)
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    with pytest.raises(NotNow, match="who advances"):
        round_to_assign(world.series)


def test_one_round_without_a_plan_is_the_last_one():
    world = World.make(assigned=True)
    world.score_all()
    world.close()
    with pytest.raises(NotNow, match="no round after"):
        advance(world)
    with pytest.raises(NotNow, match="last one"):
        round_to_assign(world.series)


def test_earlier_scores_are_carried_over_exactly():
    world = a_world(BEST_TWO, FINAL)
    scored(world)
    earlier = {row.place.idea: Fraction(row.place.exact) for row in rank_round(latest(world)).rows}
    advance(world)
    world.assign()
    world.declare_all()
    for one in world.assignments():
        if one.round == latest(world):
            world.score(one, all=2 if one.idea.number == 1 else 5)
    ranking = rank_round(latest(world))
    for row in ranking.rows:
        own = Fraction(25) if row.idea.number == 1 else Fraction(100)
        want = Fraction(1, 4) * earlier[row.place.idea] + Fraction(3, 4) * own
        assert Fraction(row.place.exact) == want
        assert (Fraction(row.place.own), Fraction(row.place.carried)) == (
            own,
            earlier[row.place.idea],
        )
    assert [row.idea.number for row in ranking.rows] == [2, 1]
    assert ranking.given.from_data(ranking.given.to_data()).carry_over == Fraction(1, 4)


def test_grey_zone_adds_readers_and_counts_their_sheets_with_the_others():
    world = a_world(BEST_TWO, GREY, FINAL, jurors=4)
    first = scored(world)
    before = {(a.juror_id, a.idea_id) for a in world.assignments()}
    middle = [idea for idea in world.ideas if idea.number in (2, 3)]
    made = rounds.plan_grey_round(round_=first, ideas=middle, extra=1)
    assert Round.objects.count() == 1  # looking writes nothing
    rounds.open_grey_round(
        round_=first,
        ideas=middle,
        extra=1,
        by=world.staff,
        at=world.at,
        expected=made.inputs.digest,
    )
    grey = latest(world)
    added = {(a.juror_id, a.idea_id) for a in grey.assignments.all()}
    assert not added & before
    assert {idea for _juror, idea in added} == {i.pk for i in middle}
    assert pooled_rounds(grey) == [grey, first]
    world.declare_all()
    for one in world.assignments():
        if one.round == grey:
            world.score(one, all=5)
    rounds.close_round(round_=grey, by=world.staff, at=world.at)
    ranking = rank_round(grey)
    assert {row.idea.number: row.place.sheets for row in ranking.rows} == {1: 2, 2: 3, 3: 3, 4: 2}
    scores = {row.idea.number: Fraction(row.place.exact) for row in ranking.rows}
    assert scores[2] == Fraction(75 + 75 + 100, 3)
    with pytest.raises(NotNow):  # the round that it cleared up is not advanced from any more
        rounds.advance_round(round_=first, by=world.staff, at=world.at)
    assert {row.idea.number for row in advance(world).going} == {1, 2}
    world.assign()
    assert latest(world).kind == RoundKind.FINAL


def test_a_recusal_in_the_grey_zone_is_repaired_by_somebody_who_has_not_read_it():
    world = a_world(BEST_TWO, GREY, FINAL, ideas=3, jurors=5)
    first = scored(world)
    rounds.open_grey_round(
        round_=first, ideas=world.ideas[:1], extra=1, by=world.staff, at=world.at
    )
    grey = latest(world)
    one = grey.assignments.select_related("juror__user").get()
    panel.declare(
        juror=one.juror, idea=one.idea, kind="conflict", by=one.juror.user, at=world.at, reason="X"
    )
    readers = set(first.assignments.filter(idea=one.idea).values_list("juror", flat=True))
    now = grey.assignments.get(state="confirmed")
    assert now.juror_id not in readers | {one.juror_id}


@pytest.mark.parametrize(
    ("given", "error"),
    [({"extra": 0}, Invalid), ({"extra": 21}, Invalid), ({"ideas": []}, Invalid)],
)
def test_a_grey_zone_is_asked_for_sensibly(given, error):
    world = a_world(BEST_TWO, GREY)
    first = scored(world)
    args = {"ideas": world.ideas[:1], "extra": 1, **given}
    with pytest.raises(error):
        rounds.open_grey_round(round_=first, by=world.staff, at=world.at, **args)


def test_no_grey_zone_that_was_not_published():
    world = a_world(BEST_TWO, FINAL)
    first = scored(world)
    with pytest.raises(NotNow, match="no grey zone"):
        rounds.open_grey_round(
            round_=first, ideas=world.ideas[:1], extra=1, by=world.staff, at=world.at
        )


def test_moderation_and_certification_follow_closing():
    world = a_world(BEST_TWO, FINAL)
    world.assign()
    for verb in (rounds.begin_moderation, rounds.certify_round):
        with pytest.raises(NotNow):
            verb(round_=latest(world), by=world.staff, at=world.at)
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    rounds.begin_moderation(round_=latest(world), by=world.staff, at=world.at)
    done = rounds.certify_round(round_=latest(world), by=world.staff, at=world.at)
    assert done.state == RoundState.CERTIFIED
    assert done.is_done


def test_path_is_shown_to_others_once_it_cannot_be_undone():
    world = a_world(BEST_TWO, FINAL)
    scored(world)
    advance(world)
    first, last = world.ideas[0], world.ideas[-1]
    assert [one.outcome for one in path_of(last)] == [Outcome.OUT]
    assert settled_path(last) == []
    world.assign()
    assert [one.outcome for one in path_of(first)] == [Outcome.ADVANCED, ""]
    assert [one.outcome for one in settled_path(last)] == [Outcome.OUT]
    captions = [step.caption for step in idea_queries.trail(last, at=world.at)]
    assert "did not go on" in captions


def test_standing_tells_what_is_next():
    world = a_world(ELIGIBILITY, BEST_TWO, FINAL, jurors=2)
    steps = [standing_of(world.series).step]
    late = IdeaFactory(series=world.series, submitted=True)
    steps.append(standing_of(world.series).step)
    assert standing_of(world.series).too_few_jurors  # the final wants three
    Idea.objects.filter(pk=late.pk).update(state="withdrawn")
    rounds.close_eligibility(series=world.series, by=world.staff, at=world.at)
    steps.append(standing_of(world.series).step)
    world.assign()
    steps.append(standing_of(world.series).step)
    world.score_all()
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    steps.append(standing_of(world.series).step)
    advance(world)
    steps.append(standing_of(world.series).step)
    world.assign()
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    steps.append(standing_of(world.series).step)
    assert steps == [
        "close_eligibility", "check", "assign", "score", "advance", "undo", "decide",
    ]  # fmt: skip


def test_eligibility_comes_first_and_closes_once():
    world = a_world(ELIGIBILITY, BEST_TWO)
    with pytest.raises(NotNow, match="eligibility first"):
        world.assign()
    waiting = IdeaFactory(series=world.series, submitted=True)
    with pytest.raises(NotNow, match="1 proposals"):
        rounds.close_eligibility(series=world.series, by=world.staff, at=world.at)
    Idea.objects.filter(pk=waiting.pk).update(state="withdrawn")
    made = rounds.close_eligibility(series=world.series, by=world.staff, at=world.at)
    assert (made.kind, made.state) == (RoundKind.ELIGIBILITY, RoundState.CLOSED)
    with pytest.raises(NotNow, match="already"):
        rounds.close_eligibility(series=world.series, by=world.staff, at=world.at)
    with pytest.raises(NotNow, match="stand"):
        check_idea(idea=world.ideas[0], eligible=False, reason="Ei", by=world.staff, at=world.at)
    world.assign()
    assert latest(world).number == 2


def test_strangers_do_nothing_to_rounds():
    world, other = a_world(BEST_TWO, FINAL), World.make()
    first = scored(world)
    by, at = other.staff, world.at
    for verb in (
        lambda: rounds.close_eligibility(series=world.series, by=by, at=at),
        lambda: rounds.advance_round(round_=first, by=by, at=at),
        lambda: rounds.undo_advance(round_=first, by=by),
        lambda: rounds.begin_moderation(round_=first, by=by, at=at),
        lambda: rounds.set_anchors(round_=first, ideas=[], by=by, at=at),
        lambda: rounds.set_pitches(round_=first, order={}, by=by),
        lambda: rounds.open_grey_round(round_=first, ideas=world.ideas, extra=1, by=by, at=at),
    ):
        with pytest.raises(Denied):
            verb()


def test_seed_is_nobodys_choice_and_depends_on_the_proposals():
    world = World.make(ideas=3)
    planned = round_to_assign(world.series)
    assert planned.pk is None
    assert Round.objects.count() == 0
    assert planned.seed == seed_of(planned) == round_to_assign(world.series).seed
    IdeaFactory(series=world.series, eligible=True)
    assert round_to_assign(world.series).seed != planned.seed


def test_every_run_is_kept_and_replays():
    world = World.make(ideas=6, jurors=4, assigned=True)
    IdeaFactory(series=world.series, eligible=True)
    world.assign()
    runs = list(world.round.runs.all())
    assert [len(run.pairs) for run in runs] == [12, 2]
    assert all(replay(run).same for run in runs)
    runs[0].pairs = runs[0].pairs[1:]
    assert replay(runs[0]).same is False


def test_anchors_are_read_by_everybody_who_may():
    world = World.make(ideas=5, jurors=4)
    planned = assign.ensure_round(series=world.series, by=world.staff)
    rounds.set_anchors(round_=planned, ideas=world.ideas[:1], by=world.staff, at=world.at)
    world.ideas[0].contact_email = world.jurors[0].email
    world.ideas[0].save()
    made = world.assign()
    assert not made.unstaffed
    readers = world.round.assignments.filter(idea=world.ideas[0]).values_list("juror", flat=True)
    assert set(readers) == {juror.pk for juror in world.jurors[1:]}
    foreign = World.make()
    with pytest.raises(Invalid):
        rounds.set_anchors(round_=world.round, ideas=foreign.ideas[:1], by=world.staff, at=world.at)


def test_pitches_have_a_turn_each():
    world = a_world(BEST_TWO, FINAL)
    scored(world)
    advance(world)
    world.assign()
    final = latest(world)
    first, second = (idea.pk for idea in world.ideas[:2])
    for order in ({first: 1, second: 1}, {first: 2, second: 3}, {first: 1, -1: 2}):
        with pytest.raises(Invalid):
            rounds.set_pitches(round_=final, order=order, by=world.staff)
    rounds.set_pitches(round_=final, order={first: 2, second: 1}, by=world.staff)
    assert dict(final.scores.values_list("idea", "pitch")) == {first: 2, second: 1}
    not_live = final.series.rounds.get(number=1)
    with pytest.raises(NotNow):
        rounds.set_pitches(round_=not_live, order={}, by=world.staff)


def test_decision_is_made_from_the_last_round_and_waits_for_it():
    world = a_world(BEST_TWO, FINAL)
    scored(world)
    advance(world)
    world.assign()
    with pytest.raises(NotNow):
        decision.draft_decision(challenge=world.challenge, by=world.staff, at=world.at)
    world.score_all()
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    made = decision.draft_decision(challenge=world.challenge, by=world.staff, at=world.at)
    assert made.verdicts.count() == 4  # those who were out get a reason too
    ranked = set(made.verdicts.exclude(rank=None).values_list("idea__number", flat=True))
    assert ranked == {1, 2}


def test_planning_costs_the_same_for_few_and_many(django_assert_max_num_queries):
    for size in (2, 8):
        world = World.make(ideas=size, jurors=3)
        with django_assert_max_num_queries(15):
            plan(round_to_assign(world.series))


def test_a_conflict_told_in_the_final_closes_what_was_read_before():
    world = a_world(BEST_TWO, FINAL)
    scored(world)
    advance(world)
    world.assign()
    read = set(Round.objects.get(number=1).assignments.values_list("juror", "idea"))
    one = next(
        one
        for one in latest(world).assignments.select_related("juror__user", "idea")
        if (one.juror_id, one.idea_id) in read
    )
    assert may_read(one.juror.user, one.idea)
    panel.declare(
        juror=one.juror, idea=one.idea, kind="conflict", by=one.juror.user, at=world.at, reason="X"
    )
    assert not may_read(one.juror.user, one.idea)
    assert not Assignment.objects.of_juror(one.juror.user).filter(idea=one.idea).exists()
