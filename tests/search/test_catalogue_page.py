"""The catalogue's page: search, facets, their address; and what happens when the index is away."""

import re
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from catalogue.actions import changed
from core import outbox
from search import service
from search.base import BaseEngine
from search.engine import Query
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.challenges import HostFactory, ThemeFactory
from tests.search.making import BOTH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def page(client, query="", **headers):
    response = client.get(reverse("search:catalogue") + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def shelf(index):
    school = ThemeFactory(key="koulu", name={"fi": "Koulu", "en": "School"})
    home = ThemeFactory(key="koti", name={"fi": "Koti", "en": "Home care"})
    town = HostFactory(municipality="Juva", population=5_700)
    made = [
        SolutionFactory(title="Ratkaisu bussi", summary="Koulukyydit ajoissa", theme=school),
        SolutionFactory(title="Ratkaisu robotti", theme=home, readiness="production", owner=town),
        SolutionFactory(title="Ratkaisu kartta", theme=school, award="Voittaja", municipality=""),
        SolutionFactory(title="Ratkaisu piilossa", theme=school, hidden=True),
    ]
    for one in made:
        changed(one)
    outbox.run_now()
    return made


def shown(html: str) -> set[str]:
    return {
        name for name in ("bussi", "robotti", "kartta", "piilossa") if f"Ratkaisu {name}" in html
    }


def test_everything_published_is_listed(client, shelf):
    html = page(client)
    assert shown(html) == {"bussi", "robotti", "kartta"}
    assert "3 solutions" in html


def test_words_find_and_are_marked(client, shelf):
    html = page(client, "?q=koulukyyti")
    assert "Koulukyydit" in html
    assert "<mark>" in html


def test_facets_narrow_and_stand_in_the_address(client, shelf):
    html = page(client, "?theme=koulu&award=yes")
    assert shown(html.split('class="res-head"')[1]) == {"kartta"}
    applied = re.search(r'<p class="applied">(.*?)</p>', html, re.DOTALL)[1]
    addresses = re.findall(r'class="chip on" href="([^"]*)"', applied)
    assert [parse_qs(one.lstrip("?")) for one in addresses] == [
        {"award": ["yes"]},
        {"theme": ["koulu"]},
    ]
    assert "School" in applied
    assert re.search(r'name="theme" value="koulu"[^>]* checked', html)


def test_values_of_one_facet_add_up(client, shelf):
    html = page(client, "?theme=koulu&theme=koti")
    assert shown(html) == {"bussi", "robotti", "kartta"}


def test_forms_work_without_javascript(client, shelf):
    html = page(client, "?q=ratkaisu&theme=koulu&sort=title")
    facets = re.search(r'<form class="facets".*?</form>', html, re.DOTALL)[0]
    assert 'method="get"' in facets
    assert 'type="submit"' in facets
    assert 'name="q" value="ratkaisu"' in facets
    assert 'name="sort" value="title"' in facets
    order = re.search(r'<form method="get"[^>]*class="sort".*?</form>', html, re.DOTALL)[0]
    assert 'name="theme" value="koulu"' in order
    assert "<noscript><button" in order


def test_htmx_gets_the_results_only(client, shelf):
    html = page(client, "?theme=koulu", **{"HX-Request": "true"})
    assert "<html" not in html
    assert "Ratkaisu bussi" in html
    again = page(client, "", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in again


def test_nothing_found_is_said(client, shelf):
    html = page(client, "?q=ydinvoimala")
    assert "Nothing has all the words" in html or "0 solutions" in html


@BOTH
def test_without_an_index_the_list_comes_from_the_database(client, shelf, index, out_of_reach):
    with out_of_reach():
        html = page(client)
        assert "Search is out of order" in html
        assert shown(html) == {"bussi", "robotti", "kartta"}
        html = page(client, "?q=kartta")
        assert shown(html.split('class="res-head"')[1]) == {"kartta"}
        html = page(client, "?theme=koti&size=5k_20k")
        assert shown(html.split('class="res-head"')[1]) == {"robotti"}
    assert "Search is out of order" not in page(client)


def test_search_that_ran_out_of_time_is_said(client, shelf, monkeypatch):
    found = service.search(Query("kartta"))
    monkeypatch.setattr(BaseEngine, "search", lambda *_: replace(found, partial=True))
    assert "cut short: there may be more" in page(client, "?q=kartta")
    assert client.get(reverse("api:solutions") + "?q=kartta").json()["partial"] is True
    download = reverse("search:download", args=["csv"])
    assert client.get(download + "?q=kartta").status_code == 503


@pytest.mark.parametrize("words", ["x" * 301, " ".join(f"sana{n}" for n in range(9))])
def test_words_that_are_left_out_are_said(client, shelf, words):
    assert "only its first words were used" in page(client, "?q=" + words)
    assert "only its first words were used" not in page(client, "?q=" + words[:40])


ODD = [
    "?q=%00",
    "?q=" + "x" * 10_000,
    "?q=" + "%C3%A4+" * 3000,
    "?q=%22+AND+(",
    "?q=%F0%9F%98%80",
    "?page=0",
    "?page=-1",
    "?page=x",
    "?page=%C2%B2",
    "?page=99999999",
    "?page=500",
    "?theme=%00",
    "?theme=" + "&theme=".join(str(n) for n in range(200)),
    "?theme=<script>",
    "?sort=nonsense",
    "?nonsense=1",
]


@pytest.mark.parametrize("query", ODD)
def test_odd_questions_get_an_ordinary_page(client, shelf, query):
    html = page(client, query)
    assert "<script>" not in html.replace("<script src", "")


@pytest.mark.parametrize("query", ODD)
def test_odd_questions_get_an_ordinary_page_without_an_index_too(client, index, settings, query):
    settings.SEARCH_URL = "tantivy:///proc/nothing/index"
    SolutionFactory()
    page(client, query)


def test_page_beyond_the_last_is_the_last(client, index):
    for _ in range(23):
        changed(SolutionFactory())
    outbox.run_now()
    html = page(client, "?page=9")
    assert "2/2" in html
    assert html.count('class="sol"') == 3
    assert 'rel="next"' not in html
    assert 'rel="next"' in page(client)


def test_texts_are_escaped(client, index):
    changed(SolutionFactory(title="<script>alert(1)</script>", summary="<b>kyyti</b>"))
    outbox.run_now()
    for query in ("", "?q=kyyti", "?q=<script>alert(1)</script>"):
        html = page(client, query)
        assert "<script>alert" not in html
        assert "<b>kyyti" not in html


def test_page_costs_the_same_for_one_and_for_three(client, index):
    counts = []
    for _ in range(2):
        for _ in range(1 if not counts else 2):
            changed(SolutionFactory(users=2))
        outbox.run_now()
        page(client)
        with CaptureQueriesContext(connection) as caught:
            page(client)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 10, counts


def test_more_questions_are_counted_only_when_they_are_shown(client, index):
    changed(SolutionFactory(technology="Python, SMS", licence="EUPL-1.2", target_groups=["youth"]))
    outbox.run_now()
    short, whole = page(client), page(client, "?more=1")
    for name in ("technology", "licence", "target", "language"):
        assert f'name="{name}"' not in short, name
        assert f'name="{name}"' in whole, name
    chosen = page(client, "?technology=SMS")
    assert re.search(r'name="technology" value="SMS"[^>]* checked', chosen)
    assert 'name="licence"' not in chosen


def test_hidden_solutions_are_in_no_count(client, shelf):
    SolutionFactory(hidden=True, technology="Salainen", target_groups=["elderly"])
    html = page(client, "?more=1")
    assert "Salainen" not in html
    assert 'value="elderly"' not in html


def test_ones_own_size_and_region_are_one_press(client, index):
    town = HostFactory(municipality="Juva", name="Juva", population=5_700, region="Etelä-Savo")
    other = HostFactory(municipality="Turku", population=200_000, region="Varsinais-Suomi")
    for title, owner in (("Ratkaisu bussi", town), ("Ratkaisu kartta", other)):
        changed(SolutionFactory(title=title, owner=owner))
    outbox.run_now()
    assert "size and region of" not in page(client)
    client.force_login(UserFactory(member_of=town))
    address = re.search(r'class="chip" href="([^"]*)"', page(client, "?q=ratkaisu"))[1]
    asked = address.replace("&amp;", "&")
    assert parse_qs(asked.lstrip("?")) == {
        "q": ["ratkaisu"], "size": ["5k_20k"], "region": ["Etelä-Savo"]
    }  # fmt: skip
    html = page(client, asked)
    assert shown(html.split('class="res-head"')[1]) == {"bussi"}
    assert "Like Juva" in html


def test_what_is_compared_goes_along_with_the_search(client, shelf):
    bus, robot, card, hidden = (one.slug for one in shelf)
    chosen = f"s={bus}&s={hidden}&s={robot}"
    html = BeautifulSoup(page(client, f"?q=ratkaisu&theme=koulu&{chosen}"), "html.parser")
    kept = f"s={bus}&s={robot}"
    assert "Comparing 2" in html.find("section", class_="tray").get_text()
    assert "Comparing 2" in html.find(id="found-count").get_text()
    forms = [html.find("form", class_=name) for name in ("facets", "sort")]
    for inputs in (*(form.find_all("input", attrs={"name": "s"}) for form in forms),):
        assert [one["value"] for one in inputs] == [bus, robot]
    assert [one["value"] for one in html.select("input[form=seek]")] == [bus, robot]
    for link in html.select(".applied a, .more a"):
        assert kept in link["href"], link
    assert html.select_one(f"#r-{shelf[0].uid.hex} h3 a")["href"].endswith(f"?{kept}")
    taken = html.select_one(f"#c-{shelf[0].uid.hex}")
    assert taken["href"] == f"?q=ratkaisu&theme=koulu&s={robot}#r-{shelf[0].uid.hex}"
    added = html.select_one(f"#c-{shelf[2].uid.hex}")
    assert added["href"].startswith(f"?q=ratkaisu&theme=koulu&{kept}&s={card}#")
    assert added["hx-get"] == f"?q=ratkaisu&theme=koulu&{kept}&s={card}"
    for link in html.select("footer a[download], link[type*=feed], link[type*=atom]"):
        assert "s=" not in link["href"].partition("?")[2].replace("themes=", ""), link


def test_full_comparison_takes_no_more(client, index):
    made = [SolutionFactory() for _ in range(5)]
    for one in made:
        changed(one)
    outbox.run_now()
    html = BeautifulSoup(
        page(client, "?" + "&".join(f"s={one.slug}" for one in made[:4])), "html.parser"
    )
    assert len(html.select(".cmp.on")) == 4
    assert len(html.select(".cmp")) == 4


def test_comparing_costs_one_query_more(client, shelf):
    page(client)
    with CaptureQueriesContext(connection) as plain:
        page(client, "?q=ratkaisu")
    with CaptureQueriesContext(connection) as caught:
        page(client, "?q=ratkaisu&" + "&".join(f"s={one.slug}" for one in shelf))
    assert len(caught) == len(plain) + 1


def test_a_part_is_not_taken_for_the_page(client, shelf):
    for headers in ({}, {"HX-Request": "true"}):
        response = client.get(reverse("search:catalogue"), headers=headers)
        assert "HX-Request" in response["Vary"]
