"""Lists, pages and downloads that anybody may open."""

import csv
import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from openpyxl import load_workbook

from challenges.states import Visibility
from core import clock
from ideas import queries, reader, registry, rules
from ideas.models import Idea
from ideas.templatetags import ideas_tags
from tests.factories.ideas import (
    EligibilityCheckFactory,
    IdeaFactory,
    open_series,
    whole_answers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def series():
    return open_series()


def listing(series, query=""):
    return f"/en/haasteet/{series.challenge.slug}/ehdotukset/{query}"


def download(series, kind, query=""):
    return f"/en/haasteet/{series.challenge.slug}/ehdotukset.{kind}{query}"


def test_list_shows_public_ones_only(client, series):
    IdeaFactory(series=series, submitted=True, public=True, title="Julkinen")
    IdeaFactory(series=series, submitted=True, title="Odottaa")
    IdeaFactory(series=series, title="Luonnos")
    IdeaFactory(series=series, withdrawn=True, public=True, title="Peruttu")
    words = client.get(listing(series)).content.decode()
    assert "Julkinen" in words
    assert not any(hidden in words for hidden in ("Odottaa", "Luonnos", "Peruttu"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=kyyti", 1),
        ("?q=olematon", 0),
        ("?theme=koulu", 2),
        ("?theme=olematon", 0),
        ("?municipality=Juva", 1),
        ("?series=citizens", 2),
        ("?awarded=1", 1),
        ("?q=%00", 2),
        ("?page=999", 2),
        ("?page=x", 2),
    ],
)
def test_list_filters(client, series, query, found):
    IdeaFactory(series=series, decided=True, public=True, awarded=True, title="Kyyti")
    IdeaFactory(
        series=series,
        submitted=True,
        public=True,
        title="Muu",
        answers=whole_answers(municipality="Juva"),
    )
    page = client.get(listing(series, query)).context["page"]
    assert page.paginator.count == found


def test_map_and_its_list_show_where_the_listed_ones_come_from(client, series):
    for area, theme in (("Juva", "koulu"), ("Juva", "koulu"), ("Mikkeli", "koulu")):
        answers = whole_answers(theme, municipality=area)
        IdeaFactory(series=series, submitted=True, public=True, answers=answers)
    IdeaFactory(series=series, submitted=True, answers=whole_answers(municipality="Kuopio"))
    for query, on_map in (("", ["Juva", "Mikkeli"]), ("?municipality=Juva", ["Juva"])):
        answer = client.get(listing(series, query))
        places = [(one.key, one.count) for one in answer.context["places"]]
        assert places == [("Juva", 2), ("Mikkeli", 1)]
        assert answer.context["on_map"] == on_map
        words = answer.content.decode()
        assert 'href="?municipality=Juva"' in words
        assert "Kuopio" not in words.split('class="on-map"')[1]
    assert client.get(listing(series, "?theme=olematon")).context["places"] == []


def test_list_answers_htmx_with_the_results_only(client, series):
    words = client.get(
        listing(series), headers={"HX-Request": "true", "HX-Target": "results"}
    ).content.decode()
    assert "<html" not in words


def test_list_has_as_many_queries_for_one_as_for_thirty(client, series, django_assert_num_queries):
    IdeaFactory(series=series, submitted=True, public=True)
    client.get(listing(series))
    counts = []
    for more in (0, 30):
        IdeaFactory.create_batch(more, series=series, submitted=True, public=True)
        with translation.override("en"), django_assert_num_queries(10) as caught:
            client.get(listing(series))
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_empty_lists_say_why(client, series):
    assert "Be the first" in client.get(listing(series)).content.decode()
    series.challenge.visibility = Visibility.WINNERS
    series.challenge.save()
    assert "after the decision" in client.get(listing(series)).content.decode()


def test_list_of_an_unknown_challenge_is_not_found(client):
    assert client.get("/en/haasteet/olematon/ehdotukset/").status_code == 404
    assert client.get("/en/haasteet/olematon/ehdotukset.csv").status_code == 404


def test_page_shows_public_answers_and_no_others(client, series):
    idea = IdeaFactory(series=series, submitted=True, public=True)
    words = client.get(idea.get_absolute_url()).content.decode()
    assert "Koulutaksi on talvella" in words
    assert "12,500 €" in words or "12 500 €" in words
    for hidden in ("laskelma", "esimerkki.example", "Kuusi"):
        assert hidden not in words


@pytest.mark.parametrize("traits", [{}, {"submitted": True}, {"withdrawn": True, "public": True}])
def test_page_of_what_is_not_public_is_not_found(client, series, traits):
    idea = IdeaFactory(series=series, **traits)
    assert client.get(idea.get_absolute_url()).status_code == 404


def test_page_takes_a_constant_number_of_queries(client, series, django_assert_max_num_queries):
    idea = IdeaFactory(series=series, submitted=True, public=True)
    client.get(idea.get_absolute_url())
    with django_assert_max_num_queries(5):
        client.get(idea.get_absolute_url())


def test_titles_only_hides_the_text_until_it_wins(client):
    series = open_series(visibility=Visibility.TITLES)
    idea = IdeaFactory(series=series, submitted=True, public=True)
    for url in (idea.get_absolute_url(), listing(series), download(series, "csv")):
        response = client.get(url)
        sent = b"".join(response) if response.streaming else response.content
        words = sent.decode().replace("\u00ad", "")
        assert "Koulutaksi" not in words
        assert "Viesti huoltajalle" not in words
        assert "Viivästysviesti" in words
    Idea.objects.update(awarded=True)
    assert "Koulutaksi" in client.get(idea.get_absolute_url()).content.decode()


def test_downloads_hold_what_is_public_and_no_formula(client, series):
    IdeaFactory(
        series=series,
        submitted=True,
        public=True,
        answers=whole_answers(title='=HYPERLINK("x")', summary="+1"),
    )
    IdeaFactory(series=series, submitted=True)
    text = b"".join(client.get(download(series, "csv"))).decode("utf-8-sig")
    header, *rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1
    row = dict(zip(header, rows[0], strict=True))
    assert row["Title"].startswith("'=")
    assert row["Question summary"].startswith("'+")
    assert "laskelma" not in text
    assert "esimerkki.example" not in text
    book = load_workbook(io.BytesIO(b"".join(client.get(download(series, "xlsx")))))
    assert book.active.max_row == 2


def test_downloads_follow_the_filter(client, series):
    IdeaFactory.create_batch(2, series=series, submitted=True, public=True)
    text = b"".join(client.get(download(series, "csv", "?municipality=Juva"))).decode()
    assert len(text.splitlines()) == 1


def test_verdict_is_shown_once_there_is_one(client, series):
    idea = IdeaFactory(series=series, decided=True, public=True, awarded=True)
    before = list(registry._verdict)
    registry.verdict_with(
        lambda found: registry.Verdict(summary="Won", reason="Selkeä hyöty.", award="1. palkinto")
    )
    try:
        words = client.get(idea.get_absolute_url()).content.decode()
    finally:
        registry._verdict[:] = before
    assert "Selkeä hyöty." in words


def keys(idea, audience, **kwargs):
    return {row.key for row in reader.rows(idea, audience, **kwargs)}


def read_again(idea):
    return Idea.objects.for_reading().get(pk=idea.pk)


def test_reader_gives_each_audience_its_own(series):
    idea = read_again(IdeaFactory(series=series, submitted=True, public=True))
    contact = {"email", "name", "name_public"}
    everything = set(whole_answers()) | {"hours", "link"}
    assert keys(idea, "staff") == keys(idea, "team") == everything
    assert keys(idea, "jury") == everything - contact
    assert keys(idea, "public") == everything - contact - {"secret"}


def test_reader_shows_nothing_of_drafts_but_to_the_team(series):
    idea = read_again(IdeaFactory(series=series))
    for audience in ("public", "jury", "staff"):
        assert keys(idea, audience, draft=True) == set()
    assert "problem" in keys(idea, "team", draft=True)


def test_reader_reads_the_frozen_version_not_the_working_text(series):
    idea = IdeaFactory(series=series, submitted=True)
    Idea.objects.update(answers=whole_answers(title="Keskeneräinen"))
    values = {row.key: row.value for row in reader.rows(read_again(idea), "staff")}
    assert values["title"] == "Viivästysviesti koulukyydistä"


def test_reader_names_nobody_before_the_decision_when_jurying_is_blind(series):
    series.blind = True
    series.save()
    idea = read_again(IdeaFactory(series=series, eligible=True, name_public=True))
    assert reader.proposer(idea, "jury") == ""
    assert reader.proposer(idea, "public") == ""  # a juror could read the public page too
    decided = read_again(IdeaFactory(series=series, decided=True, name_public=True))
    assert reader.proposer(decided, "public") == "Nimimerkki Kuusi"


def test_reader_words_are_in_the_readers_language(series):
    idea = read_again(IdeaFactory(series=series, submitted=True))
    english = {row.key: row for row in reader.rows(idea, "staff")}
    assert english["who"].value == "Children"
    assert english["problem"].lang == "fi"
    with translation.override("fi"):
        finnish = {row.key: row for row in reader.rows(read_again(idea), "staff")}
    assert finnish["who"].value == "Lapset"
    assert finnish["problem"].lang == ""


def test_trail_goes_from_received_to_published(series):
    def states(**traits):
        idea = Idea.objects.for_writing().get(pk=IdeaFactory(series=series, **traits).pk)
        return [step.state for step in queries.trail(idea, at=clock.now())]

    assert states(submitted=True) == ["done", "now", "next", "next", "next"]
    assert states(eligible=True)[:2] == ["done", "done"]
    assert states(ineligible=True) == ["done", "bad"]
    assert states(decided=True, public=True) == ["done"] * 5


def test_trail_is_with_the_jury_after_closing():
    idea = IdeaFactory(series=open_series(closed=True), eligible=True)
    steps = queries.trail(Idea.objects.for_writing().get(pk=idea.pk), at=clock.now())
    assert steps[2].state == "now"


def test_numbers_and_tags_count_public_ones_only(series):
    IdeaFactory.create_batch(2, series=series, submitted=True, public=True)
    IdeaFactory(series=series, submitted=True)
    challenge = series.challenge
    found = queries.numbers(challenge)
    assert found.total == 2
    assert dict(found.by_municipality) == {"Mikkeli": 2}
    assert [count for _theme, count in queries.theme_counts(challenge)] == [2]
    assert len(ideas_tags.latest_ideas({}, challenge, 1)) == 1
    assert dict(found.by_series) == {series.pk: 2}


def test_latest_check_is_the_newest(series):
    idea = IdeaFactory(series=series, submitted=True)
    EligibilityCheckFactory(idea=idea, eligible=False, reason="Puuttuu")
    last = EligibilityCheckFactory(idea=idea)
    assert queries.latest_check(idea) == last


def test_rules_of_seeing(series):
    public = IdeaFactory(series=series, submitted=True, public=True)
    hidden = IdeaFactory(series=series, submitted=True)
    anybody = AnonymousUser()
    assert rules.can_see_public(anybody, public)
    assert not rules.can_see_public(anybody, hidden)
    assert not rules.can_see_delivered(anybody, hidden)
    assert not rules.in_team(anybody, hidden)
