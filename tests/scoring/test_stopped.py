"""Proposals that stopped in an earlier round: which one, with what points, in what place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from challenges.models import Series
from core import clock, outbox
from core.models import Mail
from ideas import links
from ideas.registry import verdict as public_verdict
from scoring import report
from scoring.actions import decision as verbs
from scoring.actions import rounds
from scoring.models import Decision
from scoring.queries.feedback import feedback_of
from scoring.queries.ranking import rank_round
from scoring.queries.results import results_of
from tests.factories.scoring import World
from tests.scoring.test_admin import enter, url
from tests.scoring.test_rounds import BEST_TWO, latest
from tests.scoring.test_rounds import scored as first_round

pytestmark = pytest.mark.django_db

FINAL = {"kind": "final", "reviews": 2}


def two_rounds(**rubric) -> World:
    """Four proposals; the best two went to the final and were scored there."""
    world = World.make(ideas=4, jurors=3, rubric={"rounds": [BEST_TWO, FINAL], **rubric})
    Series.objects.filter(pk=world.series.pk).update(winners=1)
    first = first_round(world)
    rounds.advance_round(round_=first, by=world.staff, at=world.at)
    world.assign()
    world.score_all()
    rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
    return world


def decided(world: World) -> Decision:
    decision = verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    verbs.write_decision(
        decision=decision,
        choices={
            one.pk: verbs.Choice(awarded=one.awarded, reason=f"Syy {one.idea.number}")
            for one in decision.verdicts.select_related("idea")
        },
        statement="",
        publish_at=clock.now(),
        by=world.staff,
    )
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())
    outbox.run_now()
    decision.refresh_from_db()
    return decision


def of(decision: Decision, number: int):
    return decision.verdicts.select_related("idea__challenge").get(idea__number=number)


def test_verdict_keeps_the_round_the_points_and_the_place():
    world = two_rounds()
    first = world.series.rounds.get(number=1)
    places = {row.idea.number: row.place for row in rank_round(first).rows}
    decision = verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    for number in (3, 4):
        verdict = of(decision, number)
        assert (verdict.rank, verdict.score, verdict.awarded) == (None, None, False)
        stop = verdict.stop
        assert (stop.kind, stop.number, stop.placed) == ("screening", 1, 4)
        assert (stop.rank, stop.score) == (places[number].rank, places[number].score)
        assert stop.words == f"It stopped in the round “Scoring” with {stop.score} / 100."
    assert of(decision, 1).stop is None
    assert verbs.assemble_reasons(decision=decision, by=world.staff) == 4
    assert "benefit taso 3" in of(decision, 3).reason


@pytest.mark.parametrize("shows", ["total", "criteria", "position"])
def test_entrant_reads_as_much_as_the_rubric_says(client, shows):
    world = two_rounds(show_entrants=shows)
    decision = decided(world)
    verdict = of(decision, 3)
    found = feedback_of(verdict)
    assert found.stop == verdict.stop
    assert found.place == (3 if shows == "position" else None)
    assert bool(found.criteria) == (shows != "total")
    page = client.get(links.in_language(verdict.idea)).content.decode()
    letter = Mail.objects.get(template="idea_decided", to=verdict.idea.contact_email).text
    for text in (page, letter):
        assert "pistein 50,00 / 100" in text
        assert ("Sen sija sillä kierroksella oli 3/4." in text) == (shows == "position")


def test_results_order_further_rounds_first_and_name_the_round(client):
    world = two_rounds()
    decided(world)
    others = [one.idea.number for one in results_of(world.challenge).series[0].others]
    assert others == [2, 3, 4]
    with translation.override("en"):
        html = client.get(reverse("scoring:results", args=[world.challenge.slug])).content.decode()
    assert "It stopped in the round “Scoring” with 50.00 / 100." in html
    assert "It stopped in the round “Scoring” with 25.00 / 100." in html
    assert html.count("It stopped in the round") == 2
    world.ideas[2].refresh_from_db()
    assert "It stopped in the round “Scoring”" in public_verdict(world.ideas[2]).summary
    assert "stopped" not in public_verdict(world.ideas[1]).summary
    text = report.html(world.challenge, "en", full=True, printable=True)
    assert text.count("It stopped in the round") == 2


def test_staff_read_it_in_the_decision(client):
    world = two_rounds()
    verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    html = enter(client, world).get(url("decision", world.challenge.pk)).content.decode()
    assert html.count("It stopped in the round “Scoring”") == 2
    assert html.index("Ehdotus 2") < html.index("Ehdotus 3")


def test_a_round_whose_outcome_was_taken_back_stopped_nobody():
    world = World.make(ideas=2, jurors=3, rubric={"rounds": [BEST_TWO, FINAL]})
    first = first_round(world)
    rounds.advance_round(round_=first, by=world.staff, at=world.at)
    rounds.undo_advance(round_=first, by=world.staff)
    decision = verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    assert all(verdict.stop is None for verdict in decision.verdicts.all())


def test_drafting_costs_the_same_whatever_the_number_that_stopped():
    counts = set()
    for ideas in (3, 6):
        world = World.make(ideas=ideas, jurors=3, rubric={"rounds": [BEST_TWO, FINAL]})
        rounds.advance_round(round_=first_round(world), by=world.staff, at=world.at)
        world.assign()
        world.score_all()
        rounds.close_round(round_=latest(world), by=world.staff, at=world.at)
        with CaptureQueriesContext(connection) as caught:
            verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
        counts.add(len(caught))
    assert len(counts) == 1
