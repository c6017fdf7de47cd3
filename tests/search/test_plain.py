"""While the index is out of reach the database answers: the same choices find the same."""

import datetime as dt

import pytest

from catalogue.actions import changed
from core import outbox
from search.catalogue import Asked, find
from search.engine import Query
from search.facets import FACETS
from search.plain import plain_list
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.challenges import ChallengeFactory, HostFactory, ThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(index):
    home, school = ThemeFactory(key="koti"), ThemeFactory(key="koulu")
    small = HostFactory(municipality="Juva", population=4_999, region="Etelä-Savo")
    town = HostFactory(municipality="Mikkeli", population=52_000, region="Etelä-Savo")
    city = HostFactory(municipality="Turku", population=200_000, region="Varsinais-Suomi")
    opened = dt.datetime(2021, 12, 31, 23, 30, tzinfo=dt.UTC)  # 2022 in Finland
    past = ChallengeFactory(slug="mennyt", opened_at=opened)
    made = [
        SolutionFactory(
            title="Bussi", theme=school, owner=small, municipality="", technology="C, Python"
        ),
        SolutionFactory(
            title="Robotti",
            theme=home,
            owner=town,
            municipality="Rantasalmi",
            technology="C++",
            readiness="production",
            offer="ready",
            target_groups=["children", "families"],
            award="Voittaja",
            challenge=past,
            evidence=3,
        ),
        SolutionFactory(
            title="Kartta",
            owner=city,
            language="sv",
            cost_band="free",
            licence="EUPL-1.2",
            target_groups=["families"],
            technology="Python,Rust (2021)",
            users_count=7,
        ),
        SolutionFactory(title="Piilossa", theme=school, hidden=True),
    ]
    ReuseFactory(solution=made[0], organisation=city)
    for one in made:
        changed(one)
    outbox.run_now()
    return index


@pytest.mark.parametrize("facet", FACETS)
def test_each_choice_finds_what_the_index_finds(shelf, facet):
    values = [value for value, _ in shelf.search(Query(facets=(facet,))).facets[facet]]
    assert values
    for chosen in [*([value] for value in values), values, ["'%_\\"], [*values, "x"]]:
        filters = {facet: tuple(chosen)}
        by_index = {int(hit.pk) for hit in shelf.search(Query(filters=filters)).hits}
        assert {one.pk for one in plain_list("", filters)} == by_index, chosen


def test_choices_and_words_hold_together(shelf):
    def titles(words, **filters):
        return [one.title for one in plain_list(words, filters)]

    assert titles("") == ["Bussi", "Kartta", "Robotti"]
    assert titles("", theme=("koti", "koulu"), technology=("C",)) == ["Bussi"]
    assert titles("rob", theme=("koti",)) == ["Robotti"]
    assert titles("rob", theme=("koulu",)) == []
    assert titles("100%") == []


def test_the_newest_first_is_kept(shelf):
    first = plain_list("", {}, newest=True)[0]
    assert first.updated_at == max(one.updated_at for one in plain_list("", {}))


def test_what_is_public_no_longer_is_neither_shown_nor_counted(shelf):
    """Till the index follows, which takes a moment."""
    gone = plain_list("robotti", {})[0]
    type(gone).objects.filter(pk=gone.pk).update(live=False)
    assert shelf.search(Query("robotti")).total == 1
    found = find(Asked("robotti", {}, "relevance", 1, "fi"))
    assert (found.total, found.rows) == (0, ())
    assert find(Asked("", {}, "title", 1, "fi")).total == 2
