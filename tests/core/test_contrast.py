"""Colours: text on its ground reaches 4.5:1 and control edges 3:1 (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
TEXT_ON = {
    "paper": ["ink", "muted", "kuusi", "mustikka", "puolukka", "jarvi"],
    "lumi": ["ink", "muted", "kuusi", "mustikka", "puolukka"],
    "jakala": ["ink", "muted", "kuusi", "yo"],
    "lakka": ["ink", "yo"],
    "lakka-vaalea": ["ink", "muted", "kuusi"],
    "jaa": ["ink", "muted", "jarvi", "kuusi"],
    "mustikka-vaalea": ["ink", "mustikka"],
    "puolukka-vaalea": ["ink", "puolukka", "kuusi"],
    "kuusi": ["paper", "lakka", "jakala"],
    "yo": ["paper", "lakka", "jakala"],
    "mustikka": ["paper", "lakka", "jakala"],
    "mustikka-2": ["paper"],
    "puolukka": ["paper"],
    "ink": ["paper"],
}
EDGE_ON = {"paper": ["edge", "ink", "kuusi"], "lumi": ["edge", "ink"]}


def tokens() -> dict[str, str]:
    sheet = (CSS / "talkoot.css").read_text()
    return dict(re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{3,6});", sheet))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(ground, text) for ground, texts in table.items() for text in texts]


@pytest.mark.parametrize(("ground", "text"), pairs(TEXT_ON))
def test_text_can_be_read_on_its_ground(ground, text):
    known = tokens()
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize(("ground", "edge"), pairs(EDGE_ON))
def test_edges_of_controls_can_be_seen(ground, edge):
    known = tokens()
    assert contrast(known[edge], known[ground]) >= 3


def test_focus_is_seen_on_light_and_dark_grounds():
    known = tokens()
    for ground in ("paper", "lumi", "jakala", "lakka", "lakka-vaalea", "jaa"):
        assert contrast(known["ink"], known[ground]) >= 3
    for ground in ("yo", "kuusi", "mustikka", "puolukka"):
        assert contrast(known["paper"], known[ground]) >= 3


def public_sheets() -> list[Path]:
    """All but the back office's, which stands on Wagtail's tokens."""
    return [file for file in CSS.glob("*.css") if file.name != "admin.css"]


def test_stylesheets_use_only_tokens_that_exist():
    known = set(re.findall(r"--([\w-]+):", "".join(file.read_text() for file in public_sheets())))
    for file in public_sheets():
        assert set(re.findall(r"var\(--([\w-]+)", file.read_text())) <= known, file.name


def test_nothing_is_fetched_from_elsewhere():
    for file in CSS.glob("*.css"):
        found = re.findall(r"url\(\"?(?!data:)([^)\"]+)", file.read_text())
        assert all((file.parent / address).resolve().is_file() for address in found), found
        assert "@import" not in file.read_text()


def test_every_whole_percent_has_its_class():
    sheet = (CSS / "pages.css").read_text()
    assert set(re.findall(r"\.w(\d+) \{ --w: \1; \}", sheet)) == {str(n) for n in range(101)}
