"""The decision: drafted from the ranking, approved by another, published once and whole."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import Solution
from challenges.models import Series
from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail, OutboxRow
from ideas.actions import withdraw_idea
from ideas.models import Idea
from scoring import publication, ranking
from scoring.actions import decision as verbs
from scoring.actions.publish import publish_decision
from scoring.models import Decision, Verdict
from scoring.queries.ranking import rank_round
from tests.factories.accounts import UserFactory
from tests.factories.ideas import EligibilityCheckFactory, IdeaFactory
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db


def scored(**options) -> World:
    world = World.make(assigned=True, **options)
    Series.objects.filter(pk=world.series.pk).update(winners=2)
    world.score_all()
    world.close()
    return world


def draft(world) -> Decision:
    return verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())


def reasons(decision, words="Perustelu {n}"):
    return {
        verdict.pk: verbs.Choice(
            awarded=verdict.awarded, reason=words.format(n=verdict.idea.number)
        )
        for verdict in decision.verdicts.select_related("idea")
    }


def write(world, decision, **changes):
    given = {
        "choices": reasons(decision),
        "statement": "Raati kiittää.",
        "publish_at": clock.now() - dt.timedelta(seconds=1),
        "by": world.staff,
        **changes,
    }
    return verbs.write_decision(decision=decision, **given)


def approved(world, publish_at=None) -> Decision:
    decision = draft(world)
    write(world, decision, publish_at=publish_at or clock.now() - dt.timedelta(seconds=1))
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    return verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())


@pytest.fixture
def world():
    return scored()


def test_best_of_the_series_are_marked_as_winners(world):
    decision = draft(world)
    rows = decision.verdicts.order_by("idea__number").values_list("awarded", "rank", "award")
    assert list(rows) == [
        (True, 1, "Kokeilu kunnassa"),
        (True, 2, "Kokeilu kunnassa"),
        (False, 3, ""),
        (False, 4, ""),
    ]
    stored = decision.ranking["rankings"]
    assert stored == [rank_round(world.round).result.to_data()]
    assert decision.ranking["format"] == ranking.FORMAT


def test_award_is_written_in_the_proposals_language():
    world = scored()
    Idea.objects.filter(pk=world.ideas[0].pk).update(language="sv")
    decision = draft(world)
    assert decision.verdicts.get(idea=world.ideas[0]).award == "Kokeilu kunnassa (sv)"


def test_those_who_did_not_meet_the_rules_get_the_checks_reason(world):
    refused = IdeaFactory(series=world.series, ineligible=True)
    EligibilityCheckFactory(idea=refused, eligible=False, reason="Myöhässä.", by=world.staff)
    decision = draft(world)
    verdict = decision.verdicts.get(idea=refused)
    assert (verdict.awarded, verdict.rank, verdict.reason) == (False, None, "Myöhässä.")


def test_an_unchecked_proposal_keeps_the_decision_waiting(world):
    IdeaFactory(series=world.series, submitted=True)
    with pytest.raises(NotNow, match="Check every proposal"):
        draft(world)


def test_scoring_must_be_closed_first():
    world = World.make(assigned=True)
    with pytest.raises(NotNow, match="Close the scoring"):
        draft(world)


def test_eligible_proposals_that_nobody_was_given_keep_the_decision_waiting():
    with pytest.raises(NotNow, match="Close the scoring"):
        draft(World.make())


def test_it_is_not_decided_before_its_time(world):
    later = clock.now() + dt.timedelta(days=1)
    world.challenge.phases.update(starts_at=later, ends_at=later + dt.timedelta(days=1))
    with pytest.raises(NotNow, match="not time"):
        draft(world)


def test_drafting_again_keeps_the_reasons(world):
    decision = draft(world)
    write(world, decision)
    draft(world)
    assert set(decision.verdicts.values_list("reason", flat=True)) == {
        f"Perustelu {n}" for n in range(1, 5)
    }


def test_staff_may_choose_otherwise_and_what_is_not_named_stays(world):
    decision = draft(world)
    third = decision.verdicts.get(rank=3)
    write(world, decision, choices={third.pk: verbs.Choice(awarded=True, reason="Erityisen uusi")})
    assert list(decision.verdicts.filter(awarded=True).values_list("rank", flat=True)) == [1, 2, 3]
    assert decision.verdicts.get(rank=4).reason == ""


def test_ineligible_proposal_cannot_win(world):
    refused = IdeaFactory(series=world.series, ineligible=True)
    decision = draft(world)
    verdict = decision.verdicts.get(idea=refused)
    write(world, decision, choices={verdict.pk: verbs.Choice(awarded=True, reason="Ei")})
    verdict.refresh_from_db()
    assert not verdict.awarded


def test_too_long_reason_is_refused_not_cut(world):
    decision = draft(world)
    with pytest.raises(Invalid):
        write(world, decision, choices=reasons(decision, "x" * 4001))


def test_everybody_must_have_a_reason_and_the_moment_must_be_set(world):
    decision = draft(world)
    write(world, decision, choices={}, publish_at=None)
    with pytest.raises(Invalid) as caught:
        verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    assert caught.value.errors == {
        "reasons": ["4 proposals have no reason yet."],
        "publish_at": ["Set the moment of publication."],
    }


def test_drafter_cannot_approve(world):
    decision = draft(world)
    write(world, decision)
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    with pytest.raises(NotNow, match="second person"):
        verbs.approve_decision(decision=decision, by=world.staff, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(approved_by=world.staff)


def test_whoever_wrote_last_is_the_drafter(world):
    decision = draft(world)
    other = world.colleague()
    write(world, decision, by=other)
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    with pytest.raises(NotNow, match="second person"):
        verbs.approve_decision(decision=decision, by=other, at=clock.now())


def test_strangers_neither_write_nor_approve(world):
    decision = draft(world)
    stranger = World.make().staff
    for verb in (
        lambda: verbs.draft_decision(challenge=world.challenge, by=stranger, at=clock.now()),
        lambda: write(world, decision, by=stranger),
        lambda: verbs.propose_decision(decision=decision, by=stranger, at=clock.now()),
        lambda: verbs.approve_decision(decision=decision, by=stranger, at=clock.now()),
        lambda: verbs.return_decision(decision=decision, by=stranger, reason="Ei"),
        lambda: write(world, decision, by=UserFactory()),
    ):
        with pytest.raises(Denied):
            verb()


def test_colleagues_are_asked_for_approval(world):
    colleague = world.colleague()
    decision = draft(world)
    write(world, decision)
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    outbox.run_now()
    letters = Mail.objects.filter(template="decision_proposed")
    assert [letter.to for letter in letters] == [colleague.email]


def test_proposed_and_approved_decisions_are_not_written(world):
    decision = approved(world, publish_at=clock.now() + dt.timedelta(days=1))
    for verb in (
        lambda: write(world, decision),
        lambda: draft(world),
        lambda: verbs.propose_decision(decision=decision, by=world.staff, at=clock.now()),
        lambda: verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now()),
    ):
        with pytest.raises(NotNow):
            verb()
    verbs.return_decision(decision=decision, by=world.staff, reason="Korjataan")
    write(world, decision)


def test_nothing_is_published_before_its_moment(world):
    decision = approved(world, publish_at=clock.now() + dt.timedelta(hours=1))
    outbox.run_now()
    assert not publish_decision(decision=decision, at=clock.now())
    assert not Solution.objects.exists()
    row = OutboxRow.objects.get(event="decision.due")
    assert row.run_after == decision.publish_at
    assert publish_decision(decision=decision, at=decision.publish_at)


def test_decision_taken_back_is_not_published_by_its_old_job(world):
    decision = approved(world, publish_at=clock.now() + dt.timedelta(hours=1))
    verbs.return_decision(decision=decision, by=world.staff, reason="Korjataan")
    later = clock.now() + dt.timedelta(hours=2)
    assert not publish_decision(decision=decision, at=later)


def test_publication_does_everything_once(world):
    decision = approved(world)
    outbox.run_now()
    assert not publish_decision(decision=decision, at=clock.now())
    world.challenge.refresh_from_db()
    assert world.challenge.state == "decided"
    assert set(Idea.objects.values_list("state", flat=True)) == {"decided"}
    assert list(Idea.objects.filter(awarded=True).order_by("number")) == world.ideas[:2]
    letters = Mail.objects.filter(template="idea_decided")
    assert sorted(letter.to for letter in letters) == sorted(i.contact_email for i in world.ideas)
    assert "Perustelu 3" in letters.get(to=world.ideas[2].contact_email).text
    assert AuditEntry.objects.filter(verb="decision.published").count() == 1
    assert Solution.objects.count() == 2


def test_winner_becomes_a_solution_with_origin_award_and_owner(world):
    approved(world)
    outbox.run_now()
    solution = Solution.objects.get(idea=world.ideas[0])
    assert solution.live
    assert solution.owner == world.challenge.owner
    assert solution.challenge == world.challenge
    assert solution.award == "Kokeilu kunnassa"
    assert solution.origin == world.challenge.name["fi"]
    assert solution.provider == "Ehdottaja 1"
    assert solution.summary == "Tiivistys ehdotuksesta 1."
    assert solution.problem.startswith("Ongelma numero 1")
    assert "Salainen" not in f"{solution.problem}{solution.solution}{solution.summary}"


def test_winner_without_a_summary_is_published_too(world):
    Idea.objects.update(summary="")
    approved(world)
    outbox.run_now()
    assert Solution.objects.get(idea=world.ideas[0]).summary == "Ehdotus 1"


def test_error_in_the_middle_leaves_nothing_behind(world):
    decision = approved(world)
    before = Mail.objects.count()

    def break_down(_decision):
        raise RuntimeError("the disk is full")

    publication.on_publish.append(break_down)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            publish_decision(decision=decision, at=clock.now())
    finally:
        publication.on_publish.remove(break_down)
    decision.refresh_from_db()
    world.challenge.refresh_from_db()
    assert (decision.state, world.challenge.state) == ("approved", "opened")
    assert not Solution.objects.exists()
    assert not Idea.objects.filter(state="decided").exists()
    assert Mail.objects.count() == before
    outbox.run_now()
    assert Solution.objects.count() == 2


def test_withdrawn_after_the_approval_is_left_out(world):
    approved(world)
    withdraw_idea(idea=world.ideas[0], at=clock.now())
    outbox.run_now()
    world.ideas[0].refresh_from_db()
    assert world.ideas[0].state == "withdrawn"
    assert list(Solution.objects.values_list("idea", flat=True)) == [world.ideas[1].pk]
    assert not Verdict.objects.filter(idea=world.ideas[0]).exists()


def test_cancelled_challenge_is_not_decided(world):
    decision = approved(world)
    type(world.challenge).objects.update(state="cancelled")
    assert not publish_decision(decision=decision, at=clock.now())


def test_letter_is_in_the_proposals_language(world):
    Idea.objects.filter(pk=world.ideas[0].pk).update(language="sv")
    approved(world)
    outbox.run_now()
    letter = Mail.objects.get(template="idea_decided", to=world.ideas[0].contact_email)
    assert letter.language == "sv"
    assert "/sv/" in letter.text
