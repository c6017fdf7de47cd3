"""Results and rankings as they are read: exact, reproducible, and only what may be seen."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from challenges.models import Series
from challenges.states import Visibility
from core import clock, outbox
from ideas import names
from ideas.models import Idea
from ideas.registry import verdict
from scoring import ranking, rubrics
from scoring.actions import decision as verbs
from scoring.queries.ranking import rank_round
from scoring.totals import Sheet
from tests.factories.ideas import TeamMemberFactory
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db


def decided(**options) -> World:
    world = World.make(assigned=True, **options)
    Series.objects.filter(pk=world.series.pk).update(winners=1)
    world.score_all()
    world.close()
    decision = verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    verbs.write_decision(
        decision=decision,
        choices={
            one.pk: verbs.Choice(awarded=one.awarded, reason=f"Syy {one.idea.number}")
            for one in decision.verdicts.select_related("idea")
        },
        statement="Raadin sana",
        publish_at=clock.now() - dt.timedelta(seconds=1),
        by=world.staff,
    )
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())
    outbox.run_now()
    return world


def page(client, world):
    with translation.override("en"):
        return client.get(reverse("scoring:results", args=[world.challenge.slug]))


# The ranking -----------------------------------------------------------------------------------


def by_hand(world) -> ranking.SeriesRanking:
    """The same ranking from data that never saw the database's queries."""
    given = world.assignments()
    keys = ("benefit", "feasibility", "novelty")
    made = []
    for one in given:
        if not hasattr(one, "sheet") or one.sheet.state != "submitted":
            continue
        values = {score.criterion.key: score.value for score in one.sheet.scores.all()}
        made.append(
            Sheet(
                idea=one.idea.uid.hex,
                juror=str(one.juror_id),
                levels={key: values[key] for key in keys},
            )
        )
    return ranking.rank(
        ranking.Series(
            key=world.series.key,
            rules=rubrics.ranking_rules(world.rubric, seed=world.round.seed),
            candidates=tuple(
                ranking.Candidate(
                    key=idea.uid.hex,
                    jurors=tuple(str(a.juror_id) for a in given if a.idea_id == idea.pk),
                )
                for idea in world.ideas
            ),
            sheets=tuple(made),
        )
    )


def test_ranking_from_the_database_is_that_of_the_sheets():
    world = World.make(ideas=5, jurors=4, assigned=True)
    world.declare_all()
    for n, one in enumerate(world.assignments()):
        world.score(one, benefit=1 + n % 5, feasibility=1 + n % 3, novelty=5 - n % 4)
    found = rank_round(world.round)
    assert ranking.canonical_json([found.result]) == ranking.canonical_json([by_hand(world)])
    assert found.missing == 0


def test_ranking_is_the_same_bytes_every_time():
    world = World.make(assigned=True)
    world.score_all()
    first = ranking.canonical_json([rank_round(world.round).result])
    assert first == ranking.canonical_json([rank_round(world.round).result])


def test_scores_are_those_computed_by_hand():
    world = World.make(ideas=1, jurors=2, assigned=True)
    world.declare_all()
    one, two = world.assignments()
    world.score(one, benefit=5, feasibility=3, novelty=1)  # 50 + 15 + 0
    world.score(two, benefit=2, feasibility=4, novelty=5)  # 12.5 + 22.5 + 20
    (row,) = rank_round(world.round).rows
    assert row.place.score == Decimal("60.00")
    assert row.place.exact == "60"


def test_ties_go_down_the_rubrics_chain():
    world = World.make(ideas=2, jurors=2, assigned=True)
    world.declare_all()
    for one in world.assignments():
        if one.idea_id == world.ideas[0].pk:
            world.score(one, benefit=3, feasibility=3, novelty=3)
        else:
            world.score(one, benefit=5, feasibility=1, novelty=1)
    first, second = rank_round(world.round).rows
    assert first.place.score == second.place.score
    assert (first.idea, first.place.decided_by) == (world.ideas[1], "criterion:benefit")


def test_equal_in_everything_is_settled_by_the_recorded_lot():
    world = World.make(ideas=2, jurors=2, assigned=True)
    world.declare_all()
    for one in world.assignments():
        world.score(one, all=4)
    first, second = rank_round(world.round).rows
    assert (first.place.rank, second.place.rank) == (1, 2)
    assert first.place.decided_by == "lot"


def test_missing_sheets_are_told():
    world = World.make(ideas=2, jurors=2, assigned=True)
    world.declare_all()
    world.score(world.assignments()[0], all=5)
    found = rank_round(world.round)
    assert (found.result.submitted, found.result.expected, found.missing) == (1, 4, 3)
    assert [row.place.rank for row in found.rows] == [1, None]


# The results page ------------------------------------------------------------------------------


def test_there_are_no_results_before_publication(client):
    world = World.make(assigned=True)
    assert page(client, world).status_code == 404
    world.score_all()
    world.close()
    verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    client.force_login(world.staff)
    assert page(client, world).status_code == 404


def test_results_show_winners_first_then_everybody_with_reasons(client):
    world = decided()
    html = page(client, world).content.decode()
    places = [html.index(f"Syy {n}") for n in range(1, 5)]
    assert places == sorted(places)
    assert "Raadin sana" in html
    assert "Kokeilu kunnassa" in html


def test_reasons_of_others_are_hidden_when_they_are_not_public(client):
    world = decided(reasons_public=False)
    html = page(client, world).content.decode()
    assert "Syy 1" in html
    assert "Syy 2" not in html
    assert "Ehdotus 2" in html
    world.ideas[1].refresh_from_db()
    assert verdict(world.ideas[1]).reason == ""
    world.ideas[0].refresh_from_db()
    assert verdict(world.ideas[0]).reason == "Syy 1"


def test_winners_only_shows_no_others(client):
    world = decided(visibility=Visibility.WINNERS)
    html = page(client, world).content.decode()
    assert "Ehdotus 1" in html
    for n in (2, 3, 4):
        assert f"Ehdotus {n}" not in html
        assert f"Syy {n}" not in html
        response = client.get(reverse("ideas:page", args=[world.ideas[n - 1].uid.hex]))
        assert response.status_code == 404
    assert client.get(world.ideas[0].get_absolute_url()).status_code == 200


@pytest.mark.parametrize("visibility", [Visibility.TITLES, Visibility.AFTER_CLOSING])
def test_others_are_shown_where_their_titles_are_public(client, visibility):
    world = decided(visibility=visibility)
    html = page(client, world).content.decode()
    assert "Ehdotus 3" in html
    assert "Tiivistys ehdotuksesta 3" not in html


def test_texts_are_escaped(client):
    world = decided()
    decision = world.challenge.decision
    decision.statement = "<script>alert(1)</script>"
    decision.save()
    decision.verdicts.update(reason="<img src=x onerror=alert(1)>")
    html = page(client, world).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_results_cost_the_same_for_one_and_for_many(client):
    counts = []
    for ideas in (1, 3):
        world = decided(ideas=ideas)
        page(client, world)
        with CaptureQueriesContext(connection) as caught:
            assert page(client, world).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 12


def test_unknown_challenge_has_no_results(client):
    assert client.get("/fi/haasteet/ei-ole/tulokset/").status_code == 404


def test_results_name_who_has_allowed_it(client):
    world = decided()
    named, silent = Idea.objects.filter(challenge=world.challenge).order_by("pk")[:2]
    for idea, name in ((named, "Nimensä Sanonut"), (silent, "Nimetön Pysyy")):
        place = TeamMemberFactory(idea=idea, user=User.objects.create_user(f"{idea.pk}@x.example"))
        said = name if idea == named else ""
        names.say_of_oneself(idea=idea, name=said, partner=None, by=place.user, at=clock.now())
    text = page(client, world).content.decode()
    assert "Nimensä Sanonut" in text
    assert "Nimetön" not in text
