"""Staff's scoring pages in the back office, from the rubric to the published decision."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.users.models import UserProfile

from challenges import hosting
from cms.setup import setup_site
from core import clock, outbox
from core.models import Mail
from scoring.actions import panel
from scoring.models import Assignment, Decision, Juror, Round
from scoring.queries.assigning import plan
from scoring.queries.rounds import round_to_assign
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"scoring_admin:{name}", args=args)


def sign_in(client, person):
    """Into the back office, in English."""
    UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "en"})
    client.force_login(person)


def enter(client, world):
    """The host's staff, signed in to the back office."""
    setup_site()
    hosting.ensure_host(world.challenge.owner)
    sign_in(client, world.staff)
    return client


@pytest.fixture
def world():
    return World.make(ideas=3, jurors=3)


@pytest.fixture
def office(client, world):
    return enter(client, world)


# Jury ------------------------------------------------------------------------------------------


def test_jurors_are_invited_from_a_list(office, world):
    address = url("invite", world.challenge.pk)
    assert office.get(address).status_code == 200
    data = {"people": "aino@x.example\nbo@x.example; Bo", "series": [world.series.key]}
    assert office.post(address, data).status_code == 302
    assert Mail.objects.filter(template="juror_invited").count() == 2
    assert list(Juror.objects.get(email="bo@x.example").series.all()) == [world.series]


def test_wrong_lines_come_back_named(office, world):
    response = office.post(
        url("invite", world.challenge.pk), {"people": "ei osoite", "series": [world.series.key]}
    )
    assert response.status_code == 400
    html = response.content.decode()
    assert "Line 1" in html
    assert "ei osoite" in html


def test_assignment_is_shown_and_then_given(office, world):
    address = url("assign", world.challenge.pk, world.series.key)
    html = office.get(address).content.decode()
    assert all(str(juror) in html for juror in world.jurors)
    assert not Assignment.objects.exists()
    assert not Round.objects.exists()
    changed = office.post(address, {"plan": "another"})
    assert changed.status_code == 409
    assert not Assignment.objects.exists()
    office.post(address, {"plan": plan(round_to_assign(world.series)).inputs.digest})
    assert Assignment.objects.count() == 6
    assert office.get(url("jury", world.challenge.pk)).status_code == 200


def test_assignment_that_cannot_be_is_told(client):
    for options in ({"ideas": 0}, {"jurors": 0}):
        world = World.make(**options)
        office = enter(client, world)
        address = url("assign", world.challenge.pk, world.series.key)
        assert office.get(address).status_code == 200
        response = office.post(address, follow=True)
        assert response.status_code == 200
        assert not Assignment.objects.exists()


def test_unknown_series_is_not_there(office, world):
    for name in ("assign", "close", "advance", "runs", "pitch", "screen", "rubric", "publish"):
        assert office.get(url(name, world.challenge.pk, "muu")).status_code == 404


def test_possible_tie_is_settled_on_the_jury_page(office, world):
    world.assign()
    one = world.assignments()[0]
    declaration = panel.declare(
        juror=one.juror,
        idea=one.idea,
        kind="potential",
        reason="Sama kylä",
        by=one.juror.user,
        at=world.at,
    )
    assert "Sama kylä" in office.get(url("jury", world.challenge.pk)).content.decode()
    ties = url("ties", world.challenge.pk)
    for wrong in (
        {"declaration": "x", "answer": "none"},
        {"declaration": "9" * 40, "answer": "none"},
        {"declaration": declaration.pk},
        {"declaration": declaration.pk, "answer": "maybe"},
        {},
    ):
        assert office.post(ties, wrong).status_code == 404
    office.post(ties, {"declaration": declaration.pk, "answer": "conflict"})
    one.refresh_from_db()
    assert one.state == "recused"
    html = office.get(ties).content.decode()
    assert "Conflict of interest" in html


def test_juror_is_taken_off_after_a_question(office, world):
    world.assign()
    juror = world.jurors[0]
    address = url("remove", world.challenge.pk, juror.pk)
    assert str(juror) in office.get(address).content.decode()
    office.post(address)
    juror.refresh_from_db()
    assert juror.state == "removed"


# Ranking and decision --------------------------------------------------------------------------


def test_ranking_is_shown_and_downloaded(office, world):
    world.assign()
    world.score_all()
    office.post(url("compute", world.challenge.pk, world.round.pk))
    html = office.get(url("ranking", world.challenge.pk)).content.decode()
    html = html[html.index("tk-results") :]
    assert html.index("Ehdotus 1") < html.index("Ehdotus 2") < html.index("Ehdotus 3")
    for kind, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("json", b'{"format"')):
        response = office.get(f"{url('ranking', world.challenge.pk)[:-1]}.{kind}")
        assert response.status_code == 200
        assert b"".join(response).startswith(begins)
        assert "attachment" in response["Content-Disposition"]
    again = [b"".join(office.get(f"{url('ranking', world.challenge.pk)[:-1]}.json")) for _ in "ab"]
    assert again[0] == again[1]


def test_ranking_before_anything_is_a_page(office, world):
    assert office.get(url("ranking", world.challenge.pk)).status_code == 200


def decision_form(page, **changes):
    verdicts = page.context["verdicts"]
    moment = clock.local(clock.now() - dt.timedelta(minutes=1))
    data = {
        "statement": "Raati kiittää",
        "publish_at": moment.strftime("%Y-%m-%dT%H:%M"),
        **{f"reason-{v.pk}": f"Syy {v.idea.number}" for v in verdicts},
        **{f"awarded-{v.pk}": "1" for v in verdicts if v.awarded},
    }
    return {**data, **changes}


def test_decision_from_beginning_to_publication(office, client, world):
    world.assign()
    world.score_all()
    address = url("decision", world.challenge.pk)
    assert "Begin the decision" in office.get(address).content.decode()
    assert office.post(address, {"go": "approve"}).status_code == 404
    response = office.post(address, {"go": "draft"}, follow=True)
    assert "Close the scoring" in response.content.decode()
    close = url("close", world.challenge.pk, world.series.key)
    assert office.get(close).status_code == 200
    office.post(close)
    assert Round.objects.get().state == "closed"
    office.post(address, {"go": "draft"})
    page = office.get(address)
    assert page.status_code == 200
    bad = office.post(address, decision_form(page, publish_at="huomenna", go="save"))
    assert bad.status_code == 400
    assert "Syy 2" in bad.content.decode()
    empty = office.post(address, {"go": "propose", "statement": "Raati kiittää"})
    assert empty.status_code == 400
    assert "3 proposals have no reason yet." in empty.content.decode()
    page = office.get(address)
    assert office.post(address, decision_form(page, go="propose")).status_code == 302
    assert Decision.objects.get().state == "proposed"
    html = office.get(address).content.decode()
    assert "A second person must approve it." in html
    refused = office.post(address, {"go": "approve"}, follow=True)
    assert "a second person must approve it" in refused.content.decode()
    sign_in(client, world.colleague())
    client.post(address, {"go": "approve"})
    assert Decision.objects.get().state == "approved"
    outbox.run_now()
    html = client.get(address).content.decode()
    assert "See the results page" in html
    assert client.get(reverse("scoring:results", args=[world.challenge.slug])).status_code == 200


def test_unknown_press_is_not_there(office, world):
    assert office.post(url("decision", world.challenge.pk), {"go": "burn"}).status_code == 404


# What it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jury", "ranking", "decision", "ties"])
def test_pages_cost_the_same_for_one_proposal_and_for_three(client, name):
    counts = []
    for ideas in (1, 3):
        world = World.make(ideas=ideas, jurors=2, assigned=True)
        world.score_all()
        world.close()
        office = enter(client, world)
        office.post(url("decision", world.challenge.pk), {"go": "draft"})
        office.get(url(name, world.challenge.pk))
        with CaptureQueriesContext(connection) as caught:
            assert office.get(url(name, world.challenge.pk)).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] < 25, counts


def test_jury_page_costs_the_same_for_few_jurors_and_for_many(client):
    counts = []
    for jurors in (2, 8):
        world = World.make(ideas=2, jurors=jurors, assigned=True)
        office = enter(client, world)
        office.get(url("jury", world.challenge.pk))
        with CaptureQueriesContext(connection) as caught:
            office.get(url("jury", world.challenge.pk))
        counts.append(len(caught))
    assert counts[0] == counts[1] < 25, counts
