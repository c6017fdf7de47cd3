"""Whose challenge it is, at every staff address; what even the platform's owner does not see."""

import pytest
from django.urls import reverse

from challenges import hosting
from cms.setup import setup_site
from scoring.actions import sheets
from tests.factories.accounts import UserFactory
from tests.factories.challenges import HostFactory
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db
PAGES = ("rubrics", "jury", "invite", "ties", "ranking", "decision")
OF_SERIES = ("rubric", "publish", "assign", "close")


def addresses(world) -> list[str]:
    pk, key = world.challenge.pk, world.series.key
    return [
        *(reverse(f"scoring_admin:{name}", args=[pk]) for name in PAGES),
        *(reverse(f"scoring_admin:{name}", args=[pk, key]) for name in OF_SERIES),
        reverse("scoring_admin:remove", args=[pk, world.jurors[0].pk]),
        *(reverse("scoring_admin:ranking_file", args=[pk, kind]) for kind in ("csv", "json")),
    ]


@pytest.fixture
def world():
    setup_site()
    made = World.make(assigned=True)
    hosting.ensure_host(made.challenge.owner)
    return made


@pytest.fixture
def neighbour(world):
    host = HostFactory()
    hosting.ensure_host(host)
    return UserFactory(staff_of=host)


def test_own_staff_and_the_owner_open_every_page(client, world):
    for person in (world.staff, UserFactory(owner=True)):
        client.force_login(person)
        for address in addresses(world):
            assert client.get(address).status_code == 200, address


def test_staff_of_another_municipality_find_nothing(client, world, neighbour):
    client.force_login(neighbour)
    for address in addresses(world):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"go": "draft"}).status_code == 404, address


def test_jurors_members_and_strangers_do_not_enter_the_back_office(client, world):
    member = UserFactory(member_of=world.challenge.owner)
    for person in (world.jurors[0].user, member, UserFactory()):
        client.force_login(person)
        for address in addresses(world):
            assert client.get(address).status_code in (302, 404), address


def test_nobody_but_the_juror_sees_an_unsubmitted_sheet(client, world):
    world.declare_all()
    one = world.assignments()[0]
    sheets.save_sheet(
        assignment=one,
        changes={"benefit": 5, "comment": "Keskeneräinen ajatus", "note": "Oma muistiinpano"},
        by=one.juror.user,
        at=world.at,
    )
    for person in (world.staff, UserFactory(owner=True)):
        client.force_login(person)
        for address in addresses(world):
            html = b"".join(client.get(address)).decode()
            assert "Keskeneräinen ajatus" not in html
            assert "Oma muistiinpano" not in html
        url = reverse("scoring:sheet", args=[one.pk])
        assert client.get(url).status_code == 404
