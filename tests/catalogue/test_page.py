"""The page of a solution tells every field of a catalogue entry, in the reader's language."""

import datetime as dt
import html as entities
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from catalogue import licences, registry
from catalogue.models import Contact, MaturityChange, Solution
from core import clock
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.ideas import IdeaFactory

pytestmark = pytest.mark.django_db

WHOLE = {
    "how_it_works": "Näin se toimii.",
    "target_group": "Koululaiset ja huoltajat",
    "target_groups": ["families", "staff"],
    "context": "Harvaan asutut kunnat",
    "fits_sizes": ["5k_20k"],
    "fits_regions": ["Kainuu"],
    "systems": "Primus",
    "preconditions": "Lupa oppilastietoihin",
    "steps": ["Sovi", "Kokeile"],
    "risks": "Tiedonsiirto viivästyy",
    "technology": "Verkkopalvelu",
    "function": "Koulukuljetukset",
    "sdgs": [4, 11],
    "readiness": "pilot",
    "trl": 7,
    "offer": "open_code",
    "cost": "Kokeilu 12 000 euroa",
    "cost_band": "10k_50k",
    "cost_model": "subscription",
    "cost_once": "12000.00",
    "cost_yearly": "2400.50",
    "cost_basis": "Kahden koulun kunta",
    "staff_days": "7.5",
    "procurement_route": "small_purchase",
    "procurement": "Pienhankinta riittää",
    "duration": "Kuusi viikkoa",
    "licence": "EUPL-1.2",
    "text_licence": "CC-BY-4.0",
    "repository": "https://koodi.kunta.example/kyyti",
    "publiccode_url": "https://koodi.kunta.example/kyyti/publiccode.yml",
    "website": "https://kyyti.example/",
    "trust": {"security": {"value": "yes", "url": "https://arvio.example/", "note": "Itse tehty"}},
    "provider": "Kyyti Oy",
    "suppliers": [{"name": "Jälleenmyyjä Oy", "business_id": "1234567-1", "url": ""}],
    "municipality": "Kuhmo",
    "origin": "Haaste 2026",
    "award": "Yleisön suosikki",
}
WORDS = (
    *("Näin se toimii.", "Koululaiset ja huoltajat", "Harvaan asutut kunnat", "Kainuu", "Primus"),
    *("Children and families, Municipal staff", "5,000–20,000", "Lupa oppilastietoihin", "Kokeile"),
    *("Tiedonsiirto viivästyy", "Verkkopalvelu", "Koulukuljetukset", "4. Quality education"),
    *("Being piloted", "7 of 9", "Open source code", "Kokeilu 12 000 euroa", "10,000–50,000 €"),
    *("Yearly or monthly fee", "12,000\xa0€", "2,400.50\xa0€", "Kahden koulun kunta", "7.5"),
    *("Small purchase", "Pienhankinta riittää", "Kuusi viikkoa", "Kyyti Oy", "Jälleenmyyjä Oy"),
    *("1234567-1", "Kuhmo", "Haaste 2026", "Yleisön suosikki", "Not known", "Itse tehty"),
    *("kyyti", "koulu"),
)
LINKS = (
    *("https://spdx.org/licenses/EUPL-1.2.html", "https://spdx.org/licenses/CC-BY-4.0.html"),
    *(WHOLE["repository"], WHOLE["publiccode_url"], WHOLE["website"], "https://arvio.example/"),
)


def shown(client, solution: Solution) -> str:
    response = client.get(solution.get_absolute_url())
    assert response.status_code == 200
    return entities.unescape(response.content.decode())


def test_every_field_is_told(client):
    solution = SolutionFactory(**WHOLE)
    solution.tags.add("kyyti", "koulu")
    solution.save()
    html = shown(client, solution)
    for words in WORDS:
        assert words in html, words
    for url in LINKS:
        assert f'href="{url}"' in html, url
    assert f"/{solution.slug}/publiccode.yml" in html


def test_every_heading_is_under_one_above_it(client):
    solution = SolutionFactory(**WHOLE, users=1)
    SolutionFactory(theme=solution.theme)
    html = shown(client, solution)
    levels = [int(part[0]) for part in html.split("<h")[1:] if part[0] in "123456"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_only_its_own_words_are_in_its_own_language(client):
    html = shown(client, SolutionFactory(language="sv", **WHOLE))
    assert '<span lang="sv">Primus</span>' in html
    assert "<dt>Systems needed</dt>" in html
    assert "<article>" in html


def test_history_of_both_axes_has_its_days(client):
    solution = SolutionFactory(readiness="concept")
    MaturityChange.objects.update(changed_on=dt.date(2025, 3, 1))
    solution.readiness, solution.offer = "pilot", "seeks_pilot"
    solution.save()
    MaturityChange.objects.filter(axis="offer").update(changed_on=dt.date(2026, 2, 3), note="Syy")
    html = shown(client, solution)
    first, last = html.index('datetime="2025-03-01"'), html.index('datetime="2026-02-03"')
    assert first < html.index("<b>Concept</b>", first) < last
    assert last < html.index("<b>Seeks a pilot</b>", last) < html.index("Syy", last)


def test_people_are_on_the_page_with_consent_only(client):
    solution, today = SolutionFactory(), clock.local(clock.now()).date()
    for name, consented, expires in (
        ("Suostunut Nimi", today, None),
        ("Kysymättä Jäänyt", None, None),
        ("Aikansa Ollut", today - dt.timedelta(days=9), today),
    ):
        Contact.objects.create(
            solution=solution,
            name=name,
            role="suunnittelija",
            email="suora@kunta.example",
            phone="040 123",
            consented_on=consented,
            expires_on=expires,
        )
    html = shown(client, solution)
    assert html.count("suora@kunta.example") == 2  # the address and its link
    for words in ("Suostunut Nimi", "suunnittelija", "040 123", solution.contact_email):
        assert words in html
    assert "Kysymättä Jäänyt" not in html
    assert "Aikansa Ollut" not in html


@pytest.mark.parametrize(
    ("days", "words"),
    [(10, "up to date"), (400, "due for review"), (500, "This may be out of date.")],
)
def test_freshness_is_told_and_a_stale_one_says_so_first(client, days, words):
    reviewed = clock.local(clock.now()).date() - dt.timedelta(days=days)
    html = shown(client, SolutionFactory(reviewed_on=reviewed))
    due = reviewed + dt.timedelta(days=365)
    assert words in html
    assert f"{due.day}.{due.month}.{due.year}" in html
    assert (html.find('role="note"') in range(html.index("<h1"))) == (days == 500)


def test_archived_one_says_so(client):
    html = shown(client, SolutionFactory(archived_at=clock.now()))
    assert "This solution is archived." in html[: html.index("<h1")]
    assert "Next review" not in html


def test_proposal_is_linked_while_it_is_public(client):
    idea = IdeaFactory(submitted=True)
    solution = SolutionFactory(idea=idea, challenge=idea.challenge)
    idea.published_at = clock.now()
    idea.save()
    assert idea.get_absolute_url() in shown(client, solution)
    idea.published_at = None
    idea.save()
    assert idea.get_absolute_url() not in shown(client, solution)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("EUPL-1.2", ["EUPL-1.2"]),
        ("eupl 1.2", ["EUPL-1.2"]),
        ("MIT OR (Apache-2.0 AND MIT)", ["MIT", "Apache-2.0"]),
        (
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
            ["GPL-2.0-or-later", "Classpath-exception-2.0"],
        ),
        ("LicenseRef-Kunta", []),
        ("Kaupallinen palvelu", []),
        ("", []),
    ],
)
def test_licence_leads_to_its_page(words, names):
    pages = [(name, f"https://spdx.org/licenses/{name}.html") for name in names]
    assert licences.pages_of(words) == pages


def test_related_are_those_that_the_search_names_in_its_order(client, monkeypatch):
    solution = SolutionFactory(title="Kyyti")
    same = SolutionFactory(theme=solution.theme, title="Samaa aihetta")
    like = [SolutionFactory(title="Toinen"), SolutionFactory(title="Ensimmäinen")]
    hidden = SolutionFactory(hidden=True, title="Piilossa")
    monkeypatch.setattr(registry, "_related", [lambda _one, _limit: [like[1].pk, hidden.pk]])
    html = shown(client, solution)
    assert "Ensimmäinen" in html.replace("\u00ad", "")
    assert hidden.slug not in html
    assert same.slug not in html
    monkeypatch.setattr(registry, "_related", [lambda _one, _limit: ()])
    assert same.slug in shown(client, solution)


def test_page_costs_the_same_however_much_it_tells(client):
    counts = []
    for many in (1, 3):
        solution = SolutionFactory(users=many, **WHOLE)
        solution.tags.add(*(f"sana {number}" for number in range(many)))
        solution.save()
        for number in range(many):
            ReuseFactory(solution=solution, note="Toimii.")
            SolutionFactory(theme=solution.theme, users=many)
            Contact.objects.create(solution=solution, name=f"N{number}", consented_on="2026-01-01")
            solution.readiness = ("production", "widely_used")[number % 2]
            solution.save()
        shown(client, solution)
        with CaptureQueriesContext(connection) as caught:
            shown(client, solution)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 11


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_labels_are_in_the_readers_language(client, language):
    solution = SolutionFactory(**WHOLE)
    with translation.override(language):
        html = shown(client, solution)
    for words in ("Systems needed", "Being piloted", "Quality education", "Small purchase"):
        assert words not in html
