"""Searching the catalogue by keyboard, with and without JavaScript, on a phone too."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.support import axe

BOX, OPTIONS = "#q", "[role=option]"


def test_box_offers_and_the_keyboard_chooses(page: Page) -> None:
    page.goto("/fi/ratkaisut/")
    box = page.locator(BOX)
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("koulu")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("form[role=search] [role=status]")).to_contain_text("hakuehdotus")
    box.press("ArrowDown")
    first = page.locator(OPTIONS).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    axe(page)
    box.press("ArrowUp")
    expect(page.locator(OPTIONS).last).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(page.locator(OPTIONS)).to_have_count(0)
    expect(box).to_have_value("koulu")
    box.press("ArrowDown")
    expect(page.locator(OPTIONS).first).to_be_visible()
    box.press("ArrowDown")
    chosen = str(page.locator(f"{OPTIONS}[aria-selected=true]").get_attribute("data-text"))
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q="))
    expect(page.locator(BOX)).to_have_value(chosen)
    expect(page.locator(".sol").first).to_be_visible()


def test_choice_is_announced_stands_in_the_address_and_goes_back(page: Page) -> None:
    page.goto("/fi/ratkaisut/")
    page.locator("input[name=readiness]").first.check()
    expect(page).to_have_url(re.compile(r"readiness="))
    said = str(page.locator("#results-title").inner_text()).split()[0]
    expect(page.locator("#found-count")).to_have_attribute("role", "status")
    expect(page.locator("#found-count")).to_contain_text(said)
    expect(page.locator("input[name=readiness]:checked")).to_be_focused()
    page.go_back()
    expect(page.locator("input[name=readiness]:checked")).to_have_count(0)


def test_reasons_open_in_the_row(page: Page) -> None:
    page.goto("/fi/ratkaisut/?q=koulukyyti")
    why = page.locator(".why").first
    why.locator("summary").click()
    expect(why.locator("li").first).to_contain_text("koulukyyti")


def test_without_javascript_everything_is_reached(visitor: Visitor) -> None:
    page = visitor(1440, javascript=False)
    page.goto("/fi/ratkaisut/")
    page.locator(BOX).fill("koulukyyti")
    page.locator("form[role=search] button").click()
    page.get_by_role("link", name="Lisää rajauksia").click()
    group = page.locator("details.group").first
    group.locator("summary").click()
    group.locator("input").first.check()
    page.get_by_role("button", name="Näytä tulokset").click()
    expect(page.locator(".applied .chip")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=koulukyyti"))
    page.locator(".why summary").first.click()
    page.get_by_role("link", name="Näytä perusteet").first.click()
    expect(page.locator("h1")).to_have_text("Miksi tämä tulos?")
    page.get_by_role("link", name="Takaisin tuloksiin").click()
    page.get_by_role("link", name="Kerro tarve haasteiden valmistelijoille").click()
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("koulukyyti"))


def test_on_a_phone_the_list_fits_and_more_questions_open(visitor: Visitor) -> None:
    phone = visitor(390)
    phone.goto("/fi/ratkaisut/")
    phone.locator(BOX).press_sequentially("koulu")
    expect(phone.locator(OPTIONS).first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator(BOX).press("Escape")
    phone.locator("details.fold > summary").click()
    phone.get_by_role("link", name="Lisää rajauksia").click()
    expect(phone.locator("details.group").first).to_be_visible()
