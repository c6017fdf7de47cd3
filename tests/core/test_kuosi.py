"""The pattern of a proposal: the same for the same seed, small, and well-formed."""

from hashlib import sha256
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kuosi import FAMILIES, family_of, kuosi_svg
from core.tiles import SHAPES


def test_kuosi_is_the_same_for_the_same_seed():
    first = str(kuosi_svg("idea-1", 6, 2, "koulu"))
    kuosi_svg.cache_clear()
    assert kuosi_svg("idea-1", 6, 2, "koulu") == first


def test_kuosi_does_not_change_between_releases():
    # Marks of proposals stand on paper and in mails: they must stay what they were.
    digest = sha256(kuosi_svg("talkoot", 3, 3, "lakka").encode()).hexdigest()
    assert digest.startswith("f91d2298f0d7f2cf")


def test_kuosi_differs_from_seed_to_seed():
    assert len({kuosi_svg(f"idea-{n}") for n in range(200)}) == 200


@pytest.mark.parametrize(("columns", "rows", "most"), [(3, 3, 2000), (6, 2, 2600), (18, 2, 7000)])
def test_kuosi_stays_small(columns, rows, most):
    assert all(len(kuosi_svg(f"idea-{n}", columns, rows)) <= most for n in range(150))


@given(st.text(min_size=0, max_size=30), st.integers(1, 18), st.integers(1, 3))
def test_kuosi_is_well_formed_and_hidden_whatever_the_seed(seed, columns, rows):
    root = ET.fromstring(kuosi_svg(seed, columns, rows))
    assert root.get("aria-hidden") == "true"
    assert root.get("viewBox") == f"0 0 {columns * 40} {rows * 40}"
    assert "style" not in {name for node in root.iter() for name in node.attrib}


def test_kuosi_keeps_to_the_colours_of_its_family():
    for name, family in FAMILIES.items():
        known = {colour for pair in family.pairs for colour in pair} | set(family.accents)
        for n in range(30):
            root = ET.fromstring(kuosi_svg(f"idea-{n}", 6, 2, name))
            assert {node.get("fill") for node in root} <= known


def test_family_of_a_theme_is_its_own_name_or_chosen_by_its_key():
    assert [family_of(name) for name in FAMILIES] == list(FAMILIES)
    assert family_of("koulu") == family_of("koulu")
    assert {family_of(f"theme-{n}") for n in range(60)} == set(FAMILIES)


def test_banner_is_cut_not_squeezed():
    assert 'preserveAspectRatio="xMidYMid slice"' in kuosi_svg("x", 18, 2, None, "bleed")
    assert "preserveAspectRatio" not in kuosi_svg("x", 18, 2)


def test_kuosi_refuses_sizes_that_nobody_prints():
    with pytest.raises(ValueError, match="columns"):
        kuosi_svg("x", 0, 3)
    with pytest.raises(ValueError, match="columns"):
        kuosi_svg("x", 3, 400)


def test_families_and_shapes_are_five_and_nine():
    assert len(FAMILIES) == 5
    assert len(SHAPES) == 9
