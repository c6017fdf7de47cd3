"""Staff follow the jury: dashboard, reminders, results, weights, grey zone."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Denied
from core.models import AuditEntry, Mail
from scoring.actions import remind
from scoring.actions.standing import compute_standing
from scoring.models import (
    Declaration,
    IdeaStanding,
    Reminder,
    RoundStanding,
    Score,
)
from scoring.queries import dashboard, standing
from scoring.templatetags.jury_tags import percent, signed, why_it_differs
from tests.factories.accounts import UserFactory
from tests.factories.scoring import World
from tests.scoring.test_admin import enter, url

pytestmark = pytest.mark.django_db


# The grid --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assignment", "sheet", "late", "shown"),
    [
        ("confirmed", None, False, "open"),
        ("confirmed", "draft", False, "draft"),
        ("confirmed", "draft", True, "late"),
        ("confirmed", None, True, "late"),
        ("confirmed", "submitted", True, "done"),
        ("confirmed", "reopened", False, "reopened"),
        ("confirmed", "abstained", True, "abstained"),
        ("recused", None, True, "recused"),
        ("withdrawn", "submitted", False, "done"),
        ("withdrawn", "draft", False, ""),
    ],
)
def test_cell_tells_how_a_sheet_is(assignment, sheet, late, shown):
    assert dashboard.cell_of(assignment, sheet, late=late) == shown


def test_grid_shows_each_jurors_sheet_of_each_proposal(world):
    world.declare_all()
    first, second, *_rest = world.assignments()
    world.score(first, all=4)
    grid = dashboard.grid_of(world.round, at=world.at, order="number")
    assert [row.score.idea for row in grid.rows] == world.ideas
    columns = [juror.pk for juror in grid.jurors]
    cells = {
        (row.score.idea_id, juror): row.cells[columns.index(juror)]
        for row in grid.rows
        for juror in columns
    }
    assert cells[first.idea_id, first.juror_id] == "done"
    assert cells[second.idea_id, second.juror_id] == "open"
    assert sum(cell != "" for cell in cells.values()) == 8


def test_grid_is_a_window(monkeypatch, world):
    monkeypatch.setattr(dashboard, "PROPOSALS", 3)
    monkeypatch.setattr(dashboard, "JURORS", 2)
    one = dashboard.grid_of(world.round, at=world.at, page="2", juror_page="2")
    assert (len(one.rows), len(one.jurors), len(one.rows[0].cells)) == (1, 1, 1)


def test_dashboard_costs_the_same_queries_at_any_size(client):
    counts = set()
    for size in (2, 7):
        world = World.make(ideas=size, jurors=3, assigned=True)
        world.score_all()
        compute_standing(round_=world.round, at=world.at)
        office = enter(client, world)
        office.get(url("dashboard", world.challenge.pk))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = office.get(url("dashboard", world.challenge.pk))
        assert response.status_code == 200
        counts.add(len(queries))
    assert len(counts) == 1
    assert counts.pop() < 25


def test_dashboard_says_that_calibration_is_off_and_new_sheets_wait(client, scored):
    office = enter(client, scored)
    html = office.get(url("dashboard", scored.challenge.pk)).content.decode()
    assert "from 21 sheets" in html
    RoundStanding.objects.update(used=False, waiting=True)
    html = office.get(url("dashboard", scored.challenge.pk)).content.decode()
    assert "Calibration is off" in html
    assert "new figures come in a moment" in html


def test_figures_are_computed_at_once_when_staff_want(client, scored):
    RoundStanding.objects.update(digest="", computed_at=None)
    office = enter(client, scored)
    address = url("compute", scored.challenge.pk, scored.round.pk)
    assert office.get(address).status_code == 405
    assert office.post(address, {"next": "ranking"}).status_code == 302
    assert RoundStanding.objects.get().computed_at is not None


# Reminders -------------------------------------------------------------------------------------


def test_what_is_previewed_is_what_is_sent_and_once(client, world):
    world.declare_all()
    office = enter(client, world)
    page = office.get(url("remind", world.challenge.pk))
    letters = page.context["letters"]
    assert {one.behind.juror for one in letters} == set(world.jurors)
    chosen = letters[0].behind.juror
    posted = {"press": str(page.context["press"]), "jurors": [chosen.pk]}
    Mail.objects.all().delete()
    for _press in range(2):
        assert office.post(url("remind", world.challenge.pk), posted).status_code == 302
    (mail,) = Mail.objects.all()
    assert (mail.to, mail.subject, mail.text) == (chosen.email, letters[0].subject, letters[0].text)
    assert Reminder.objects.get().missing == letters[0].behind.missing
    again = office.get(url("remind", world.challenge.pk)).context["letters"]
    assert [one.behind.juror for one in again if one.recent] == [chosen]


def test_reminder_names_every_series_and_its_number(world):
    (first, *_rest) = remind.letters_for(challenge=world.challenge, by=world.staff, at=world.at)
    assert str(first.behind.missing) in first.subject
    assert "Ideat: " in first.text
    assert str(world.challenge) in first.text
    assert "/tuomari/" in first.text


def test_who_has_submitted_everything_in_between_gets_no_letter(world):
    world.score_all()
    sent = remind.remind(
        challenge=world.challenge,
        jurors=[juror.pk for juror in world.jurors],
        press=uuid.uuid4(),
        by=world.staff,
        at=world.at,
    )
    assert sent == 0
    assert not Mail.objects.filter(template="juror_reminder").exists()


def test_reminder_to_nobody_is_refused(client, world):
    office = enter(client, world)
    address = url("remind", world.challenge.pk)
    posted = {"press": str(uuid.uuid4())}
    assert b"Choose at least one juror" in office.post(address, posted, follow=True).content
    assert office.post(address, {"press": "nonsense"}).status_code == 404


def test_others_staff_reminds_nobody(world):
    with pytest.raises(Denied):
        remind.letters_for(challenge=world.challenge, by=UserFactory(), at=world.at)


# Results ---------------------------------------------------------------------------------------


def test_results_put_raw_and_calibrated_side_by_side(client, scored):
    office = enter(client, scored)
    html = office.get(url("ranking", scored.challenge.pk)).content.decode()
    for idea in scored.ideas:
        assert idea.title in html
    stored = RoundStanding.objects.get()
    assert stored.used
    assert "90\xa0%" in html or "90 %" in html
    assert "<svg" in html
    assert "How far jurors agree" in html


def test_results_say_why_calibration_is_off(client):
    world = World.make(ideas=3, jurors=3, assigned=True)
    world.score_all()
    compute_standing(round_=world.round, at=world.at)
    html = enter(client, world).get(url("ranking", world.challenge.pk)).content.decode()
    assert "Jurors with fewer than five sheets" in html
    for juror in world.jurors:
        assert f"{juror} (2)" in html


def test_results_cost_the_same_queries_at_any_size(client):
    counts = set()
    for size in (3, 8):
        world = World.make(ideas=size, jurors=3, assigned=True)
        world.score_all()
        compute_standing(round_=world.round, at=world.at)
        office = enter(client, world)
        office.get(url("ranking", world.challenge.pk))
        with CaptureQueriesContext(connection) as queries:
            office.get(url("ranking", world.challenge.pk))
        counts.add(len(queries))
    assert len(counts) == 1


def line(**fields) -> IdeaStanding:
    return IdeaStanding(**{"sheets": 3, **fields})


@pytest.mark.parametrize(
    ("correction", "sheets", "words"),
    [
        (1.84, 3, "Its 3 jurors are on average stricter than the others: +1.8."),
        (-0.4, 1, "Its juror is milder than the average juror: −0.4."),
        (-12.25, 2, "Its 2 jurors are on average milder than the others: −12.2."),
        (0.01, 3, "Its jurors together score as the average juror does."),
        (None, 0, ""),
    ],
)
def test_one_sentence_tells_why_the_scores_differ(correction, sheets, words):
    assert why_it_differs(line(correction=correction, sheets=sheets)) == words


def test_chances_are_never_rounded_to_certainty():
    told = [percent(share) for share in (0.0, 0.004, 0.5, 0.996, 1.0, None)]
    assert told == ["0\xa0%", "under 1 %", "50\xa0%", "over 99 %", "100\xa0%", "–"]
    assert [signed(value) for value in (2.0, -0.35, 0.0, None)] == ["+2.0", "−0.3", "±0", "–"]


# Other weights ---------------------------------------------------------------------------------


def test_weights_are_played_with_and_nothing_is_saved(client, scored):
    office = enter(client, scored)
    address = url("weights", scored.challenge.pk, scored.round.pk)
    before = (AuditEntry.objects.count(), list(IdeaStanding.objects.values_list("rank", flat=True)))
    page = office.get(address, {"w-benefit": "0", "w-feasibility": "0", "w-novelty": "100"})
    play = page.context["play"]
    by_novelty = sorted(
        scored.ideas,
        key=lambda idea: (
            -sum(
                Score.objects.filter(
                    sheet__assignment__idea=idea, criterion__key="novelty"
                ).values_list("value", flat=True)
            )
        ),
    )
    assert play.moves[0].after.score >= play.moves[-1].after.score
    assert play.moves[0].idea in by_novelty[:3]
    assert len(play.entering) == len(play.leaving)
    assert (
        AuditEntry.objects.count(),
        list(IdeaStanding.objects.values_list("rank", flat=True)),
    ) == before


def test_published_weights_change_nothing(scored):
    play = standing.play_weights(
        scored.round, {"benefit": "50", "feasibility": "30", "novelty": "20"}
    )
    assert (play.moved, play.entering, play.leaving, play.total) == (0, [], [], "100")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"w-benefit": "-1"}, "Write a number from 0 to 1000."),
        ({"w-benefit": "kymmenen"}, "Write a number from 0 to 1000."),
        ({"w-benefit": "1e3"}, "Write a number"),
        ({"w-benefit": "NaN"}, "Write a number"),
        ({"w-benefit": "0", "w-feasibility": "0", "w-novelty": "0"}, "above zero"),
    ],
)
def test_odd_weights_are_answered_with_words(client, scored, given, told):
    address = url("weights", scored.challenge.pk, scored.round.pk)
    page = enter(client, scored).get(address, given)
    if given["w-benefit"] != "1e3":
        assert told in page.content.decode()
    assert page.status_code == 200


def test_decimal_commas_are_weights_too(client, scored):
    address = url("weights", scored.challenge.pk, scored.round.pk)
    given = {"w-benefit": "33,3", "w-feasibility": "33,3", "w-novelty": "33,3"}
    assert enter(client, scored).get(address, given).context["play"].total == "99.9"


# Grey zone -------------------------------------------------------------------------------------


def test_grey_zone_names_only_jurors_who_may_read_the_proposal():
    world = World.make(ideas=8, jurors=6, assigned=True)
    world.declare_all()
    for one in world.assignments():
        world.score(one, all=2 + (one.juror_id + (one.idea.number or 0)) % 3)
    world.series.winners = 3
    world.series.save()
    compute_standing(round_=world.round, at=world.at)
    unclear = standing.grey_zone(world.round)
    assert unclear
    tied = unclear[0].helpers[0].juror
    Declaration.objects.create(
        juror=tied, idea=unclear[0].standing.idea, kind="potential", at=world.at
    )
    given = {(one.juror_id, one.idea_id) for one in world.assignments()}
    for one in standing.grey_zone(world.round):
        assert 0.1 <= one.standing.p_winner <= 0.9
        assert len(one.helpers) <= standing.HELPERS
        for helper in one.helpers:
            assert (helper.juror.pk, one.standing.idea_id) not in given
            assert (helper.juror, one.standing.idea) != (tied, unclear[0].standing.idea)
            assert helper.gain > 0


def test_no_grey_zone_before_anything_was_computed(world, client):
    assert standing.grey_zone(world.round) == []
    office = enter(client, world)
    assert office.get(url("grey", world.challenge.pk, world.round.pk)).status_code == 200
