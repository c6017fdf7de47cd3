import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.urls import reverse

from ideas.registry import SimilarQuery
from search.address import elastic_address
from search.engine import Query
from search.likeness import find_similar
from search.models import SynonymGroup, ZeroResult
from search.service import forget_synonyms, make_engine, note_zero_result, search
from search.similar import similar_ideas, similar_solutions
from search.tantivy_engine import TantivyEngine
from search.tasks import refresh
from tests import needs
from tests.factories.catalogue import SolutionFactory
from tests.factories.ideas import IdeaFactory


def test_engine_comes_from_its_address(tmp_path):
    engine = make_engine(f"tantivy://{tmp_path}/in%20dex")
    assert isinstance(engine, TantivyEngine)
    assert engine.store.folder == tmp_path / "in dex"


@pytest.mark.parametrize("url", ["solr://x", "", "/var/index", "tantivy:x"])
def test_unknown_engine_is_named(url):
    with pytest.raises(ImproperlyConfigured, match="SEARCH_URL"):
        make_engine(url)


def test_relative_folder_is_refused():
    with pytest.raises(ImproperlyConfigured, match="whole path"):
        make_engine("tantivy://var/index")


@pytest.mark.elasticsearch
def test_elasticsearch_comes_from_its_address():
    engine = make_engine(needs.elasticsearch_url())
    assert engine.name == "elasticsearch"


def test_address_of_elasticsearch_is_read_whole(tmp_path):
    ca = tmp_path / "ca.pem"
    ca.touch()
    url = f"elasticsearch://seppo:sala%40na%2F@one:9201,two,[::1]:9203/juva-1?ca={ca}"
    address = elastic_address(url)
    assert address.hosts == ("https://one:9201", "https://two:9200", "https://[::1]:9203")
    assert (address.user, address.password, address.prefix) == ("seppo", "sala@na/", "juva-1")
    assert "sala" not in repr(address)
    assert elastic_address("elasticsearch://one/a").hosts == ("http://one:9200",)
    assert elastic_address("elasticsearch://one/a?tls=1").hosts == ("https://one:9200",)


@pytest.mark.parametrize(
    "url",
    [
        *("elasticsearch://", "elasticsearch://host:9200", "elasticsearch://host:9200/"),
        *("elasticsearch://:secret@/talkoot", "elasticsearch://u:secret@host:port/talkoot"),
        *("elasticsearch://u:secret@host:99999/talkoot", "elasticsearch://host,/talkoot"),
        *("elasticsearch://host/Talkoot", "elasticsearch://host/a.b", "elasticsearch://host/a/b"),
        *("elasticsearch://host/a?tls=yes", "elasticsearch://host/a?ca=/none", "elasticsearch:x"),
        "elasticsearch://host/a?cert=x",
    ],
)
def test_wrong_address_of_elasticsearch_is_told_without_its_password(url):
    with pytest.raises(ImproperlyConfigured, match="SEARCH_URL") as told:
        make_engine(url)
    assert "secret" not in str(told.value)


def test_taught_synonyms_work_at_the_next_query(index):
    solution = SolutionFactory(
        title="Koululaiskuljetusten yhdistely",
        problem="Autot ajavat tyhjinä",
        solution="Reitit yhteen",
    )
    refresh([f"solution:{solution.pk}"])
    assert search(Query("school transport", fill=0)).total == 0
    group = SynonymGroup(words={"fi": ["koululaiskuljetus"], "en": ["school transport"]})
    group.full_clean()
    group.save()
    forget_synonyms()
    assert search(Query("school transport")).total == 1
    group.delete()
    forget_synonyms()
    assert search(Query("school transport", fill=0)).total == 0


def test_what_finds_nothing_is_counted_by_day(index):
    for _ in range(3):
        search(Query("Olematon  sana", language="fi"))
    search(Query("olematon sana", language="sv"))
    search(Query("olematon sana", filters={"theme": ("x",)}))
    rows = ZeroResult.objects.order_by("language")
    assert [(row.words, row.language, row.count) for row in rows] == [
        ("olematon sana", "fi", 3),
        ("olematon sana", "sv", 1),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "matti@esimerkki.example",
        "040 1234567",
        "131052-308T",
        "x" * 101,
        "a b c d e f g",
        " ",
        "\0",
    ],
)
def test_what_may_tell_of_a_person_is_not_kept(text):
    note_zero_result(text, "fi")
    assert not ZeroResult.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"fi": ["yksi"]},
        {"de": ["a", "b"]},
        {"fi": "a b"},
        {"fi": [1, 2]},
        [],
        {"fi": ["a", "a"]},
    ],
)
def test_group_of_synonyms_needs_two_words_by_language(words):
    with pytest.raises(ValidationError):
        SynonymGroup(words=words).clean()


def test_group_of_synonyms_is_tidied():
    group = SynonymGroup(words={"fi": [" kevyt   liikenne ", "", "pyöräily"], "sv": []})
    group.clean()
    assert group.words == {"fi": ["kevyt liikenne", "pyöräily"]}
    assert str(group) == "kevyt liikenne, pyöräily"
    assert group.members() == [("kevyt liikenne", "fi"), ("pyöräily", "fi")]


def test_similar_things_come_from_the_index(index):
    idea = IdeaFactory(submitted=True, public=True)
    solution = SolutionFactory(title="Viesti myöhästyvästä koulukyydistä")
    refresh([f"idea:{idea.pk}", f"solution:{solution.pk}"])
    asked = ("Koulukyydin viivästys", "viesti kun taksi on myöhässä")
    assert [hit.pk for hit in similar_ideas(*asked)] == [str(idea.pk)]
    query = SimilarQuery(asked[1], "fi", idea.challenge_id, title=asked[0])
    (told,) = [one for one in find_similar(query) if one.kind == "idea"]
    assert told.support_url == reverse("ideas:support", args=[idea.uid.hex])
    assert [hit.pk for hit in similar_solutions(*asked)] == [str(solution.pk)]
    assert similar_ideas(*asked, without=[idea.pk]) == ()
    assert similar_ideas("", " ") == ()
    assert similar_ideas(*asked, limit=0) == ()
    lifted = similar_ideas(*asked, area="mikkeli", place=(60.0, 24.0))
    assert lifted[0].parts["place"] == pytest.approx(1.4)
