"""The open API: what it finds, what it refuses and how, and that its description is true."""

import datetime as dt
import json
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openapi_spec_validator import validate

from catalogue.beside import BESIDE
from catalogue.models import Contact, Solution
from search import registry, service
from search.catalogue import Asked, find
from tests.factories.catalogue import ClaimFactory, ReuseFactory, SolutionFactory
from tests.factories.challenges import HostFactory, ThemeFactory
from tests.search.making import no_progress

pytestmark = pytest.mark.django_db
# Wagtail's bookkeeping and the row's own.
KEPT_INSIDE = {
    *("id", "live", "has_unpublished_changes", "first_published_at", "last_published_at"),
    *("live_revision", "latest_revision", "go_live_at", "expire_at", "expired"),
    *("locked", "locked_at", "locked_by", "created_at", "is_demo"),
}
LIST = "/api/v1/solutions"


def ask(client, status: int = 200, **params):
    response = client.get(f"{LIST}?{urlencode(params, doseq=True)}")
    assert response.status_code == status, response.content
    return response.json()


def problem(client, status: int, query: str, path: str = LIST):
    response = client.get(f"{path}?{query}" if query else path)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["title"]
    assert body["detail"]
    return {fault["parameter"]: fault["detail"] for fault in body.get("errors", ())}


def uids(answer) -> list[str]:
    return [one["uid"] for one in answer["results"]]


@pytest.fixture
def fill(index):
    """Put what the database has into the index."""
    return lambda: service.engine().rebuild(registry.every_document(), no_progress)


def test_finds_in_the_order_of_the_page(client, fill, rf):
    for title in ("Koulukyyti ajallaan", "Kirjasto", "Kyyti kouluun", "Koulukyytien seuranta"):
        SolutionFactory(title=title)
    fill()
    answer = ask(client, q="koulukyydit", lang="fi", limit=50)
    asked = Asked.read(rf.get("/", {"q": "koulukyydit"}).GET, language="fi")
    rows = [row.uid for row in find(asked).rows]
    assert [uid.replace("-", "") for uid in uids(answer)] == rows
    assert answer["total"] == len(rows) >= 2


def test_a_result_has_what_a_list_shows(client, fill, settings):
    one = SolutionFactory(title="Hirvivaroitin", users=2)
    fill()
    found = ask(client, q="hirvivaroitin", lang="sv")["results"][0]
    assert found["uid"] == str(one.uid)
    assert found["url"] == f"{settings.SITE_URL}/sv/ratkaisut/{one.slug}/"
    assert found["api_url"] == f"{settings.SITE_URL}/api/v1/solutions/{one.uid}"
    assert (found["summary"], found["users"], found["near"]) == (one.summary, 2, False)
    assert found["owner"]["slug"] == one.owner.slug


def test_facets_have_counts_and_labels(client, fill):
    theme = ThemeFactory(key="koulu")
    SolutionFactory.create_batch(2, readiness="pilot", theme=theme)
    SolutionFactory(readiness="production")
    fill()
    answer = ask(client, readiness="pilot", lang="en")
    assert answer["total"] == 2
    counts = {one["value"]: (one["label"], one["count"]) for one in answer["facets"]["readiness"]}
    assert counts == {"pilot": ("Being piloted", 2), "production": ("In use", 1)}
    assert answer["facets"]["theme"][0]["count"] == 2
    assert ask(client, readiness=["pilot", "production"])["total"] == 3
    assert ask(client, readiness="production", theme="koulu")["total"] == 0


def test_only_the_public_are_there(client, fill):
    """Also when the index is behind."""
    shown = SolutionFactory(title="Näkyvä ratkaisu")
    hidden, taken = SolutionFactory(hidden=True), SolutionFactory(title="Näkyvä toinen")
    fill()
    type(taken).objects.filter(pk=taken.pk).update(live=False)
    assert uids(ask(client)) == [str(shown.uid)]
    for one in (hidden, taken):
        problem(client, 404, "", f"{LIST}/{one.uid}")


def test_pages_follow_by_cursor_and_hold_each_once(client, fill):
    SolutionFactory.create_batch(7, problem="Koulukyyti")
    fill()
    for params in ({"q": "koulukyyti"}, {"sort": "title"}, {}):
        seen, cursor, pages = [], "", 0
        while cursor is not None:
            answer = ask(client, limit=3, cursor=cursor, **params)
            seen += uids(answer)
            cursor, pages = answer["next_cursor"], pages + 1
        assert (len(seen), len(set(seen)), pages) == (7, 7, 3)


def test_near_misses_and_suggestion(client, fill):
    SolutionFactory(title="Koulukyyti ajallaan")
    fill()
    answer = ask(client, q="koulukyyyti")
    assert answer["near_misses"]
    assert answer["results"][0]["near"]
    assert answer["total"] == 0
    assert answer["suggestion"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=1000", "limit"),
        ("limit=x", "limit"),
        ("limit=" + "9" * 400, "limit"),
        ("limit=1&limit=2", "limit"),
        ("lang=de", "lang"),
        ("sort=best", "sort"),
        ("q=%00", "q"),
        ("q=" + "a" * 10_000, "q"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=" + "a" * 999, "cursor"),
        ("theme=sota", "theme"),
        ("readiness=ready", "readiness"),
        ("cost=%00", "cost"),
        ("municipality=%00", "municipality"),
        ("municipality=" + "&municipality=".join(map(str, range(20))), "municipality"),
        ("colour=red", "colour"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=0001-01-01", "updated_since"),
        ("updated_since=2026-01-01&q=bussi", "q"),
        ("updated_since=2026-01-01&theme=koulu", "theme"),
        ("updated_since=2026-01-01&updated_since=2026-01-02", "updated_since"),
        ("%00=1", ""),
    ],
)
def test_what_cannot_be_meant_is_a_problem(client, fill, query, name):
    fill()
    assert list(problem(client, 400, query)) == [name]


@pytest.mark.parametrize(
    "words", ["", " ", "AND OR (", '"', "title:x^9", "*", "😀", "\u202eשלום", "a" * 400, "\ufffd"]
)
def test_odd_words_are_ordinary(client, fill, words):
    SolutionFactory()
    fill()
    ask(client, q=words)


@pytest.mark.parametrize(
    ("name", "value"),
    [("licence", "MIT"), ("technology", "Django"), ("municipality", "Juva"), ("year", "2024")],
)
def test_facets_without_a_list_of_values_narrow_too(client, fill, name, value):
    begun = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    given = {"licence": "MIT", "technology": "Django", "municipality": "Juva"}
    one = SolutionFactory(**given, first_published_at=begun)
    SolutionFactory(municipality="Mikkeli")
    fill()
    assert [found["uid"] for found in ask(client, **{name: value})["results"]] == [str(one.uid)]
    assert ask(client, **{name: "Muu"})["results"] == []
    assert ask(client, region="Lappi")["total"] == 0


def test_cursor_is_of_one_search_only(client, fill):
    SolutionFactory.create_batch(3)
    fill()
    cursor = ask(client, limit=1)["next_cursor"]
    assert ask(client, limit=2, cursor=cursor)["results"]
    assert problem(client, 400, urlencode({"cursor": cursor, "q": "x"})) == {
        "cursor": "is of another search"
    }
    assert "cursor" in problem(client, 400, urlencode({"cursor": cursor[:-1]}))


def test_search_out_of_reach_is_503(client, settings, tmp_path):
    settings.SEARCH_URL = f"tantivy://{tmp_path / 'none'}"
    one = SolutionFactory()
    assert problem(client, 503, "q=x") == {}
    assert client.get(LIST)["Retry-After"]
    assert client.get(f"{LIST}/{one.uid}").status_code == 200


def test_one_solution_with_all_its_page_tells(client):
    trust = {"security": {"value": "yes", "url": "", "note": ""}}
    one = SolutionFactory(steps=["Sovi"], trust=trust, reviewed_on="2026-05-31")
    one.tags.add("talvi")
    one.save()
    ReuseFactory(solution=one, stage="piloting", note="Hyvä on.")
    ReuseFactory(solution=one, stage="stopped", note="Ei enää.")
    body = client.get(f"{LIST}/{one.uid.hex}").json()
    assert body["uid"] == str(one.uid)
    assert (body["steps"], body["tags"], body["trust"]) == (
        ["Sovi"],
        ["talvi"],
        trust,
    )
    assert body["reviewed_on"] == "2026-05-31"
    assert [use["note"] for use in body["uses"]] == ["Hyvä on."]
    for wrong in ("x", "%00", "0" * 32):
        problem(client, 404, "", f"{LIST}/{wrong}")


def test_all_that_its_owner_writes_is_there_and_people_with_consent_only(client):
    day = dt.date(2026, 1, 1)
    one = SolutionFactory(
        target_groups=["youth"], trl=7, cost_once="1200.50", staff_days=2, sdgs=[4], risks="Viive"
    )
    claim = ClaimFactory(reuse__solution=one)
    for name, consented in (("Suostunut", day), ("Kysymättä", None)):
        Contact.objects.create(solution=one, name=name, consented_on=consented)
    body = client.get(f"{LIST}/{one.uid}").json()
    own = {field.name for field in Solution._meta.concrete_fields if field.editable}
    assert own - KEPT_INSIDE <= set(body)
    assert set(BESIDE) <= set(body)
    assert (body["trl"], body["sdgs"], body["risks"], body["target_groups"]) == (
        7,
        [4],
        "Viive",
        ["youth"],
    )
    assert (float(body["cost_once"]), float(body["staff_days"])) == (1200.5, 2)
    assert [told["indicator"] for told in body["claims"]] == [claim.indicator]
    assert [(was["axis"], was["value"]) for was in body["maturity"]] == [("readiness", "pilot")]
    assert [who["name"] for who in body["contacts"]] == ["Suostunut"]
    assert (body["freshness"], body["due_on"]) == ("fresh", one.due_on.isoformat())


def test_unchanged_is_not_sent_again(client, fill):
    one = SolutionFactory()
    fill()
    for address in (LIST, f"{LIST}?q=ratkaisu", f"{LIST}/{one.uid}"):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    type(one).objects.filter(pk=one.pk).update(summary="Toisin sanoin.")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_head_and_browsers_of_other_sites(client, fill):
    one = SolutionFactory()
    fill()
    for address in (LIST, f"{LIST}/{one.uid}"):
        whole, head = client.get(address), client.head(address)
        assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])
        again = client.get(address, headers={"If-None-Match": whole["ETag"]})
        assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
        asked = client.options(address, headers={"Origin": "https://elsewhere.example"})
        assert asked.status_code == 204
        assert "If-None-Match" in asked["Access-Control-Allow-Headers"]
    assert client.head(f"{LIST}/{'0' * 32}").status_code == 404


def test_a_kept_answer_is_for_other_sites_too(client, fill, settings):
    settings.PAGE_CACHE_SECONDS = 60
    fill()
    first = client.get(LIST)
    again = client.get(LIST, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")


def test_changes_since_come_in_order_with_what_is_gone(client):
    """What was never public is not told, not even by its uid."""
    days = {}
    for day in (1, 2, 3, 4, 5):
        one = SolutionFactory(
            live=day != 4, first_published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        )
        moment = dt.datetime(2026, 5, day, 12, tzinfo=dt.UTC)
        Solution.objects.filter(pk=one.pk).update(updated_at=moment)
        days[day] = str(one.uid)
    SolutionFactory(hidden=True)
    answer = ask(client, updated_since="2026-05-02T12:00:00Z")
    assert uids(answer) == [days[2], days[3], days[5]]
    assert answer["removed"] == [{"uid": days[4], "removed_at": "2026-05-04T12:00:00Z"}]
    assert (answer["total"], answer["facets"], answer["next_cursor"]) == (3, {}, None)
    assert uids(ask(client, updated_since="2026-05-05")) == [days[5]]
    assert uids(ask(client, updated_since="2030-01-01T00:00:00+02:00")) == []
    seen, cursor = [], ""
    while cursor is not None:
        answer = ask(client, updated_since="2026-05-01", limit=1, cursor=cursor)
        seen += uids(answer) + [one["uid"] for one in answer["removed"]]
        cursor = answer["next_cursor"]
    assert seen == [days[day] for day in (1, 2, 3, 4, 5)]
    cursor = ask(client, updated_since="2026-05-01", limit=1)["next_cursor"]
    query = urlencode({"cursor": cursor, "updated_since": "2026-05-02"})
    assert problem(client, 400, query) == {"cursor": "is of another search"}


def test_taken_back_in_the_back_office_is_told_as_gone(client):
    one = SolutionFactory(first_published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    Solution.objects.update(updated_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
    one.unpublish()
    answer = ask(client, updated_since="2026-05-02")
    assert [gone["uid"] for gone in answer["removed"]] == [str(one.uid)]


def test_too_many_requests_wait(client, fill, settings):
    settings.API_PER_MINUTE = 2
    fill()
    ask(client)
    ask(client)
    assert problem(client, 429, "") == {}
    refused = client.get(LIST)
    assert (refused["Retry-After"], refused["RateLimit"]) == ("60", '"api";r=0;t=60')
    assert refused["RateLimit-Policy"] == '"api";q=2;w=60'
    assert client.get(LIST, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_no_cookie_and_only_reading(client, fill):
    fill()
    response = client.get(LIST)
    assert not response.cookies
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Language"] == "fi"
    assert client.post(LIST).status_code == 405


def test_reads_do_not_grow_with_results(client, fill):
    def count() -> int:
        fill()
        service.forget_synonyms()  # they are read once a second: now, whatever the clock says
        with CaptureQueriesContext(connection) as captured:
            ask(client, limit=100)
        return len(captured)

    def make(number: int) -> None:
        for _ in range(number):
            SolutionFactory(owner=HostFactory(), theme=ThemeFactory(), users=2)

    make(2)
    count()  # what is read once in a process has been read
    few = count()
    make(6)
    assert count() == few


def test_description_is_valid_and_says_what_comes(client, fill):
    description = client.get("/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    validate(description)
    operation = description["paths"]["/api/v1/solutions"]["get"]
    assert {one["name"] for one in operation["parameters"]} >= {"q", "lang", "limit", "cursor"}
    assert set(operation["responses"]) == {"200", "400", "429", "503"}
    assert "application/problem+json" in operation["responses"]["400"]["content"]
    assert all(one.get("description") for one in operation["parameters"])
    SolutionFactory()
    fill()
    shapes = description["components"]["schemas"]
    assert set(ask(client)["results"][0]) == set(shapes["ResultOut"]["properties"])
    assert "http" not in json.dumps(description).replace("https://json-schema.org", "")
