"""Another municipality finds a solution in its own Finnish and says that it wants to pilot it."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, become

WORDS = "lomakkeita"  # the texts say lomakkeella, lomakkeet


def search(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    page.locator(".seek form button").click()


def total(page: Page) -> int:
    """The number in the heading of the results."""
    return int(re.findall(r"\d+", page.locator("#results-title").inner_text())[0])


def test_inflected_word_and_facets_without_loading_the_page_anew(page: Page) -> None:
    become(page, "municipality")
    expect(page).to_have_url(re.compile("/fi/ratkaisut/$"))
    search(page, WORDS)
    expect(page.locator("#results-title")).to_contain_text(WORDS)
    found = total(page)
    assert 0 < found < 46
    expect(page.locator("#found mark").first).to_be_visible()

    page.evaluate("window.stayed = true")
    box = page.locator(".facets input[name=readiness]").first
    value = box.get_attribute("value")
    box.check()
    expect(page).to_have_url(re.compile(rf"readiness={value}"))
    expect(page.locator(".applied .chip")).to_have_count(1)
    narrowed = total(page)
    assert 0 < narrowed <= found
    expect(page.locator(".sol")).to_have_count(narrowed)
    expect(page.locator("#found-count[role=status]")).to_contain_text(str(narrowed))
    page.locator("select[name=sort]").select_option(index=1)
    expect(page).to_have_url(re.compile("sort="))
    assert page.evaluate("window.stayed") is True

    # The address holds the whole search: another window shows the same.
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.locator(".sol")).to_have_count(narrowed)
    expect(second.locator(f".facets input[name=readiness][value={value}]")).to_be_checked()
    page.go_back()
    expect(page).not_to_have_url(re.compile("sort="))
    page.locator(".applied .chip").click()
    expect(page.locator(".applied")).to_have_count(0)
    assert total(page) == found


def test_facets_without_javascript(no_js: Page) -> None:
    no_js.goto("/fi/ratkaisut/")
    search(no_js, WORDS)
    found = total(no_js)
    no_js.locator(".facets input[name=theme]").first.check()
    no_js.locator(".facets button[type=submit]").click()
    expect(no_js).to_have_url(re.compile("theme="))
    assert 0 < total(no_js) <= found
    no_js.locator(".applied .chip").click()
    assert total(no_js) == found


def test_ones_own_size_and_region_are_kept_by_keyboard_without_javascript(visitor: Visitor) -> None:
    page = visitor(1440, javascript=False)
    become(page, "municipality")
    steps.press(page, "Samaa kokoa ja maakuntaa kuin Joensuu")
    expect(page.locator(".applied .chip")).to_have_count(2)
    steps.press(page, "Talleta tämä haku")
    expect(page.locator("[name=name]")).not_to_be_empty()
    page.locator("[name=name]").fill("Kuin me")
    page.keyboard.press("Enter")
    expect(page.locator(".applied .chip")).to_have_count(2)
    page.goto("/fi/ratkaisut/")
    steps.press(page, "Kuin me")
    expect(page.locator(".applied .chip")).to_have_count(2)
    page.goto("/fi/oma/")
    page.get_by_role("button", name=re.compile(r"^Poista\s?: Kuin me")).click()
    expect(page.get_by_text("Kuin me")).to_have_count(0)


def test_search_helps_when_there_is_nothing(page: Page) -> None:
    page.goto("/fi/ratkaisut/?q=seniorivaltutettu")
    expect(page.locator("#found a[href*='q=']").first).to_be_visible()
    page.goto("/fi/ratkaisut/?q=qwertyzxcv")
    expect(page.locator(".sol")).to_have_count(0)
    expect(page.locator("#found h3").first).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_municipality_says_it_wants_to_pilot(
    visitor: Visitor, server: Server, watch: Watch, javascript: bool
) -> None:
    watch.allow("status of 400")
    page = visitor(1440 if javascript else 390, javascript=javascript)
    slug, contact = server.sql(
        "SELECT slug, contact_email FROM catalogue_solution WHERE contact_email != '' AND id NOT IN"
        " (SELECT solution_id FROM catalogue_reuse r JOIN accounts_organisation o"
        "  ON o.id = r.organisation_id WHERE o.name = 'Joensuu')"
        " ORDER BY slug LIMIT 1 OFFSET ?",
        int(javascript),
    )[0]
    become(page, "municipality")
    page.goto(f"/fi/ratkaisut/{slug}/")
    title = page.locator("h1").inner_text().replace("\u00ad", "")
    page.locator("aside a[href$='?stage=interested']").click()
    expect(page.locator("input[name=stage][value=interested]")).to_be_checked()
    page.locator("textarea[name=note]").fill("Kokeilemme keväällä kahdessa koulussa.")
    page.locator("main form button[type=submit]").click()

    expect(page).to_have_url(re.compile(rf"/ratkaisut/{slug}/$"))
    mine = page.locator("#users li", has_text="Joensuu")
    expect(mine).to_contain_text("Kokeilemme keväällä")
    letter = server.mail.wait(contact, where=lambda one: title in one.subject)
    assert "Joensuu" in letter.subject

    mine.locator("a").click()
    expect(page.locator("h1")).to_have_text("Joensuu")
    expect(page.locator("main")).to_contain_text("Kokeilemme keväällä kahdessa koulussa.")
    stranger = visitor(390)
    stranger.goto(f"/fi/ratkaisut/{slug}/")
    steps.reload_until(stranger, "#users li:has-text('Joensuu')")


def test_whoever_acts_for_no_municipality_is_told_how(page: Page) -> None:
    become(page, "company")
    page.goto("/fi/ratkaisut/")
    page.locator(".sol h3 a").first.click()
    page.locator("aside a[href$='?stage=in_use']").click()
    expect(page.locator("main form:not([role=search])")).to_have_count(0)
    expect(page.locator("main a[href$='/fi/kunnat/']")).to_be_visible()


def test_tables_open_and_hold_no_formulas(page: Page, phone: Page) -> None:
    steps.write_whole(phone, "=HYPERLINK(“pois”) @kunta +1", "kaava@asukas.example")
    steps.hand_in(phone)
    page.goto(f"/fi/haasteet/{steps.KUOPIO}/ehdotukset/")
    steps.reload_until(page, ".cards a:has-text('HYPERLINK')")

    with page.expect_download() as loading:
        page.locator("a[href*='ehdotukset.csv']").click()
    text = loading.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 16  # a heading, the demo's 14 and ours
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not any(re.match(r"[=+@\t\r]|-\D", cell) for cell in cells)
    assert "kaava@asukas.example" not in text

    with page.expect_download() as loading:
        page.locator("a[href*='ehdotukset.xlsx']").click()
    book = load_workbook(io.BytesIO(loading.value.path().read_bytes()))
    sheet = book.worksheets[0]
    assert sheet.max_row == 16
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)

    # The list's filters hold in the table.
    page.locator("#series").select_option("organisations")
    expect(page.locator("a[href*='ehdotukset.csv'][href*='series=organisations']")).to_be_visible()
    with page.expect_download() as loading:
        page.locator("a[href*='ehdotukset.csv']").click()
    assert "HYPERLINK" not in loading.value.path().read_text(encoding="utf-8-sig")
