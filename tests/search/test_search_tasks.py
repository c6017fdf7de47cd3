"""The index follows the database through the outbox."""

import pytest

from catalogue import actions
from core import clock, outbox
from core.models import OutboxRow
from ideas import moderation
from ideas.states import IdeaState
from search.engine import Query
from search.service import engine
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.ideas import IdeaFactory
from tests.search.making import BOTH

pytestmark = [pytest.mark.django_db, BOTH]


def found(words: str, kind: str = "solution") -> list[str]:
    return [hit.pk for hit in engine().search(Query(words, kind=kind, fill=0)).hits]


def refreshed() -> list[OutboxRow]:
    return list(OutboxRow.objects.filter(handler__startswith="search."))


def run_ours() -> None:
    """Run our rows only: letters and the like are tested elsewhere."""
    OutboxRow.objects.exclude(handler__startswith="search.").delete()
    outbox.run_now()


def test_changed_solution_is_found_by_its_new_words(index):
    solution = SolutionFactory(title="Puisto", summary="")
    actions.changed(solution)
    run_ours()
    assert found("puistot") == [str(solution.pk)]
    solution.title = "Latu"
    solution.save()
    actions.changed(solution)
    run_ours()
    assert found("puisto") == []
    assert found("ladut") == [str(solution.pk)]


def test_solution_taken_offline_is_found_no_more(index):
    solution = SolutionFactory(title="Puisto", summary="")
    actions.changed(solution)
    run_ours()
    solution.live = False
    solution.save()
    actions.changed(solution)
    run_ours()
    assert found("puisto") == []


def test_deleted_solution_is_found_no_more(index):
    solution = SolutionFactory(title="Puisto", summary="")
    actions.changed(solution)
    run_ours()
    solution.delete()
    run_ours()
    assert found("puisto") == []
    assert engine().digests() == {}


def test_proposal_is_found_from_publication_to_withdrawal(index):
    idea = IdeaFactory(submitted=True)
    outbox.emit("idea.submitted", idea=idea.pk, version=1)
    run_ours()
    assert found("koulukyyti", "idea") == []
    idea.published_at = idea.submitted_at
    idea.save()
    outbox.emit("ideas.published", challenge=idea.challenge_id, ideas=[idea.pk])
    run_ours()
    assert found("koulukyyti", "idea") == [str(idea.pk)]
    idea.state = IdeaState.WITHDRAWN
    idea.save()
    outbox.emit("idea.withdrawn", idea=idea.pk)
    run_ours()
    assert found("koulukyyti", "idea") == []


def test_proposal_that_staff_hide_is_not_found_till_they_restore_it(index):
    idea = IdeaFactory(submitted=True, public=True)
    staff = UserFactory(staff_of=idea.challenge.owner)
    outbox.emit("ideas.published", challenge=idea.challenge_id, ideas=[idea.pk])
    run_ours()
    assert found("koulukyyti", "idea") == [str(idea.pk)]
    moderation.hide(target=idea, reason="Mainos", by=staff, at=clock.now())
    run_ours()
    assert found("koulukyyti", "idea") == []
    moderation.restore(target=idea, by=staff)
    run_ours()
    assert found("koulukyyti", "idea") == [str(idea.pk)]


def test_challenge_refreshes_what_belongs_to_it(index):
    idea = IdeaFactory(submitted=True, public=True)
    solution = SolutionFactory(title="Voittaja", challenge=idea.challenge)
    outbox.emit("decision.published", decision=1, challenge=idea.challenge_id)
    run_ours()
    assert found("voittaja") == [str(solution.pk)]
    assert found("koulukyyti", "idea") == [str(idea.pk)]


def test_outage_uses_up_no_attempts_and_is_caught_up(index, out_of_reach):
    with out_of_reach():
        solution = SolutionFactory(title="Puisto", summary="")
        actions.changed(solution)
        run_ours()
        waiting = refreshed()
        assert [row.event for row in waiting] == ["search.refresh"]
        assert waiting[0].attempts == 0
    OutboxRow.objects.update(run_after=waiting[0].created_at)
    run_ours()
    assert found("puisto") == [str(solution.pk)]
    assert refreshed() == []


def test_doing_it_twice_does_no_harm(index):
    solution = SolutionFactory(title="Puisto", summary="")
    for _ in range(2):
        outbox.emit("search.refresh", uids=[f"solution:{solution.pk}", "solution:404"])
        run_ours()
    assert found("puisto") == [str(solution.pk)]
    assert len(engine().digests()) == 1
