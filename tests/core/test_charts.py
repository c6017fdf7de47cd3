"""Charts: a title, the numbers the reader's way, and the same numbers as a table."""

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import charts
from core.templatetags import talkoot as tags

SAVINGS = [
    ("Mikkeli", Decimal("4.1"), "verified"),
    ("Juva", 2.2, "measured"),
    ("Puumala", 1, "estimate"),
]


@pytest.mark.parametrize(
    "chart",
    [
        charts.bars("Savings", [("Mikkeli", 4), ("Juva", 2)], "€"),
        charts.lollipop("Savings", SAVINGS, "€"),
        charts.histogram("Scores", [("1–2", 3), ("2–3", 0)]),
        charts.heatgrid("Scores", ["A", "B"], [("Idea", (1, None)), ("Other", (5, 3.5))]),
        charts.bars("Nothing", []),
        charts.lollipop("Nothing", []),
        charts.histogram("Nothing", []),
        charts.heatgrid("Nothing", [], []),
    ],
)
def test_chart_is_well_formed_and_names_itself(chart):
    root = ET.fromstring(chart.svg)
    title = root.find("title")
    assert root.get("role") == "img"
    assert title is not None
    assert title.text in ("Savings", "Scores", "Nothing")
    assert root.get("aria-labelledby") == title.get("id")
    assert "style" not in {name for node in root.iter() for name in node.attrib}


def test_chart_writes_numbers_as_the_reader_does():
    with translation.override("fi"):
        assert charts.number(Decimal("3.4"), "€") == "3,4\u00a0€"
        assert charts.number(1234567) == "1\u00a0234\u00a0567"
        assert charts.number(None) == "–"
        assert "4,1\u00a0€" in charts.lollipop("Savings", SAVINGS, "€").svg
    with translation.override("en"):
        assert charts.number(Decimal("3.4"), "€") == "3.4\u00a0€"


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_ticks_reach_the_top_with_few_even_steps(top):
    marks = charts.ticks(top)
    assert marks[0] == 0
    assert marks[-1] >= top * (1 - 1e-6)
    assert 2 <= len(marks) <= 7


def test_ticks_of_nothing_are_one_step():
    assert charts.ticks(0) == [0.0, 1.0]


def test_table_has_every_number_and_escapes_labels():
    chart = charts.bars("Savings", [("<b>Mikkeli</b>", 4)], "€")
    table = charts.table(chart)
    assert "&lt;b&gt;Mikkeli&lt;/b&gt;" in table
    assert "4\u00a0€" in table
    assert "<b>" not in chart.svg
    ET.fromstring(table)


def test_lollipop_explains_only_the_kinds_it_shows():
    with translation.override("en"):
        shown = tags.lollipop("Savings", SAVINGS[:1], "€")
        assert "verified by an outsider" in shown
        assert "estimate" not in shown


def test_long_labels_are_cut_in_the_picture_and_whole_in_the_table():
    name = "Varhaiskasvatus ja perusopetus"
    chart = charts.bars("Themes", [(name, 3)])
    assert name not in chart.svg
    assert "…" in chart.svg
    assert name in charts.table(chart)


def test_heatgrid_colours_by_value_and_stays_within_its_scale():
    svg = charts.heatgrid("Scores", ["A", "B", "C"], [("Idea", (1, 5, 99))]).svg
    assert svg.count(charts.HEAT[0][0]) == 1
    assert svg.count(charts.HEAT[-1][0]) == 2
