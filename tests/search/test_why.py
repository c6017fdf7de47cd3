"""Why a row is in the result: by which words, where and how, and what lifted it."""

import pytest
from django.urls import reverse
from django.utils import translation

from core import clock
from search.analysis import Analyser
from search.documents import solutions
from search.plan import Synonyms
from search.why import why
from tests.factories.catalogue import SolutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def explained(solution, query, analyser, groups=()):
    found = solutions().get(pk=solution.pk)
    return why(found, query, "fi", analyser, Synonyms(groups, analyser))


def words_of(met):
    return {word: how for seen in met.seen for word, how in seen.words}


def test_words_are_told_with_their_place_and_way():
    analyser = Analyser()
    solution = SolutionFactory(
        title="Koulukyytien reittiapu", summary="Koulukyydit ajoissa", problem="", solution=""
    )
    (met,) = explained(solution, "koulukyytien", analyser).words
    title, text = met.seen
    assert title.place.startswith("in the title")
    assert title.words == (("koulukyytien", "as it is"),)
    assert text.words == (("koulukyydit", "in another form"),)


def test_part_of_a_compound_and_a_taught_synonym_are_told_apart():
    analyser = Analyser()
    solution = SolutionFactory(title="Koululaiskuljetus", summary="Lyhyt", problem="", solution="")
    (met,) = explained(solution, "kuljetus", analyser).words
    assert "part of a compound" in words_of(met)["koululaiskuljetus"]
    group = [("koulukyyti", "fi"), ("koululaiskuljetus", "fi")]
    (met,) = explained(solution, "koulukyyti", analyser, [group]).words
    assert "synonym" in words_of(met)["koululaiskuljetus"]
    (met,) = explained(solution, "koulukyyti", analyser).words
    assert "synonym" not in repr(words_of(met))


def test_what_only_comes_near_is_said():
    (met,) = explained(SolutionFactory(), "ydinvoimala", Analyser()).words
    assert met.near


def test_factors_are_those_of_the_engine():
    today = clock.local(clock.now()).date()
    solution = SolutionFactory(users=2, reviewed_on=today)
    told = explained(solution, "ratkaisu", Analyser())
    assert told.factors == ("2 municipalities use it: +6 %", "Reviewed within a year: +5 %")
    assert told.whole == "+11 %"
    assert explained(SolutionFactory(), "ratkaisu", Analyser()).factors == ()


def test_reasons_open_as_a_page_and_as_a_part(client):
    solution = SolutionFactory(title="Koulukyytien reittiapu")
    address = reverse("search:why", args=[solution.slug]) + "?q=koulukyyti"
    whole = client.get(address).content.decode()
    assert "<h1>Why this result?" in whole
    assert "koulukyytien" in whole
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "koulukyytien" in part
    for odd in ("", "?q=%00", "?q=" + "x" * 9000, "?q=<script>"):
        page = client.get(reverse("search:why", args=[solution.slug]) + odd)
        assert page.status_code == 200
        assert b"<script>" not in page.content


def test_reasons_of_what_is_not_published_are_not_there(client):
    hidden = SolutionFactory(hidden=True)
    assert client.get(reverse("search:why", args=[hidden.slug])).status_code == 404
