"""Blind jurying on staff's side: names are a deliberate step, with a reason, on record."""

import csv
import datetime as dt
import zipfile
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.audit import seal
from core.errors import Denied, Invalid
from core.models import AuditEntry
from ideas.models import Idea
from scoring import package
from scoring.actions import decision as verbs
from scoring.actions.names import show_proposers
from scoring.actions.standing import compute_standing
from scoring.queries import names
from tests.factories.accounts import UserFactory
from tests.factories.scoring import World
from tests.scoring.test_admin import enter, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = World.make(ideas=3, jurors=3, assigned=True, blind=True)
    world.score_all()
    compute_standing(round_=world.round, at=world.at)
    return world


def pages_of(world: World) -> list[str]:
    pk, key = world.challenge.pk, world.series.key
    return [
        *(url(name, pk) for name in ("jury", "dashboard", "ranking", "rounds", "decision")),
        *(url(name, pk) for name in ("ties", "meetings", "signs", "record")),
        *(url("readers", pk, key, idea.number) for idea in world.ideas),
        *(url(name, pk, world.round.pk) for name in ("weights", "grey")),
        *(url(name, pk, key) for name in ("advance", "runs", "assign")),
        *(url("ranking_file", pk, kind) for kind in ("csv", "json")),
    ]


def whole(office, address: str) -> str:
    response = office.get(address, follow=True)
    assert response.status_code == 200, address
    return str(response.getvalue().decode())


def test_no_page_of_the_jury_names_anybody_before_the_decision(client, world):
    world.close()
    verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    office = enter(client, world)
    for address in pages_of(world):
        html = whole(office, address)
        for idea in world.ideas:
            assert f"Ehdottaja {idea.number}" not in html, address
            assert idea.contact_email not in html, address
    assert not AuditEntry.objects.filter(verb__in=names.SEEN).exists()
    for name in ("jury", "dashboard", "ranking", "decision"):
        assert url("names", world.challenge.pk) in whole(office, url(name, world.challenge.pk))


def test_names_come_after_a_reason_and_are_on_record(client, world):
    office, address = enter(client, world), url("names", world.challenge.pk)
    before = whole(office, address)
    assert "Ehdottaja 1" not in before
    assert not AuditEntry.objects.filter(verb="proposers.seen").exists()
    empty = office.post(address, {"reason": "  "})
    assert empty.status_code == 400
    assert "Ehdottaja 1" not in empty.content.decode()
    shown = office.post(address, {"reason": "Epäilty sidos"}, follow=True).content.decode()
    for idea in world.ideas:
        assert f"Ehdottaja {idea.number}" in shown
    (row,) = AuditEntry.objects.filter(verb="proposers.seen")
    assert (row.by, row.data) == (world.staff, {"page": "jury 1", "reason": "Epäilty sidos"})
    assert "Epäilty sidos" in whole(office, address)  # a second look is a second row
    assert AuditEntry.objects.filter(verb="proposers.seen").count() == 2
    office.post(address, {"hide": "1"})
    assert "Ehdottaja 1" not in whole(office, address)
    assert AuditEntry.objects.filter(verb="proposers.seen").count() == 2


def test_showing_ends_by_itself_and_is_of_one_challenge(client, world, monkeypatch):
    office, address = enter(client, world), url("names", world.challenge.pk)
    office.post(address, {"reason": "Syy"})
    other = World.make(ideas=1, jurors=2, blind=True)
    other.challenge.owner = world.challenge.owner
    other.challenge.save()
    assert "Ehdottaja 1" not in whole(office, url("names", other.challenge.pk))
    later = clock.now() + dt.timedelta(minutes=31)
    monkeypatch.setattr("challenges.admin_base.arrived_at", lambda _request: later)
    assert "Ehdottaja 1" not in whole(office, address)


def test_there_is_nothing_to_show_where_nothing_is_hidden(client, world):
    office = enter(client, world)
    Idea.objects.update(state="decided")
    assert office.get(url("names", world.challenge.pk)).status_code == 404
    seen = World.make(ideas=1, jurors=2)
    assert enter(client, seen).get(url("names", seen.challenge.pk)).status_code == 404


def test_decided_proposals_are_named_again(client, world):
    world.close()
    verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    Idea.objects.update(state="decided")
    assert "Ehdottaja 1" in whole(enter(client, world), url("decision", world.challenge.pk))


def test_only_staff_of_the_host_may_and_only_with_a_reason_that_fits(world):
    given = {"challenge": world.challenge, "page": 1}
    with pytest.raises(Denied):
        show_proposers(reason="Syy", by=UserFactory(), **given)
    with pytest.raises(Denied):
        show_proposers(reason="Syy", by=world.jurors[0].user, **given)
    for reason in ("", " \n", "x" * 501):
        with pytest.raises(Invalid):
            show_proposers(reason=reason, by=world.staff, **given)
    assert not AuditEntry.objects.filter(verb="proposers.seen").exists()


def test_package_lists_who_saw_and_why(client, world):
    show_proposers(challenge=world.challenge, reason="Sidos, ehkä", page=2, by=world.staff)
    seal()
    with zipfile.ZipFile(BytesIO(package.build(world.challenge))) as archive:
        rows = list(csv.reader(archive.read("identities.csv").decode().splitlines()))
    assert rows[0] == ["at", "who", "saw", "why"]
    assert rows[1][2:] == ["jury 2", "Sidos, ehkä"]


def test_names_cost_the_same_for_one_and_for_many(client):
    counts = set()
    for ideas in (1, 4):
        world = World.make(ideas=ideas, jurors=2, blind=True)
        office, address = enter(client, world), url("names", world.challenge.pk)
        office.post(address, {"reason": "Syy"})
        office.get(address)
        with CaptureQueriesContext(connection) as caught:
            office.get(address)
        counts.add(len(caught))
    assert len(counts) == 1
