"""The demonstration's own pages: there where DEMO is on, and nowhere else."""

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.permissions.matrix import NO_METHOD, Row, everybody, faults_of, no_args, nobody
from tests.permissions.test_matrix import addresses

pytestmark = pytest.mark.django_db

ROWS = [
    Row(
        "demo:sign_in",
        "nobody of the demo",
        no_args,
        everybody(NO_METHOD),
        nobody(),
        data=lambda world, role: {"person": "owner@owner.example"},
    ),
    Row("demo:mailbox", "", no_args, everybody(), None),
]


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.permissions.demo_urls"


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_without_the_demo_they_are_not_there(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_role_and_address(row, world, sessions, demo):
    faults = faults_of(row, world, sessions)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_views_refuse_by_themselves(row, world, sessions, demo, settings):
    """Also when the addresses are there by a mistake."""
    settings.DEMO = False
    shut = Row(row.name, row.about, row.args, None, nobody(), data=row.data)
    if row.name == "demo:mailbox":
        shut = Row(row.name, row.about, row.args, nobody(), nobody())
    faults = faults_of(shut, world, sessions)
    assert not faults, "\n".join(faults)


def test_every_page_of_the_demo_has_its_row(demo):
    there = {name for name, _module in addresses(get_resolver()) if name.startswith("demo:")}
    assert there == {row.name for row in ROWS}
