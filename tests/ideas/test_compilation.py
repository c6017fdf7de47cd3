"""The compilation: what is in it, what never is, when it is shown, how it is made."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from challenges.states import Visibility
from core import clock, outbox
from core.errors import Denied, NotNow
from ideas import actions, compilation
from ideas.models import Compilation, Idea
from ideas.states import CompilationState
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, open_series, whole_answers
from tests.pdf_ua import faults

pytestmark = pytest.mark.django_db


def call(visibility=Visibility.AT_ONCE, **more):
    series = open_series(visibility=visibility, **more)
    IdeaFactory(series=series, submitted=True, public=True, answers=whole_answers(title="Julkinen"))
    return series


def compiled(challenge, language="fi"):
    compilation.order_compilation(challenge=challenge, by=None, at=clock.now())
    outbox.run_now()
    return Compilation.objects.get(challenge=challenge, language=language)


def address(challenge, name="compilation"):
    return reverse(f"ideas:{name}", args=[challenge.slug])


def test_it_holds_public_parts_only():
    series = call()
    IdeaFactory(series=series, submitted=True, answers=whole_answers(title="Ei vielä julkinen"))
    IdeaFactory(series=series, withdrawn=True, answers=whole_answers(title="Peruttu"))
    IdeaFactory(series=series, answers=whole_answers(title="Luonnos"))
    body = compiled(series.challenge).body
    assert "Julkinen" in body
    assert 'href="#n' in body
    for hidden in ("Ei vielä", "Peruttu", "Luonnos", "laskelma", "kansalainen@", "Kuusi"):
        assert hidden not in body


def test_contents_and_indexes_lead_to_the_proposals():
    made = compiled(call().challenge)
    assert made.body.count(f'href="#n{Idea.objects.get().number}"') == 3
    assert f'id="n{Idea.objects.get().number}"' in made.body
    assert "<h3>Mikkeli</h3>" in made.body
    assert "<h3>Koulu</h3>" in made.body


def test_with_titles_only_there_are_titles_only():
    body = compiled(call(Visibility.TITLES).challenge).body
    assert "Julkinen" in body
    assert "Koulutaksi" not in body


def test_words_of_people_stay_words():
    series = open_series()
    IdeaFactory(
        series=series,
        submitted=True,
        public=True,
        answers=whole_answers(title="<script>x</script>"),
    )
    assert "<script>" not in compiled(series.challenge).body


def test_link_appears_when_it_is_ready_and_goes_with_a_withdrawal(client):
    challenge = call().challenge
    stays = IdeaFactory(
        series=challenge.series.get(), submitted=True, public=True, answers=whole_answers(title="B")
    )
    listed = reverse("ideas:list", args=[challenge.slug])
    assert client.get(address(challenge)).status_code == 404
    assert address(challenge) not in client.get(listed).content.decode()
    compiled(challenge)
    assert address(challenge) in client.get(listed).content.decode()
    answer = client.get(address(challenge))
    assert answer.status_code == 200
    assert "Julkinen" in answer.content.decode()

    goes = Idea.objects.get(title="Julkinen")
    actions.withdraw_idea(idea=goes, at=clock.now())
    assert client.get(address(challenge)).status_code == 404
    outbox.run_now()
    again = client.get(address(challenge)).content.decode()
    assert "Julkinen" not in again
    assert stays.reference in again


def test_it_is_made_once_at_a_time_and_the_former_goes():
    challenge = call().challenge
    compilation.order_compilation(challenge=challenge, by=None, at=clock.now())
    compilation.order_compilation(challenge=challenge, by=None, at=clock.now())
    assert Compilation.objects.count() == 3
    outbox.run_now()
    first = set(Compilation.objects.values_list("pk", flat=True))
    compiled(challenge)
    assert Compilation.objects.count() == 3
    assert not first & set(Compilation.objects.values_list("pk", flat=True))
    assert set(Compilation.objects.values_list("state", flat=True)) == {CompilationState.READY}


def test_a_repeat_of_the_job_changes_nothing():
    made = compiled(call().challenge)
    compilation.make(Compilation.objects.select_related("challenge__owner").get(pk=made.pk))
    assert Compilation.objects.get(pk=made.pk).made_at == made.made_at


def test_who_may_order_and_when():
    challenge = call().challenge
    with pytest.raises(Denied):
        compilation.order_compilation(challenge=challenge, by=UserFactory(), at=clock.now())
    with pytest.raises(NotNow):
        compilation.order_compilation(challenge=open_series().challenge, by=None, at=clock.now())


def test_queries_do_not_grow_with_proposals(django_assert_num_queries, client):
    challenge = call().challenge
    for number in range(5):
        IdeaFactory(
            series=challenge.series.get(),
            submitted=True,
            public=True,
            answers=whole_answers(title=f"Ehdotus {number}"),
        )
    compiled(challenge)
    client.get(address(challenge))
    few = Compilation.objects.select_related("challenge__owner").get(language="fi")
    with django_assert_num_queries(1):
        assert not compilation.outdated(few)


@pytest.mark.verapdf
@pytest.mark.pango
def test_pdf_is_accessible_in_every_language(tmp_path):
    compiled(call().challenge)
    made = Compilation.objects.values_list("language", "pdf")
    assert {language for language, _ in made} == {"fi", "sv", "en"}
    assert faults(tmp_path, *(bytes(pdf) for _, pdf in made)) == []


@pytest.mark.pango
def test_pdf_has_its_outline_and_what_is_public(client):
    challenge = call().challenge
    made = compiled(challenge)
    reader = PdfReader(io.BytesIO(bytes(made.pdf)))
    assert reader.trailer["/Root"]["/Lang"] == "fi"
    assert reader.outline
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Julkinen" in text
    assert "laskelma" not in text
    answer = client.get(address(challenge, "compilation_pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content[:5] == b"%PDF-"
