"""What of the database gets into the index, and what never does."""

import datetime as dt

import pytest

from catalogue.states import ReuseStage
from challenges.states import Visibility
from core import clock
from search import registry
from search.documents import idea_document, ideas, solution_document, solutions
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.challenges import ThemeFactory
from tests.factories.ideas import IdeaFactory, open_series, whole_answers

pytestmark = pytest.mark.django_db


def document_of(solution):
    return solution_document(solutions().get(pk=solution.pk))


def test_solution_brings_its_texts_and_facets():
    solution = SolutionFactory(
        title="Koulukyytien yhdistely",
        problem="Taksit ajavat tyhjinä",
        steps=["Kerää reitit", {"text": "Sovi kuljettajien kanssa"}],
        theme=ThemeFactory(key="liikenne", name={"fi": "Liikenne", "sv": "Trafik"}),
        technology="Python, PostgreSQL",
        licence="EUPL-1.2",
        award="Pääpalkinto",
        owner__population=12_000,
    )
    solution.tags.add("taksi")
    solution.save()
    document = document_of(solution)
    assert document.uid == f"solution:{solution.pk}"
    whole = " ".join(document.body)
    for text in ("Taksit ajavat tyhjinä", "Kerää reitit", "Sovi kuljettajien kanssa", "taksi"):
        assert text in whole
    assert ("sv", "Trafik") in document.others
    assert document.facets["theme"] == ("liikenne",)
    assert document.facets["technology"] == ("Python", "PostgreSQL")
    assert document.facets["readiness"] == ("pilot",)
    assert document.facets["size"] == ("5k_20k",)
    assert document.facets["award"] == ("yes",)
    assert "offer" not in document.facets
    assert document.payload["slug"] == solution.slug


def test_users_and_freshness_lift_a_solution():
    today = clock.local(clock.now()).date()
    solution = SolutionFactory(users_count=2, reviewed_on=today)
    reuse = ReuseFactory(solution=solution)
    stopped = ReuseFactory(solution=solution, stage=ReuseStage.STOPPED)
    document = document_of(solution)
    assert document.boosts == {"users": pytest.approx(1.06), "fresh": 1.05}
    assert document.facets["used_by"] == (reuse.organisation.name,)
    assert stopped.organisation.name not in document.facets["used_by"]
    solution.reviewed_on = today - dt.timedelta(days=400)
    solution.users_count = 50
    solution.save()
    assert document_of(solution).boosts == {"users": 1.15}


def test_drafts_of_solutions_are_not_documents():
    draft = SolutionFactory(hidden=True)
    shown = SolutionFactory()
    uids = [f"solution:{draft.pk}", f"solution:{shown.pk}", "solution:999999", "solution:x", "no:1"]
    assert [d.uid for d in registry.documents(uids)] == [f"solution:{shown.pk}"]
    assert [d.uid for d in registry.every_document()] == [f"solution:{shown.pk}"]


@pytest.mark.parametrize(
    ("traits", "public"),
    [
        ({}, False),
        ({"submitted": True}, False),
        ({"submitted": True, "public": True}, True),
        ({"eligible": True, "public": True}, True),
        ({"withdrawn": True, "public": True}, False),
        ({"public": True}, False),
    ],
)
def test_only_public_proposals_are_documents(traits, public):
    idea = IdeaFactory(**traits)
    found = [document.uid for document in registry.documents([f"idea:{idea.pk}"])]
    assert found == ([f"idea:{idea.pk}"] if public else [])


def test_proposal_brings_public_answers_only():
    idea = IdeaFactory(submitted=True, public=True)
    document = idea_document(ideas().get(pk=idea.pk))
    whole = " ".join([document.title, *document.body, str(document.payload)])
    assert "Koulutaksi on talvella" in whole
    for secret in ("tuomaristolle", "kansalainen@", "Nimimerkki"):
        assert secret not in whole
    assert document.facets["municipality"] == ("Mikkeli",)


def test_what_was_handed_in_is_indexed_and_not_the_working_text():
    idea = IdeaFactory(submitted=True, public=True)
    idea.answers = whole_answers(problem="Keskeneräinen salainen muutos tekstiin.")
    idea.save()
    document = idea_document(ideas().get(pk=idea.pk))
    assert "Keskeneräinen" not in " ".join(document.body)


def test_with_titles_only_the_text_stays_out():
    series = open_series(visibility=Visibility.TITLES)
    idea = IdeaFactory(series=series, submitted=True, public=True)
    document = idea_document(ideas().get(pk=idea.pk))
    assert document.title
    whole = " ".join([*document.body, str(document.payload)])
    assert "Koulutaksi" not in whole
    assert "Viesti huoltajalle" not in whole


def test_documents_of_many_rows_take_few_queries(django_assert_max_num_queries):
    SolutionFactory.create_batch(3)
    with django_assert_max_num_queries(12):
        three = list(registry.every_document())
    SolutionFactory.create_batch(20)
    with django_assert_max_num_queries(12):
        assert len(list(registry.every_document())) == len(three) + 20
