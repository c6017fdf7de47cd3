"""Looking at a page: axe at two widths, and on a narrow screen with wide letters."""

from playwright.sync_api import Page

from tests.e2e.support import axe

SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const wide = document.documentElement.scrollWidth;
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
  return wide;
}"""
PHONE, NARROW = {"width": 390, "height": 844}, {"width": 320, "height": 800}


def look(page: Page, template: str) -> None:
    """Nothing to complain of, on a desk and on a phone; nor is the page wider than the narrowest
    screen when the letters are wide."""
    page.locator("h1").first.wait_for()
    desk = page.viewport_size
    assert desk
    axe(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    axe(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wide = page.evaluate(SPACED)
    page.set_viewport_size(desk)
    assert wide <= 320, f"{template}: {page.url} is {wide} px wide on a screen of 320"
