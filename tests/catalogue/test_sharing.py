"""What the head of a solution's page tells: JSON-LD, its own address, Open Graph, a picture."""

import io
import json

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from core.kuosi_png import kuosi_png
from tests.factories.catalogue import ReuseFactory, SolutionFactory

pytestmark = pytest.mark.django_db


def head(client, solution, language: str = "fi") -> BeautifulSoup:
    html = client.get(f"/{language}/ratkaisut/{solution.slug}/").content
    return BeautifulSoup(html, "html.parser")


def data(client, solution) -> dict:
    return json.loads(head(client, solution).find("script", type="application/ld+json").string)


def test_linked_data_says_what_the_page_says(client, settings):
    one = SolutionFactory(
        title="Vahti </script><b>&",
        repository="https://git.kunta.example/vahti",
        licence="EUPL-1.2",
    )
    ReuseFactory(solution=one, organisation__name="Kuopion kaupunki", stage="in_use")
    ReuseFactory(solution=one, organisation__name="Oulun kaupunki", stage="stopped")
    one.tags.add("talvi")
    one.save()
    found = data(client, one)
    assert found["@type"] == "SoftwareApplication"
    assert found["name"] == one.title
    assert found["url"] == f"{settings.SITE_URL}/fi/ratkaisut/{one.slug}/"
    assert found["subjectOf"]["codeRepository"] == one.repository
    assert [user["name"] for user in found["contributor"]] == ["Kuopion kaupunki"]
    assert found["keywords"] == ["talvi"]
    assert "" not in found.values()
    assert data(client, SolutionFactory())["@type"] == "CreativeWork"


def test_canonical_languages_and_picture(client, settings):
    one = SolutionFactory(title="Vahti", language="sv")
    soup = head(client, one, "sv")
    site, path = settings.SITE_URL, f"/sv/ratkaisut/{one.slug}/"
    assert soup.find("link", rel="canonical")["href"] == f"{site}{path}"
    others = {link["hreflang"]: link["href"] for link in soup.find_all("link", rel="alternate")}
    assert others == {code: f"{site}/{code}/ratkaisut/{one.slug}/" for code in ("fi", "sv", "en")}
    told = {meta["property"]: meta["content"] for meta in soup.find_all("meta", property=True)}
    assert (told["og:title"], told["og:locale"]) == ("Vahti", "sv_FI")
    picture = client.get(told["og:image"].removeprefix(site))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert "max-age=86400" in picture["Cache-Control"]
    image = Image.open(io.BytesIO(picture.content))
    assert (image.size, image.format) == ((1200, 630), "PNG")
    again = client.get(told["og:image"], headers={"If-None-Match": picture["ETag"]})
    assert again.status_code == 304


def test_a_picture_is_the_kuosi_of_its_solution():
    assert kuosi_png("a", "lakka") == kuosi_png("a", "lakka") != kuosi_png("b", "lakka")
    colours = Image.open(io.BytesIO(kuosi_png("a", "lakka"))).convert("RGB").getcolors(100_000)
    assert max(colours)[1] in {(255, 174, 52), (179, 16, 59), (6, 50, 42), (255, 232, 194)}
