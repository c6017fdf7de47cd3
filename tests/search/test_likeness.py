"""What the proposal form shows beside the writer."""

import pytest

from ideas.registry import SimilarQuery
from search.likeness import find_similar
from search.tasks import refresh
from tests.factories.catalogue import SolutionFactory
from tests.search.making import BOTH

pytestmark = pytest.mark.django_db


@BOTH
def test_solution_of_the_same_municipality_comes_first(index):
    for place in ("Juva", "Mikkeli", "Joensuu"):
        one = SolutionFactory(title="Kylätaksi", municipality=place, slug=f"taksi-{place.lower()}")
        refresh([f"solution:{one.pk}"])
    for place in ("Juva", "Mikkeli", "Joensuu"):
        found = find_similar(
            SimilarQuery(
                text="Kyliltä ei pääse bussilla",
                title="Kylätaksit",
                language="fi",
                challenge_id=0,
                area=place,
            )
        )
        assert len(found) == 2
        assert found[0].url.endswith(f"/taksi-{place.lower()}/")


def test_nothing_is_shown_while_the_search_is_out_of_reach(index, out_of_reach):
    with out_of_reach():
        assert find_similar(SimilarQuery(text="Kylätaksi", language="fi", challenge_id=0)) == []
