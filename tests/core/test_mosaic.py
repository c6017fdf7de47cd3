"""Finland as tiles and dots, and the list of municipalities under them."""

import gzip
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from core.mosaic import country, dotmap_svg, lit_tiles, mosaic_svg, tile_of
from core.municipalities import municipalities, municipality

SVG = "{http://www.w3.org/2000/svg}"


def test_all_municipalities_are_there_with_a_place_in_finland():
    found = municipalities()
    assert len(found) == 308
    assert all(59.5 < one.lat < 70.1 and 19.3 < one.lon < 31.6 for one in found.values())
    assert sum(one.region == "Ahvenanmaa" for one in found.values()) == 16
    assert len({one.region for one in found.values()}) == 19
    assert len({(one.lat, one.lon) for one in found.values()}) == 308


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("Mikkeli", 61.69, 27.27),
        ("Tammela", 60.81, 23.77),  # names that stand for several places
        ("Pyhäjärvi", 63.68, 25.98),
        ("Siikalatva", 64.27, 25.87),  # merged: no place of its own name
        ("Maarianhamina", 60.10, 19.93),
    ],
)
def test_municipality_stands_where_it_is(name, lat, lon):
    one = municipality(name)
    assert one is not None
    assert abs(one.lat - lat) < 0.03
    assert abs(one.lon - lon) < 0.05


def test_municipality_is_found_by_either_name_and_named_in_the_readers_language():
    assert municipality("s:t michel") is municipality(" Mikkeli ") is not None
    assert municipality("Atlantis") is None
    with translation.override("sv"):
        assert municipalities()["Turku"].name == "Åbo"
    with translation.override("en"):
        assert municipalities()["Turku"].name == "Turku"


def test_every_municipality_has_a_tile_of_the_country():
    assert {tile_of(name) for name in municipalities()} <= country()
    assert 140 <= len(country()) <= 200
    assert tile_of("Atlantis") is None


def test_mosaic_lights_the_tiles_that_proposals_come_from():
    lit = lit_tiles({"Mikkeli": 3, "Utsjoki": 1, "Oulu": 0, "Atlantis": 9})
    assert lit == {tile_of("Mikkeli"): 3, tile_of("Utsjoki"): 1}
    assert mosaic_svg({}, "Suomi") != mosaic_svg({"Mikkeli": 1}, "Suomi")
    assert mosaic_svg({"Mikkeli": 1}, "Suomi") == mosaic_svg({"Mikkeli": 5}, "Suomi")


def test_mosaic_is_light_on_the_wire_even_when_all_is_lit():
    svg = mosaic_svg(dict.fromkeys(municipalities(), 1), "Suomi")
    assert len(gzip.compress(svg.encode())) <= 6000


def test_mosaic_has_a_title_that_cannot_break_out():
    root = ET.fromstring(mosaic_svg({"Mikkeli": 1}, "</title><script>"))
    title = root.find("title")
    assert title is not None
    assert title.text == "</title><script>"
    assert root.get("aria-labelledby") == title.get("id")
    assert root.find(".//script") is None


def test_dotmap_is_an_ornament_without_title_and_an_image_with_one():
    assert 'aria-hidden="true"' in dotmap_svg(["Mikkeli"])
    assert 'role="img"' in dotmap_svg(["Mikkeli"], "Used in one municipality")
    assert "aria-hidden" not in dotmap_svg(["Mikkeli"], "Used in one municipality")


def test_dotmap_marks_each_known_municipality_once():
    none, two = dotmap_svg([]), dotmap_svg(["Mikkeli", "Oulu", "Mikkeli", "Atlantis"])
    assert none.count("h0") == 308
    assert two.count("h0") == 308 + 2 * 2  # a white edge and a dot for each
    assert len(gzip.compress(two.encode())) <= 2500
