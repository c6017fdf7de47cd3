"""From the grey zone's suggestion to the grey round: shown first, then opened as it was shown."""

import re

import pytest

from core.models import Mail
from scoring.actions.standing import compute_standing
from scoring.models import Assignment, Round
from scoring.queries import standing
from tests.factories.scoring import World
from tests.scoring.test_admin import enter, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Two readers a proposal, six jurors, close scores: much is open."""
    world = World.make(ideas=6, jurors=5, assigned=True)
    world.declare_all()
    for one in world.assignments():
        world.score(one, all=2 + (one.juror_id + (one.idea.number or 0)) % 3)
    world.series.winners = 2
    world.series.save()
    compute_standing(round_=world.round, at=world.at)
    return world


def ticked(html: str, name: str) -> set[int]:
    found = re.findall(rf'<input type="checkbox" name="{name}" value="(\d+)"[^>]*checked', html)
    return {int(pk) for pk in found}


def hidden(html: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html):
        found.setdefault(name, []).append(value)
    return found


def test_suggestion_comes_ticked_and_leads_to_the_round(client, world):
    world.close()
    office, address = enter(client, world), url("grey", world.challenge.pk, world.round.pk)
    assert address in office.get(url("rounds", world.challenge.pk)).content.decode()
    first = office.get(address).content.decode()
    unclear = standing.grey_zone(world.round)
    ideas = {one.standing.idea_id for one in unclear}
    helpers = {helper.juror.pk for one in unclear for helper in one.helpers}
    assert ticked(first, "ideas") == ideas
    assert ticked(first, "jurors") == helpers
    assert "Open the grey round" not in first
    asked = {"ideas": sorted(ideas), "jurors": sorted(helpers), "extra": "1"}
    shown = office.get(address, asked)
    assert Round.objects.count() == 1  # looking writes nothing
    plan = shown.context["plan"]
    assert len(plan.pairs()) == len(ideas)
    before = {(one.idea_id, one.juror_id) for one in world.assignments()}
    mails = Mail.objects.count()
    given = {k: v for k, v in hidden(shown.content.decode()).items() if k != "csrfmiddlewaretoken"}
    assert office.post(address, given).status_code == 302
    grey = world.round
    added = set(grey.assignments.values_list("idea_id", "juror_id"))
    assert (grey.kind, grey.state) == ("grey", "open")
    assert added == set(plan.pairs())
    assert not added & before
    assert {juror for _idea, juror in added} <= helpers
    assert Mail.objects.count() > mails
    assert "A grey round cannot be opened now" in office.get(address).content.decode()


def test_changed_plan_is_shown_again_and_nothing_is_written(client, world):
    world.close()
    office, address = enter(client, world), url("grey", world.challenge.pk, world.round.pk)
    idea = standing.grey_zone(world.round)[0].standing.idea_id
    asked = {"ideas": [idea], "jurors": [one.pk for one in world.jurors], "extra": "1"}
    response = office.post(address, {**asked, "plan": "0" * 64})
    assert response.status_code == 409
    assert "Open the grey round" in response.content.decode()
    assert Assignment.objects.filter(round__kind="grey").count() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ideas": []}, "Choose proposals of the round."),
        ({"ideas": ["999999"]}, "Choose proposals of the round."),
        ({"jurors": []}, "Choose somebody to read them."),
        ({"extra": "0"}, "Add from 1 to 20 reviews."),
        ({"extra": "monta"}, "Add from 1 to 20 reviews."),
        ({"extra": "21"}, "Add from 1 to 20 reviews."),
    ],
)
def test_odd_choices_are_answered_with_words(client, world, change, words):
    world.close()
    office, address = enter(client, world), url("grey", world.challenge.pk, world.round.pk)
    idea = standing.grey_zone(world.round)[0].standing.idea_id
    asked = {"ideas": [idea], "jurors": [world.jurors[0].pk], "extra": "1", **change}
    shown = office.get(address, asked)
    assert (shown.status_code, words in shown.content.decode()) == (200, True)
    refused = office.post(address, {**asked, "plan": ""})
    assert (refused.status_code, words in refused.content.decode()) == (400, True)
    assert Round.objects.count() == 1


def test_open_round_and_a_rubric_without_a_grey_zone_say_why_not(client, world):
    office, address = enter(client, world), url("grey", world.challenge.pk, world.round.pk)
    assert "Close the round first." in office.get(address).content.decode()
    assert office.post(address, {"ideas": [], "extra": "1"}).status_code == 400
    assert "Open the grey round" not in office.get(address, {"extra": "1"}).content.decode()
