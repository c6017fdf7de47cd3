"""What the rubric said of calibrated scores holds on every page and in every document."""

import json
import zipfile
from dataclasses import replace
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from challenges.models import Series
from core import clock
from scoring import award, package, ranking, report
from scoring.actions import decision as verbs
from scoring.actions.standing import compute_standing
from scoring.calibration import calibrate, left_out
from scoring.models import IdeaStanding, RoundStanding
from scoring.queries import standing
from scoring.queries.ranking import rank_round
from scoring.standing import inputs_digest, stand
from tests.factories.scoring import World, criterion_spec, gate_spec, threshold_spec
from tests.scoring.test_admin import enter, url
from tests.scoring.test_standing import made

pytestmark = pytest.mark.django_db

LEFT_OUT = "leaves calibrated scores out: the plain mean decides"


def a_world(use: str, *, ideas: int = 8, **rubric) -> World:
    """Five jurors, everybody reads everything but one proposal each; the first juror is mild."""
    world = World.make(
        ideas=ideas, jurors=3, assigned=True, rubric={"reviews": 2, "calibration": use, **rubric}
    )
    world.declare_all()
    for one in world.assignments():
        mild = 2 if one.juror == world.jurors[0] else 0
        level = max(1, min(5, 4 - (one.idea.number or 1) // 2 + mild))
        world.score(one, all=level, novelty=1 + ((one.idea.number or 0) + one.juror_id) % 5)
    Series.objects.filter(pk=world.series.pk).update(winners=2)
    compute_standing(round_=world.round, at=world.at)
    return world


def page(client, world: World, name: str, *args, **query) -> str:
    response = enter(client, world).get(url(name, world.challenge.pk, *args), query)
    assert response.status_code == 200
    return str(response.content.decode())


def test_left_out_keeps_the_reviews_and_gives_raw_scores_with_their_variance():
    rng = np.random.default_rng(3)
    idea = np.repeat(np.arange(12), 3)
    juror = (idea + np.tile(np.arange(3), 12)) % 6
    fit = calibrate(idea, juror, 50 + idea + 4.0 * juror + rng.normal(0, 1, 36))
    raw = left_out(fit)
    assert fit.used
    assert (raw.used, raw.reason) == (False, "off")
    np.testing.assert_array_equal(raw.effect, fit.raw)
    assert not raw.bias.any()
    spread = fit.averaging @ fit.averaging.T
    expected = np.diag(fit.noise / fit.reviews) + fit.leniency * spread.toarray()
    np.testing.assert_allclose(raw.covariance, expected)


def test_off_stores_raw_scores_only_but_still_asks_for_reasons():
    shown, off = a_world("shown"), a_world("off")
    assert RoundStanding.objects.get(round=shown.round).used
    stored = RoundStanding.objects.get(round=off.round)
    assert (stored.used, stored.reason) == (False, "off")
    lines = IdeaStanding.objects.filter(round=off.round)
    assert {line.correction for line in lines} == {0.0}
    assert all(line.rank == line.calibrated_rank for line in lines)
    assert any(line.correction for line in IdeaStanding.objects.filter(round=shown.round))


def test_off_still_asks_for_the_same_reasons():
    series = made()
    ranked = ranking.rank(series)
    both = [stand(series, ranked, winners=3, seed=1, calibrated=use) for use in (True, False)]
    assert [found.calibration.used for found in both] == [True, False]
    assert both[0].flags == both[1].flags
    assert both[0].flags
    assert both[1].effect.tolist() == both[0].raw.tolist()
    digests = {inputs_digest(series, winners=3, seed=1, calibrated=use) for use in (True, False)}
    assert len(digests) == 2


def test_ranking_dashboard_and_grey_zone_say_why_only_raw_is_shown(client):
    world = a_world("off")
    shown = page(client, world, "ranking")
    assert LEFT_OUT in shown
    assert "Calibrated" not in shown
    assert "How strict each juror is" not in shown
    grid = page(client, world, "dashboard")
    assert LEFT_OUT in grid
    assert "Calibrated" not in grid
    assert LEFT_OUT in page(client, world, "grey", world.round.pk)
    weights = page(client, world, "weights", world.round.pk, **{"w-benefit": "90"})
    assert "the published rubric leaves calibrated scores out" in weights


def test_shown_keeps_both_and_says_that_the_mean_decides(client):
    shown = page(client, a_world("shown"), "ranking")
    assert "Calibrated" in shown
    assert "The plain mean decides the award." in shown
    assert LEFT_OUT not in shown


def test_jurors_that_cannot_be_compared_are_told_of_with_the_reason(client):
    world = World.make(ideas=4, jurors=3, assigned=True)
    world.score_all()
    compute_standing(round_=world.round, at=world.at)
    shown = page(client, world, "ranking")
    assert "Calibration is off for this round" in shown
    assert "Jurors with fewer than five sheets cannot be compared with the others." in shown
    assert f"{world.jurors[0].name} (" in shown
    assert "Jurors with fewer than five sheets" in page(client, world, "dashboard")


@pytest.mark.parametrize("use", ["off", "shown", "award"])
def test_decision_signing_report_and_package_follow_what_was_published(client, use):
    world = a_world(use, profile="formal")
    world.close()
    decision = verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    ranked = rank_round(world.round)
    expected = award.order_of(ranked.given, ranked.result, calibrated=use == "award")
    ranks = {one.idea.uid.hex: one.rank for one in decision.verdicts.select_related("idea")}
    assert ranks == {**dict.fromkeys(ranks), **expected.ranks}
    calibrated = decision.verdicts.exclude(calibrated=None).exists()
    assert calibrated == (use == "award")
    words = {
        "off": "The order follows the plain mean: the published rubric leaves calibrated",
        "shown": "The order follows the plain mean of the jurors",
        "award": "The order follows the calibrated scores, as the published rubric said",
    }[use]
    assert words in page(client, world, "decision")
    html = report.html(world.challenge, "en", full=True, printable=True)
    assert words in html
    assert ("Calibrated" in html) == (use == "award")
    with zipfile.ZipFile(BytesIO(package.build(world.challenge))) as archive:
        (order,) = json.loads(archive.read("orders.json"))
    assert (order["by"], order["promised"]) == (
        "calibrated" if use == "award" else "raw",
        use == "award",
    )
    for one in decision.verdicts.all():
        one.reason = one.deviation = "Syy"
        one.save()
    verbs.write_decision(
        decision=decision, choices={}, statement="", publish_at=clock.now(), by=world.staff
    )
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())
    juror = world.jurors[0]
    client.force_login(juror.user)
    with translation.override("en"):
        signing = client.get(reverse("scoring:sign", args=[juror.pk])).content.decode()
    assert words in signing
    assert (", calibrated " in signing) == (use == "award")


def test_weights_are_played_in_the_order_that_decides():
    world = a_world("award")
    play = standing.play_weights(
        world.round, {"benefit": "50", "feasibility": "30", "novelty": "20"}
    )
    ranked = rank_round(world.round)
    order = award.order_of(ranked.given, ranked.result, calibrated=True)
    assert order.by == "calibrated"
    assert [move.after.rank for move in play.moves] == list(range(1, 9))
    assert {m.idea.uid.hex: m.after.rank for m in play.moves} == dict(order.ranks)
    assert {m.idea.uid.hex: m.after.score for m in play.moves} == dict(order.scores)
    assert play.moved == 0


def test_calibrated_order_carries_earlier_scores_over_as_the_ranking_does():
    series = made()
    carried = replace(
        series,
        carry_over=Fraction(3, 4),
        candidates=tuple(
            replace(one, carried=Fraction(n * 5)) for n, one in enumerate(series.candidates)
        ),
    )
    order = award.order_of(carried, ranking.rank(carried), calibrated=True)
    found = stand(carried, ranking.rank(carried), winners=3, seed=1)
    effect = dict(zip(found.reviews.ideas, found.effect, strict=True))
    assert {key: float(score) for key, score in order.scores.items()} == pytest.approx(
        effect, abs=0.0051
    )
    assert order.ranks["i17"] == 1


def test_sheet_of_the_lowest_levels_counts_in_the_calibrated_order():
    series = made()
    lowest = tuple(
        replace(one, levels={"a": 1, "b": 1}) if one.idea == "i00" else one for one in series.sheets
    )
    series = replace(series, sheets=lowest)
    ranked = ranking.rank(series)
    assert {place.idea: place.score for place in ranked.places}["i00"] == 0
    order = award.order_of(series, ranked, calibrated=True)
    assert order.by == "calibrated"
    assert order.scores.keys() == order.ranks.keys() == {f"i{n:02}" for n in range(18)}


# Proposals that are not placed -----------------------------------------------------------------


def test_ranking_tells_beside_each_unplaced_proposal_what_shut_it_out(client):
    world = World.make(
        ideas=4,
        jurors=3,
        assigned=True,
        rubric={
            "criteria": [
                criterion_spec("benefit", 60),
                threshold_spec("feasibility", 40),
                gate_spec("fits"),
            ]
        },
    )
    world.declare_all()
    for one in world.assignments():
        number = one.idea.number
        world.score(one, all=5, feasibility=1 if number == 2 else 4, fits=0 if number == 3 else 1)
    compute_standing(round_=world.round, at=world.at)
    told = page(client, world, "ranking")
    rows = {n: told.split(f"Ehdotus {n}</b>", 1)[1].split("</tr>", 1)[0] for n in range(1, 5)}
    assert "the mean on “Feasibility (en)” is below its minimum" in rows[2]
    assert "more jurors said no than yes to “Fits (en)”" in rows[3]
    assert "Not ranked" not in rows[1] + rows[4]


def test_pages_of_unplaced_proposals_cost_the_same_for_few_and_for_many(client):
    counts = set()
    for ideas in (2, 6):
        world = World.make(
            ideas=ideas,
            jurors=3,
            assigned=True,
            rubric={"criteria": [threshold_spec("benefit", 100)]},
        )
        world.declare_all()
        for one in world.assignments():
            world.score(one, benefit=1)
        compute_standing(round_=world.round, at=world.at)
        page(client, world, "ranking")
        with CaptureQueriesContext(connection) as caught:
            page(client, world, "ranking")
        counts.add(len(caught))
    assert len(counts) == 1
