"""Files and feeds of a search: the same solutions in the same order as on its page."""

import csv
import datetime as dt
import io
import json
from urllib.parse import urlencode

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from catalogue import exchange, reading
from catalogue.importing import import_solutions
from catalogue.models import Solution
from search import downloads, registry, service
from search.catalogue import Asked
from tests.factories.catalogue import SolutionFactory
from tests.factories.challenges import ThemeFactory
from tests.search.making import no_progress

pytestmark = pytest.mark.django_db
PAGE = "/fi/ratkaisut/"


@pytest.fixture
def fill(index):
    return lambda: service.engine().rebuild(registry.every_document(), no_progress)


def fetch(client, kind: str, status: int = 200, name: str = "ratkaisut", **params) -> bytes:
    response = client.get(f"{PAGE}{name}.{kind}?{urlencode(params, doseq=True)}")
    assert response.status_code == status
    return b"".join(response) if response.streaming else response.content


def of_page(client, **params) -> list[str]:
    soup = BeautifulSoup(
        client.get(f"{PAGE}?{urlencode(params, doseq=True)}").content, "html.parser"
    )
    return [one["href"].split("/")[-2] for one in soup.select("h3 a[href^='/fi/ratkaisut/']")]


def slugs(kind: str, content: bytes) -> list[str]:
    if kind == "jsonl":
        urls = [json.loads(line)["url"] for line in content.splitlines()]
    elif kind == "csv":
        urls = [row["url"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]
    else:
        rows = list(load_workbook(io.BytesIO(content), read_only=True).active.values)
        urls = [row[list(exchange.COLUMNS).index("url")] for row in rows[1:]]
    return [url.split("/")[-2] for url in urls]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_a_file_has_what_the_page_has_in_its_order(client, fill, kind):
    theme = ThemeFactory(key="koulu")
    for title in ("Koulukyyti ajallaan", "Kyyti kouluun", "Koulukyytien seuranta"):
        SolutionFactory(title=title, theme=theme)
    SolutionFactory(title="Koulukyyti muualla")
    SolutionFactory(title="Koulukyyti piilossa", theme=theme, hidden=True)
    fill()
    for params in ({"q": "koulukyydit", "theme": "koulu"}, {"theme": "koulu", "sort": "title"}):
        shown = of_page(client, **params)
        assert len(shown) >= 2
        assert slugs(kind, fetch(client, kind, **params)) == shown
    assert len(slugs(kind, fetch(client, kind))) == 4
    assert slugs(kind, fetch(client, kind, q="eimitään")) == []


def test_no_cell_is_a_formula(client, fill):
    SolutionFactory(title="=HYPERLINK(1)", summary="+1", problem="Koulukyyti")
    fill()
    row = next(csv.DictReader(io.StringIO(fetch(client, "csv", q="koulukyyti").decode())))
    assert (row["title"], row["summary"]) == ("'=HYPERLINK(1)", "'+1")
    cells = load_workbook(io.BytesIO(fetch(client, "xlsx", q="koulukyyti"))).active[2]
    assert cells[2].value == "'=HYPERLINK(1)"
    assert all(cell.data_type != "f" for cell in cells)


def test_a_sheet_is_for_people(client, fill):
    SolutionFactory(readiness="pilot", steps=["Sovi", "Aloita"])
    fill()
    head, row = load_workbook(io.BytesIO(fetch(client, "xlsx"))).active.values
    found = dict(zip(head, row, strict=True))
    assert found["Valmius"] == "Kokeilussa"
    assert "Sovi\nAloita" in row


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_file_can_be_imported(client, fill, kind):
    one = SolutionFactory(title="Koulukyyti", steps=["Sovi"])
    fill()
    content = fetch(client, kind, q="koulukyyti")
    assert import_solutions(reading.read(io.BytesIO(content), kind)).same == 1
    changed = content.replace(b"lyhyesti", b"toisin")
    report = import_solutions(reading.read(io.BytesIO(changed), kind))
    assert (report.changed, report.faults) == (1, [])
    assert Solution.objects.get(pk=one.pk).summary == "Koulukyyti toisin."


def test_portions_follow_each_other(fill):
    SolutionFactory.create_batch(7, problem="Koulukyyti")
    fill()
    asked = Asked(words="koulukyyti", filters={}, sort="relevance", page=1, language="fi")
    rows = [one.pk for one in downloads.found(asked, portion=3)]
    assert (len(rows), len(set(rows))) == (7, 7)
    assert len(list(downloads.found(asked, portion=3, most=6))) == 6


def test_statements_do_not_grow_with_rows(client, fill):
    def count() -> int:
        fill()
        with CaptureQueriesContext(connection) as captured:
            fetch(client, "csv", q="koulukyyti")
        return len(captured)

    SolutionFactory.create_batch(2, problem="Koulukyyti")
    count()
    few = count()
    SolutionFactory.create_batch(6, problem="Koulukyyti")
    assert count() == few


def test_out_of_reach_and_too_often(client, fill, settings, out_of_reach):
    SolutionFactory(title="Koulukyyti")
    fill()
    with out_of_reach():
        for kind, name in (("csv", "ratkaisut"), ("atom", "syote")):
            fetch(client, kind, 503, name, q="koulukyyti")
        assert len(slugs("csv", fetch(client, "csv"))) == 1  # all of them need no search
    settings.DOWNLOADS_PER_MINUTE = 3
    fetch(client, "csv")
    response = client.get(f"{PAGE}ratkaisut.csv")
    assert (response.status_code, response["Retry-After"]) == (429, "60")


def test_the_page_leads_to_its_files_and_feeds(client, fill):
    ThemeFactory(key="koulu")
    fill()
    html = client.get(f"{PAGE}?q=kyyti&theme=koulu").content.decode()
    for file in ("ratkaisut.csv", "ratkaisut.xlsx", "ratkaisut.jsonl", "syote.atom", "syote.json"):
        assert f'href="/fi/ratkaisut/{file}?q=kyyti&amp;theme=koulu"' in html


# Feeds -------------------------------------------------------------------------------------------


@pytest.fixture
def three(fill):
    made = []
    for day, title in ((1, "Koulukyyti A"), (3, "Koulukyyti B"), (2, "Koulukyyti C & <D>")):
        one = SolutionFactory(title=title, summary="Lyhyt \x0b<b>.")
        moment = dt.datetime(2026, 5, day, 12, tzinfo=dt.UTC)
        Solution.objects.filter(pk=one.pk).update(updated_at=moment)
        made.append(one)
    SolutionFactory(title="Koulukyyti piilossa", hidden=True)
    fill()
    return [made[1], made[2], made[0]]


def test_atom_is_read_by_a_reader(client, three, settings):
    found = feedparser.parse(fetch(client, "atom", name="syote", q="koulukyyti"))
    assert not found.bozo
    assert found.version == "atom10"
    assert [entry.id for entry in found.entries] == [one.uid.urn for one in three]
    assert found.entries[1].title == "Koulukyyti C & <D>"
    assert found.entries[0].updated == "2026-05-03T12:00:00+00:00"
    assert found.feed.title == "koulukyyti – Ratkaisut – Talkoot"
    links = {link.rel: link.href for link in found.feed.links}
    assert links["self"] == f"{settings.SITE_URL}/fi/ratkaisut/syote.atom?q=koulukyyti"
    assert links["alternate"] == f"{settings.SITE_URL}/fi/ratkaisut/?q=koulukyyti"


def test_json_feed(client, three, settings):
    found = json.loads(fetch(client, "json", name="syote", q="koulukyyti"))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in found["items"]] == [one.uid.urn for one in three]
    first = found["items"][0]
    assert first["url"] == f"{settings.SITE_URL}/fi/ratkaisut/{three[0].slug}/"
    assert first["date_modified"] == "2026-05-03T12:00:00+00:00"
    assert set(first) <= {
        *("id", "url", "title", "content_text", "date_published", "date_modified"),
        *("authors", "language", "tags"),
    }


def test_a_feed_that_has_not_changed_is_not_sent_again(client, three):
    for kind in ("atom", "json"):
        first = client.get(f"{PAGE}syote.{kind}")
        assert first["Last-Modified"] == "Sun, 03 May 2026 12:00:00 GMT"
        for header, name in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            again = client.get(f"{PAGE}syote.{kind}", headers={header: first[name]})
            assert (again.status_code, again.content) == (304, b"")


def test_an_empty_feed_is_a_feed(client, fill):
    found = feedparser.parse(fetch(client, "atom", name="syote", q="eimitään"))
    assert (found.bozo, found.entries) == (False, [])
    with translation.override("sv"):
        assert json.loads(client.get("/sv/ratkaisut/syote.json").content)["items"] == []
