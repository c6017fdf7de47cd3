"""The juror's pages, without JavaScript and through the autosave address."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.actions import panel
from scoring.models import Declaration, Juror, Score, ScoreSheet
from scoring.queries import desk as read
from tests.factories.accounts import UserFactory
from tests.factories.scoring import JurorFactory, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World.make(ideas=3, jurors=2, assigned=True)


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


def autosave(client, one, body, **options):
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(
        reverse("scoring:autosave", args=[one.pk]), data, content_type="application/json", **options
    )


# Seats -----------------------------------------------------------------------------------------


def test_pages_ask_to_sign_in_first(client, world, juror):
    one = world.assignments(juror)[0]
    for name, pk in (
        ("juries", None),
        ("queue", juror.pk),
        ("invitation", juror.pk),
        ("ties", juror.pk),
        ("sheet", one.pk),
    ):
        url = reverse(f"scoring:{name}", args=[pk] if pk else [])
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].endswith(f"?next={url}")


def test_invited_person_reads_the_rules_and_accepts(client, world):
    juror = JurorFactory(challenge=world.challenge, invited=True)
    client.force_login(UserFactory(email=juror.email))
    assert client.get(reverse("scoring:queue", args=[juror.pk])).status_code == 302
    url = reverse("scoring:invitation", args=[juror.pk])
    assert client.get(url).status_code == 200
    refused = client.post(url, {"answer": "yes"})
    assert "Confirm that you have read the rules" in refused.content.decode()
    juror.refresh_from_db()
    assert juror.state == "invited"
    assert client.post(url, {"answer": "yes", "agree": "1"}).status_code == 302
    juror.refresh_from_db()
    assert juror.state == "accepted"
    assert (
        "Nothing to score yet"
        in client.get(reverse("scoring:queue", args=[juror.pk])).content.decode()
    )


def test_invited_person_declines(client, world):
    juror = JurorFactory(challenge=world.challenge, invited=True)
    client.force_login(UserFactory(email=juror.email))
    client.post(reverse("scoring:invitation", args=[juror.pk]), {"answer": "no"})
    juror.refresh_from_db()
    assert juror.state == "declined"
    assert client.get(reverse("scoring:invitation", args=[juror.pk])).status_code == 404


def test_my_page_shows_my_juries(client, world, juror):
    client.force_login(juror.user)
    html = client.get(reverse("accounts:home")).content.decode()
    assert str(world.challenge) in html
    assert reverse("scoring:queue", args=[juror.pk]) in html
    html = client.get(reverse("scoring:juries")).content.decode()
    assert str(world.challenge) in html


# Ties ------------------------------------------------------------------------------------------


def test_content_stays_closed_until_ties_are_declared(client, world, juror):
    one = world.assignments(juror)[0]
    client.force_login(juror.user)
    html = client.get(sheet_url(one)).content.decode()
    assert one.idea.title in html
    assert one.idea.summary not in html
    assert "Ongelma numero" not in html
    assert autosave(client, one, {"revision": 0, "changes": {"benefit": 5}}).status_code == 423
    response = client.post(
        reverse("scoring:tie", args=[one.pk]), {f"kind-{one.pk}": "none"}, follow=True
    )
    assert "Ongelma numero" in response.content.decode()


def test_ties_to_all_are_declared_on_one_page(client, world, juror):
    mine = world.assignments(juror)
    client.force_login(juror.user)
    url = reverse("scoring:ties", args=[juror.pk])
    html = client.get(url).content.decode()
    assert all(one.idea.title in html for one in mine)
    assert "Tiivistys" not in html
    first, second, third = mine
    response = client.post(
        url,
        {
            f"kind-{first.pk}": "none",
            f"kind-{second.pk}": "conflict",
            f"reason-{second.pk}": " ",
        },
    )
    assert response.status_code == 400
    html = response.content.decode()
    assert first.idea.title not in html
    assert html.count('class="error"') == 2
    response = client.post(
        url,
        {
            f"kind-{second.pk}": "conflict",
            f"reason-{second.pk}": "Sisareni ehdotus",
            f"kind-{third.pk}": "none",
        },
    )
    assert response.status_code == 302
    assert Declaration.objects.get(kind="conflict").reason == "Sisareni ehdotus"
    assert len(world.assignments(juror)) == 2


def test_blind_jury_does_not_see_who_proposes(client):
    world = World.make(ideas=1, jurors=2, blind=True, assigned=True)
    juror = world.jurors[0]
    one = world.assignments(juror)[0]
    client.force_login(juror.user)
    pages = [client.get(reverse("scoring:ties", args=[juror.pk])), client.get(sheet_url(one))]
    world.declare_all()
    pages += [client.get(sheet_url(one)), client.get(reverse("scoring:queue", args=[juror.pk]))]
    for page in pages:
        html = page.content.decode()
        assert "Ehdottaja" not in html
        assert one.idea.contact_email not in html


def test_possible_tie_closes_the_proposal_until_it_is_settled(desk, world, juror):
    one = world.assignments(juror)[0]
    response = desk.post(
        reverse("scoring:tie", args=[one.pk]),
        {f"kind-{one.pk}": "potential", f"reason-{one.pk}": "Naapuri"},
        follow=True,
    )
    assert "tie being settled" in response.content.decode()
    html = desk.get(sheet_url(one)).content.decode()
    assert "The chair decides" in html
    assert "Ongelma" not in html
    again = desk.post(reverse("scoring:tie", args=[one.pk]), {f"kind-{one.pk}": "none"})
    assert again.status_code == 409
    assert "Ongelma" not in desk.get(sheet_url(one)).content.decode()


# The sheet -------------------------------------------------------------------------------------


def test_desk_shows_queue_text_and_rubric(desk, world, juror):
    one = world.assignments(juror)[0]
    html = desk.get(sheet_url(one)).content.decode()
    for other in world.assignments(juror):
        assert sheet_url(other) in html
    assert one.idea.summary in html
    assert "Salainen laskelma" in html  # open to the jury
    for key in ("benefit", "feasibility", "novelty"):
        assert html.count(f'name="c-{key}"') == 5
        assert f"{key} taso 5 (en)" in html
    assert "esimerkki-" not in html  # whom to contact is staff's


def test_form_saves_and_leads_on_without_javascript(desk, world, juror):
    queue = [item.assignment for item in read.queue_of(juror).items]
    response = desk.post(
        sheet_url(queue[0]), {"revision": "0", "c-benefit": "4", "comment": "Hyvä", "go": "next"}
    )
    assert response["Location"] == sheet_url(queue[1])
    sheet = ScoreSheet.objects.get()
    assert (sheet.comment, sheet.scored) == ("Hyvä", 1)
    html = desk.get(sheet_url(queue[0])).content.decode()
    assert 'name="c-benefit" value="4" checked' in html
    response = desk.post(sheet_url(queue[1]), {"revision": "0", "go": "previous"})
    assert response["Location"] == sheet_url(queue[0])
    response = desk.post(sheet_url(queue[2]), {"revision": "0", "go": "done"})
    assert response["Location"] == reverse("scoring:queue", args=[juror.pk])


def test_incomplete_sheet_is_refused_at_its_fields(desk, world, juror):
    one = world.assignments(juror)[0]
    response = desk.post(
        sheet_url(one),
        {"revision": "0", "c-benefit": "4", "comment": "Säilyy", "go": "submit"},
    )
    assert response.status_code == 400
    html = response.content.decode()
    assert 'href="#c-novelty"' in html
    assert '<p class="error" id="e-novelty">Choose a level: Novelty (en).</p>' in html
    assert 'aria-describedby="e-novelty"' in html
    assert 'id="e-benefit"' not in html
    assert "Säilyy" in html
    assert ScoreSheet.objects.get().state == "draft"


def whole(**more):
    return {"c-benefit": "4", "c-feasibility": "3", "c-novelty": "5", **more}


def test_submitted_sheet_is_locked_on_its_page(desk, world, juror):
    queue = [item.assignment for item in read.queue_of(juror).items]
    response = desk.post(sheet_url(queue[0]), whole(revision="0", go="submit"))
    assert response["Location"] == sheet_url(queue[1])
    html = desk.get(sheet_url(queue[0])).content.decode()
    assert "Submitted and locked" in html
    assert "data-locked" in html
    assert html.count("disabled") >= 3
    desk.post(sheet_url(queue[0]), whole(revision="2", **{"c-benefit": "1"}, go="next"))
    assert Score.objects.get(criterion__key="benefit").value == 4
    assert autosave(desk, queue[0], {"revision": 2, "changes": {"benefit": 1}}).status_code == 423


def test_two_windows_both_texts_are_shown(desk, world, juror):
    one = world.assignments(juror)[0]
    desk.post(sheet_url(one), {"revision": "0", "comment": "Ensimmäinen ikkuna", "go": "stay"})
    response = desk.post(
        sheet_url(one),
        {"revision": "0", "comment": "Toinen ikkuna", "c-benefit": "2"},
    )
    assert response.status_code == 409
    html = response.content.decode()
    assert "Ensimmäinen ikkuna</textarea>" in html
    assert "<dt>Reason to the proposer</dt><dd>Toinen ikkuna</dd>" in html
    assert "<dt>Benefit (en)</dt><dd>2</dd>" in html
    assert ScoreSheet.objects.get().comment == "Ensimmäinen ikkuna"


def test_after_closing_the_page_says_so_and_keeps_the_text(desk, world, juror):
    one = world.assignments(juror)[0]
    desk.post(sheet_url(one), {"revision": "0", "comment": "Talteen", "go": "stay"})
    world.close()
    response = desk.post(sheet_url(one), {"revision": "1", "comment": "Myöhässä", "go": "stay"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "This round is closed" in html
    assert "Myöhässä" in html
    html = desk.get(sheet_url(one)).content.decode()
    assert "This round is closed" in html
    assert "Talteen" in html
    assert 'value="submit"' not in html


def test_cannot_say_is_offered_only_where_the_rubric_allows_it(client):
    for rule, shown in (("refuse", 0), ("reweight", 3)):
        world = World.make(ideas=1, jurors=2, assigned=True, rubric={"not_applicable": rule})
        world.declare_all()
        one = world.assignments()[0]
        client.force_login(one.juror.user)
        assert client.get(sheet_url(one)).content.decode().count('value="na"') == shown


def test_odd_forms_do_not_break(desk, world, juror):
    one = world.assignments(juror)[0]
    for data in (
        {"revision": "9" * 5000, "c-benefit": "4"},
        {"revision": "²", "c-benefit": "9" * 5000},
        {"revision": "0", "c-benefit": "x", "go": "elsewhere"},
        {"comment": "x" * 5000},
    ):
        assert desk.post(sheet_url(one), data).status_code in (302, 400, 409)


# Autosave --------------------------------------------------------------------------------------


def test_autosave_keeps_what_changed(desk, world, juror):
    one = world.assignments(juror)[0]
    answer = autosave(desk, one, {"revision": 0, "changes": {"benefit": "5"}})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["revision"], body["total"], body["scored"], body["of"]) == (1, "5.0", 1, 3)
    answer = autosave(desk, one, {"revision": 1, "changes": {"note": "Muista", "benefit": "4"}})
    assert answer.json()["revision"] == 2
    assert ScoreSheet.objects.get().note == "Muista"


def test_autosave_from_an_older_window_gets_the_stored_sheet(desk, world, juror):
    one = world.assignments(juror)[0]
    autosave(desk, one, {"revision": 0, "changes": {"benefit": "5", "comment": "Eka"}})
    answer = autosave(desk, one, {"revision": 0, "changes": {"comment": "Toka"}})
    assert answer.status_code == 409
    body = answer.json()
    assert body["stored"] == {"benefit": "5", "comment": "Eka", "note": "", "internal": ""}
    assert body["revision"] == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        b"\xff\xfe",
        '{"revision": Infinity, "changes": {}}',
        '{"revision": "x", "changes": {}}',
        '{"revision": 0, "changes": 5}',
        '{"revision": 0, "changes": [1, 2]}',
        "[" * 100_000,
    ],
)
def test_autosave_that_cannot_be_read_is_a_400(desk, world, juror, body):
    answer = autosave(desk, world.assignments(juror)[0], body)
    assert answer.status_code == 400
    assert answer.json()["message"] == "The change could not be read."


def test_autosave_says_what_is_wrong_with_a_value(desk, world, juror):
    one = world.assignments(juror)[0]
    answer = autosave(desk, one, {"revision": 0, "changes": {"benefit": 7}})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"benefit": ["Choose a level from 1 to 5."]}


def test_autosave_after_the_session_has_ended_says_so(client, world, juror):
    world.declare_all()
    answer = autosave(client, world.assignments(juror)[0], {"revision": 0, "changes": {}})
    assert answer.status_code == 401


def test_autosave_costs_at_most_twelve_queries(desk, world, juror):
    one = world.assignments(juror)[0]
    for revision in (0, 1):
        with CaptureQueriesContext(connection) as caught:
            answer = autosave(
                desk, one, {"revision": revision, "changes": {"benefit": 5, "comment": "Hyvä"}}
            )
        assert answer.status_code == 200
    assert len(caught) <= 12, [query["sql"][:100] for query in caught]


# Nobody else's ---------------------------------------------------------------------------------


def every_address(client, one) -> dict[str, int]:
    return {
        "sheet": client.get(sheet_url(one)).status_code,
        "post": client.post(sheet_url(one), whole(revision="0", go="submit")).status_code,
        "autosave": autosave(client, one, {"revision": 0, "changes": {"benefit": 1}}).status_code,
        "tie": client.post(
            reverse("scoring:tie", args=[one.pk]), {f"kind-{one.pk}": "none"}
        ).status_code,
    }


def test_conflict_closes_the_proposal_at_every_address(desk, world, juror):
    one = world.assignments(juror)[0]
    panel.declare(
        juror=juror, idea=one.idea, kind="conflict", reason="Oma", by=juror.user, at=world.at
    )
    assert set(every_address(desk, one).values()) == {404}
    html = desk.get(reverse("scoring:queue", args=[juror.pk])).content.decode()
    assert one.idea.title not in html
    assert not ScoreSheet.objects.exists()


def test_others_sheets_are_not_there(client, world, juror):
    world.declare_all()
    one = world.assignments(juror)[0]
    for person in (world.jurors[1].user, world.staff, UserFactory(), UserFactory(owner=True)):
        client.force_login(person)
        assert set(every_address(client, one).values()) == {404}
        for name in ("queue", "ties", "invitation"):
            url = reverse(f"scoring:{name}", args=[juror.pk])
            assert client.get(url).status_code == 404


def test_juror_taken_off_the_panel_finds_nothing(desk, world, juror):
    one = world.assignments(juror)[0]
    panel.remove_juror(juror=juror, by=world.staff, at=world.at)
    assert set(every_address(desk, one).values()) == {404}
    assert desk.get(reverse("scoring:queue", args=[juror.pk])).status_code == 404


# What it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["queue", "ties", "sheet"])
def test_pages_cost_the_same_for_one_proposal_and_for_three(client, name):
    counts = []
    for ideas in (1, 3):
        world = World.make(ideas=ideas, jurors=2, assigned=True)
        juror = Juror.objects.get(pk=world.jurors[0].pk)
        if name != "ties":
            world.declare_all()
        pk = world.assignments(juror)[0].pk if name == "sheet" else juror.pk
        client.force_login(juror.user)
        url = reverse(f"scoring:{name}", args=[pk])
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 12


def test_queue_tells_pace_and_average(world, juror):
    world.declare_all()
    mine = world.assignments(juror)
    for one in mine[:2]:
        world.score(one, all=4)
    found = read.queue_of(juror, current=mine[0])
    assert found.done == 2
    assert str(found.average) == "4.0"
    assert found.minutes_left is None
    assert {item.state for item in found.items} == {"done", "todo"}
