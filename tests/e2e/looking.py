"""Looking at a page: axe, and on a narrow screen with wide letters."""

import pytest
from playwright.sync_api import Page

from tests.e2e.support import axe

SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return document.documentElement.scrollWidth;
}"""
WIDTHS = pytest.mark.parametrize("width", [1440, 390])


def look(page: Page, template: str) -> None:
    """Nothing to complain of; on a phone nor when the letters are wide and the screen narrow."""
    page.locator("h1").first.wait_for()
    axe(page)
    size = page.viewport_size
    if size and size["width"] < 600:
        page.set_viewport_size({"width": 320, "height": 800})
        wide = page.evaluate(SPACED)
        page.set_viewport_size(size)
        assert wide <= 320, f"{template}: {page.url} is {wide} px wide on a screen of 320"
