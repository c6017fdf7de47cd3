"""Solutions side by side: what differs, what an address asks, how one chooses."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue import queries
from catalogue.choice import MOST, chosen, query
from catalogue.comparison import compare
from catalogue.models import Solution
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.challenges import ThemeFactory

pytestmark = pytest.mark.django_db


def address(*solutions, more=""):
    slugs = [one if isinstance(one, str) else one.slug for one in solutions]
    return reverse("catalogue:comparison") + (query(slugs) or "?") + more


def page(client, *solutions, more=""):
    response = client.get(address(*solutions, more=more))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def read(*solutions):
    """As the page reads them."""
    found = queries.with_users(Solution.objects.published()).in_bulk([one.pk for one in solutions])
    return compare([found[one.pk] for one in solutions])


def row_of(comparison, label):
    return next(row for row in comparison.rows if row.label == label)


# What differs ------------------------------------------------------------------------------------


def test_the_same_in_other_letters_is_no_difference():
    made = read(
        SolutionFactory(licence="EUPL-1.2", technology="Python, Django"),
        SolutionFactory(licence="eupl-1.2 ", technology="Rust"),
    )
    assert not row_of(made, "Licence").differs
    assert row_of(made, "Technology").differs


def test_not_told_differs_from_told_and_untold_facts_are_left_out():
    made = read(SolutionFactory(duration="3 kk"), SolutionFactory())
    assert [cell.text for cell in row_of(made, "Time").cells] == ["3 kk", ""]
    assert row_of(made, "Time").differs
    assert "Risks" not in [row.label for row in made.rows]


def test_one_that_differs_among_four_is_enough():
    made = read(*(SolutionFactory(cost_band=band) for band in ("free", "free", "free", "")))
    assert row_of(made, "Cost of a pilot").differs


@pytest.mark.parametrize(
    ("said", "stands_out"),
    [
        (("a", "a", "a", "b"), [False, False, False, True]),
        (("a", "", "", "b"), [True, False, False, True]),
        (("a", "a", "b", "b"), [True, True, True, True]),
        (("a", "b"), [True, True]),
        (("a", "A "), [False, False]),
    ],
)
def test_what_stands_out_is_what_most_do_not_say(said, stands_out):
    made = read(*(SolutionFactory(technology=text) for text in said))
    assert [other for _, other in row_of(made, "Technology").marked] == stands_out


def test_facts_that_nobody_has_told_of_trust_are_shown():
    made = read(SolutionFactory(trust={"dpia": {"value": "yes"}}), SolutionFactory())
    told = row_of(made, "Data protection impact assessment")
    assert [cell.text for cell in told.cells] == ["Yes", "Not known"]
    assert not row_of(made, "Accessibility").differs


def test_numbers_users_and_savings_are_in_words():
    one = SolutionFactory(users=1, cost_once="12500.00")
    organisation = one.reuses.get().organisation
    ReuseFactory(solution=one)
    made = read(one, SolutionFactory(saving=112_000, saving_told=2))
    assert row_of(made, "One-off cost").cells[0].text == "12,500\N{NO-BREAK SPACE}€"
    assert row_of(made, "Measured saving").cells[1].text.startswith("112,000 € a year, told by 2")
    told = row_of(made, "In use").cells[0].text.splitlines()
    assert told[0] == "1 municipality"
    assert told[1] == f"In use: {organisation}"
    assert told[2].startswith("Wants to pilot: ")


def test_only_differences_leaves_out_what_is_alike_and_says_how_much():
    whole = read(SolutionFactory(), SolutionFactory())
    few = whole.only_differences()
    assert all(row.differs for row in few.rows)
    assert few.total == whole.total > len(few.rows)
    assert few.in_words.endswith("Only these are shown.")
    assert all(group.rows for group in few.groups)


# What an address asks ----------------------------------------------------------------------------


def test_choice_keeps_the_order_of_the_address_and_each_once():
    one, two = SolutionFactory(), SolutionFactory()
    choice = chosen(QueryDict(f"s={two.slug}&s={one.slug}&s={two.slug}&q=koulu"))
    assert choice.slugs == (two.slug, one.slug)
    assert choice.missing == 0
    assert choice.toggled(two.slug) == f"?s={one.slug}&q=koulu"
    assert choice.toggled("uusi") == f"?s={two.slug}&s={one.slug}&s=uusi&q=koulu"


def test_full_choice_takes_no_more_but_gives_away():
    made = [SolutionFactory() for _ in range(MOST + 1)]
    choice = chosen(QueryDict(query(one.slug for one in made)[1:]))
    assert choice.is_full
    assert choice.beyond == (made[-1],)
    assert choice.toggled("uusi") == ""
    assert made[0].slug not in choice.toggled(made[0].slug)


def test_page_has_a_table_with_headers_of_rows_and_columns(client):
    one, two = SolutionFactory(technology="Rust"), SolutionFactory(technology="Go")
    table = page(client, one, two).find("table")
    columns = [cell.get_text() for cell in table.find("thead").find_all("th", scope="col")]
    assert columns == ["Fact", one.title, two.title]
    row = next(
        row
        for row in table.select("tbody tr:not(.group)")
        if row.th.get_text().startswith("Technology")
    )
    assert row.th["scope"] == "row"
    assert "Differs" in row.th.get_text()
    assert [cell.div.get_text(strip=True) for cell in row.find_all("td")] == ["Rust", "Go"]
    assert [cell.b.get_text() for cell in row.find_all("td")] == [one.title, two.title]


def test_only_differences_can_be_asked_for_and_left(client):
    one, two = SolutionFactory(), SolutionFactory()
    html = page(client, one, two, more="&differ=1")
    assert not html.select("tr.same")
    assert html.select("tr.differs")
    back = html.find("a", string="Show all facts")["href"]
    assert back == address(one, two).partition("/vertailu/")[2]


def test_what_is_not_published_is_left_out_and_said_so(client):
    one, two, hidden = SolutionFactory(), SolutionFactory(), SolutionFactory(hidden=True)
    html = page(client, one, hidden, "ei-ole-ollutkaan", two)
    assert "2 solutions of this address are left out" in html.get_text()
    assert hidden.title not in html.get_text()
    assert len(html.select("thead th")) == 3


def test_the_fifth_is_named_and_left_out(client):
    made = [SolutionFactory() for _ in range(5)]
    html = page(client, *made)
    assert "At most 4 solutions fit" in html.get_text()
    assert html.find("p", class_="notice").find("a").get_text() == made[4].title
    assert len(html.select("thead th")) == 5


def test_one_invites_to_another_of_the_same_theme(client):
    theme = ThemeFactory()
    one, two = SolutionFactory(theme=theme), SolutionFactory(theme=theme)
    html = page(client, one)
    assert "Choose another to compare with." in html.get_text()
    assert not html.find("table")
    link = html.find("a", id=f"c-{two.uid.hex}")["href"].partition("#")[0]
    assert link == query([one.slug, two.slug])


def test_nothing_chosen_leads_to_the_catalogue(client):
    html = page(client)
    assert html.find("a", string="To the solutions")["href"] == reverse("search:catalogue")


@pytest.mark.parametrize(
    "odd",
    ["s=", "s=%00", "s=" + "x" * 5_000, "s=%F0%9F%98%80", "s=<script>", "&".join(["s=a"] * 900)],
)
def test_odd_addresses_get_an_ordinary_page(client, odd):
    response = client.get(f"{reverse('catalogue:comparison')}?{odd}")
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_texts_are_escaped_and_languages_marked(client):
    evil = "<script>alert(1)</script>[x](javascript:alert(1))"
    made = [
        SolutionFactory(
            language="sv", title=evil, summary=evil, context=evil, website="javascript:alert(1)"
        ),
        SolutionFactory(trust={"security": {"value": evil, "note": evil}}),
    ]
    html = client.get(address(*made)).content.decode()
    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert '<div class="prose" lang="sv">' in html


def test_page_costs_the_same_for_two_and_for_four(client):
    counts = []
    for number in (2, 4):
        made = [SolutionFactory(users=number) for _ in range(number)]
        client.get(address(*made))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address(*made, more="&x=1")).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 4


# How one chooses ---------------------------------------------------------------------------------


def test_solutions_page_adds_itself_and_keeps_what_was_chosen(client):
    one, two = SolutionFactory(), SolutionFactory()
    html = BeautifulSoup(client.get(one.get_absolute_url()).content, "html.parser")
    assert html.find("a", string="Compare with others")["href"] == query([one.slug])
    assert not html.select(".tray")
    there = client.get(one.get_absolute_url() + query([two.slug, one.slug]))
    html = BeautifulSoup(there.content, "html.parser")
    tray = html.find("section", class_="tray")
    assert "Comparing 2" in tray.get_text()
    assert tray.find("a", class_="btn")["href"] == address(two, one)
    assert [link["href"] for link in tray.find("ul").find_all("a")] == [
        query([one.slug]),
        query([two.slug]),
    ]
    assert html.find("a", string="Remove from the comparison")["href"] == query([two.slug])
