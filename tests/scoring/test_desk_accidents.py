"""The juror's desk when something goes wrong, and what it offers on the way."""

import pytest
from django.urls import reverse

from scoring.models import Assignment, Declaration, Round, ScoreSheet
from scoring.queries import desk as read
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def juror(world):
    return world.jurors[0]


@pytest.fixture
def desk(client, world, juror):
    """A client signed in as the juror, who has declared no ties."""
    world.declare_all()
    client.force_login(juror.user)
    return client


def sheet_url(one):
    return reverse("scoring:sheet", args=[one.pk])


def whole(**more):
    return {"c-benefit": "4", "c-feasibility": "3", "c-novelty": "5", **more}


def test_window_from_before_the_lock_is_refused_and_its_words_shown(desk, world, juror):
    one = world.assignments(juror)[0]
    desk.post(sheet_url(one), whole(revision="0", comment="Lukittu\nsana", go="submit"))
    again = desk.post(sheet_url(one), whole(revision="0", comment="Lukittu\r\nsana", go="submit"))
    assert again.status_code == 302  # a second press of the same changes nothing
    late = desk.post(
        sheet_url(one), whole(revision="0", comment="Toinen ajatus", go="next") | {"c-novelty": "1"}
    )
    assert late.status_code == 409
    html = late.content.decode()
    assert "You have submitted this sheet: it is locked." in html
    assert "<dd>Toinen ajatus</dd>" in html
    assert "Lukittu\nsana</textarea>" in html
    assert 'form="typed-here"' not in html
    assert ScoreSheet.objects.get().comment == "Lukittu\nsana"


def test_line_ends_of_a_form_are_those_of_the_script(desk, world, juror):
    """A form sends \\r\\n where the script sends \\n: it is the same text, and as long."""
    one = world.assignments(juror)[0]
    words = "a\r\n" * 1400  # 2,800 characters as typed, 4,200 as sent
    answer = desk.post(sheet_url(one), {"revision": "0", "comment": words, "go": "stay"})
    assert answer.status_code == 302
    assert ScoreSheet.objects.get().comment == words.replace("\r\n", "\n")


def test_possible_tie_of_a_later_round_closes_the_earlier_sheet_too(desk, world, juror):
    one = world.assignments(juror)[0]
    desk.post(sheet_url(one), whole(revision="0", go="submit"))
    # As when the same proposal came again in a later round: the earlier word stays "none".
    Declaration.objects.filter(juror=juror, idea=one.idea).update(kind="potential")
    for name in ("sheet", "print", "abstain"):
        html = desk.get(reverse(f"scoring:{name}", args=[one.pk])).content.decode()
        assert "The chair decides" in html
        assert one.idea.summary not in html
        assert "Ongelma" not in html


def test_ties_are_asked_of_what_is_in_the_queue(desk, world, juror):
    """Of a closed round nothing is asked any more while another one is open."""
    one = world.assignments(juror)[0]
    earlier = Round.objects.create(
        series=world.series, rubric=world.rubric, number=9, reviews=1, state="closed"
    )
    Assignment.objects.filter(pk=one.pk).update(round=earlier, declared="")
    html = desk.get(reverse("scoring:ties", args=[juror.pk])).content.decode()
    assert one.idea.title not in html


def test_first_two_are_offered_again_after_five(client):
    world = World.make(ideas=9, jurors=1, assigned=True, rubric={"reviews": 1})
    world.declare_all()
    juror = world.jurors[0]
    client.force_login(juror.user)
    mine = [item.assignment for item in read.queue_of(juror).items]
    words = "Look at your first two again?"
    for n, one in enumerate(mine, start=1):
        client.post(sheet_url(one), whole(revision="0", go="stay"))
        html = client.get(sheet_url(mine[-1])).content.decode()
        assert (words in html) == (n in (5, 6, 7)), n
        if n == 5:
            offer = html.partition(words)[2].partition("</p>")[0]
            assert [sheet_url(m) in offer for m in mine[:3]] == [True, True, False]


def test_queue_order_is_the_jurors_own():
    world = World.make(ideas=12, jurors=3, assigned=True, rubric={"reviews": 3})
    orders = {
        tuple(item.assignment.idea_id for item in read.queue_of(juror).items)
        for juror in world.jurors
    }
    assert len(orders) == 3
    assert {frozenset(order) for order in orders} == {frozenset(i.pk for i in world.ideas)}
