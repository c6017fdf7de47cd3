"""Newer terms come before everything else of the jury, and lead back to where one was going."""

import json

import pytest
from django.urls import reverse

from core.errors import NotNow
from scoring import rules
from scoring.actions import panel, sheets
from scoring.actions.terms import TermsFirst, accept_terms, write_terms
from scoring.models import Declaration, ScoreSheet
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = World.make(ideas=2, jurors=2, assigned=True)
    world.declare_all()
    return world


@pytest.fixture
def one(world):
    return world.assignments(world.jurors[0])[0]


@pytest.fixture
def desk(client, world, one):
    """The juror's browser, who is the chair too; the terms have just been changed."""
    one.juror.chair = True
    one.juror.save()
    write_terms(challenge=world.challenge, body={"fi": "Uusi lupaus."}, by=world.staff, at=world.at)
    client.force_login(one.juror.user)
    return client


def pages(one):
    return [
        *(reverse(f"scoring:{name}", args=[one.pk]) for name in ("sheet", "print", "abstain")),
        *(
            reverse(f"scoring:{name}", args=[one.juror_id])
            for name in ("queue", "ties", "strip", "reasons", "meeting")
        ),
        reverse("scoring:chair", args=[one.idea.challenge.slug]),
    ]


def test_every_page_leads_to_the_terms_and_back(desk, one):
    for url in pages(one):
        asked = desk.get(url)
        assert asked.status_code == 302, url
        assert asked["Location"].startswith(
            reverse("scoring:invitation", args=[one.juror_id]) + "?next="
        )
        assert "Uusi lupaus." in desk.get(asked["Location"]).content.decode()
    sheet = reverse("scoring:sheet", args=[one.pk])
    terms = desk.get(sheet)["Location"]
    refused = desk.post(terms, {})
    assert "Confirm that you have read the rules" in refused.content.decode()
    assert desk.post(terms, {"agree": "1"})["Location"] == sheet
    assert one.idea.summary in desk.get(sheet).content.decode()


@pytest.mark.parametrize("next_", ["https://muualla.example/", "//muualla.example/", "ftp:x", ""])
def test_terms_lead_nowhere_else(desk, one, next_):
    url = reverse("scoring:invitation", args=[one.juror_id])
    answer = desk.post(f"{url}?next={next_}", {"agree": "1"})
    assert answer["Location"] == reverse("scoring:queue", args=[one.juror_id])


def test_a_form_sent_too_early_is_kept_and_goes_along_with_the_yes(desk, one):
    url = reverse("scoring:sheet", args=[one.pk])
    typed = {"revision": "0", "c-benefit": "4", "comment": "Lause, joka jäi kesken\nja jatkui."}
    asked = desk.post(url, {**typed, "go": "stay"})
    assert asked.status_code == 409
    html = asked.content.decode()
    assert "Uusi lupaus." in html
    assert "Lause, joka jäi kesken\nja jatkui.</textarea>" in html
    assert '<input type="hidden" name="c-benefit" value="4">' in html
    assert not ScoreSheet.objects.exists()
    unticked = desk.post(url, {**typed, "go": "stay", "terms": "1"}).content.decode()
    assert "Confirm that you have read the rules" in unticked
    assert "Lause, joka jäi kesken\nja jatkui.</textarea>" in unticked
    assert desk.post(url, {**typed, "go": "stay", "agree": "1"})["Location"] == url
    assert ScoreSheet.objects.get().comment == typed["comment"]
    one.juror.refresh_from_db()
    assert one.juror.terms.body == {"fi": "Uusi lupaus."}


def test_autosave_says_where_the_terms_are(desk, one):
    url = reverse("scoring:autosave", args=[one.pk])
    body = json.dumps({"revision": 0, "changes": {"comment": "Kesken"}})
    answer = desk.post(url, body, content_type="application/json")
    assert answer.status_code == 403
    assert "accept them first" in answer.json()["message"]
    assert not ScoreSheet.objects.exists()
    desk.post(answer.json()["to"], {"agree": "1"})
    assert desk.post(url, body, content_type="application/json").status_code == 200


def test_no_verb_goes_round_the_terms(desk, world, one):
    args = {"assignment": one, "by": one.juror.user, "at": world.at}
    verbs = (
        lambda: sheets.save_sheet(changes={"benefit": 4}, **args),
        lambda: sheets.submit_sheet(**args),
        lambda: sheets.abstain(reason="Syy", **args),
        lambda: panel.declare(
            juror=one.juror, idea=one.idea, kind="none", by=one.juror.user, at=world.at
        ),
    )
    for verb in verbs:
        with pytest.raises(TermsFirst):
            verb()
    assert issubclass(TermsFirst, NotNow)
    assert not ScoreSheet.objects.exists()
    accept_terms(juror=one.juror, by=one.juror.user, at=world.at)
    one.juror.refresh_from_db()
    for verb in (verbs[0], verbs[2]):
        verb()


def test_files_stay_shut_until_the_terms_are_accepted(desk, world, one):
    assert not rules.may_read(one.juror.user, one.idea)
    other = world.assignments(world.jurors[1])[0]
    accept_terms(juror=other.juror, by=other.juror.user, at=world.at)
    assert rules.may_read(other.juror.user, other.idea)
    assert not rules.may_read(one.juror.user, one.idea)


def test_ties_are_asked_after_the_terms(client):
    world = World.make(ideas=1, jurors=2, assigned=True)
    one = world.assignments()[0]
    write_terms(challenge=world.challenge, body={"fi": "Uusi"}, by=world.staff, at=world.at)
    client.force_login(one.juror.user)
    answer = client.post(reverse("scoring:tie", args=[one.pk]), {f"kind-{one.pk}": "none"})
    assert answer.status_code == 409
    assert not Declaration.objects.exists()
