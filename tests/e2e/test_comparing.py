"""Choosing solutions from the results on a phone, comparing them, taking the comparison along."""

import csv
import io
import re
from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import Visitor
from tests.e2e.steps import press
from tests.e2e.support import axe


def downloaded(page: Page, words: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=words, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def test_on_a_phone_from_results_to_files(visitor: Visitor) -> None:
    phone = visitor(390)
    phone.goto("/fi/ratkaisut/?q=koulu")
    shown = phone.locator(".sol h3 a").all()[:3]
    titles = [title.inner_text().replace("\u00ad", "") for title in shown]
    for number in (1, 2):
        choice = phone.locator(".sol .cmp").nth(number - 1)
        choice.click()
        expect(choice).to_contain_text("Vertailussa")
        expect(choice).to_be_focused()
        expect(phone.locator("#found-count")).to_contain_text(f"Vertailussa {number}")
        expect(phone).to_have_url(re.compile(r"q=koulu.*s="))
    axe(phone)
    # Another search, with what has been chosen.
    phone.locator("#q").fill("kesäraha")
    phone.get_by_role("button", name="Hae").click()
    expect(phone.locator(".tray strong")).to_have_text("Vertailussa 2")
    phone.go_back()
    phone.locator(".sol .cmp").nth(2).click()
    expect(phone.locator(".tray strong")).to_have_text("Vertailussa 3")
    phone.locator(".tray .btn").click()
    expect(phone.locator("h1")).to_contain_text("vertailu")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    first = phone.locator(".compare tr.differs").first
    expect(first).to_contain_text("Eroaa")
    for title in titles:
        expect(first.locator("b", has_text=title)).to_be_visible()

    remove = phone.get_by_role("link", name=re.compile(rf"^Poista\s?: {titles[2]}"))
    remove.click()
    expect(phone.locator(".chosen li")).to_have_count(2)
    phone.get_by_role("link", name="Näytä vain erot").click()
    expect(phone.locator(".compare tr.same")).to_have_count(0)
    phone.get_by_role("link", name="Näytä kaikki kohdat").click()
    expect(phone.locator(".compare tr.same").first).to_contain_text("Kaikilla sama")

    document = Document(io.BytesIO(downloaded(phone, "Word")))
    cells = [cell.text for cell in document.tables[0].rows[0].cells]
    assert cells == ["Kohta", *titles[:2]]
    rows = list(csv.reader(io.StringIO(downloaded(phone, "CSV").decode("utf-8-sig"))))
    assert rows[0] == ["Kohta", *titles[:2], "Eroaa"]
    if phone.get_by_role("link", name="PDF", exact=True).count():
        pages = PdfReader(io.BytesIO(downloaded(phone, "PDF"))).pages
        text = "\n".join(one.extract_text() for one in pages)
        assert "Ratkaisujen vertailu" in text
        assert titles[0].split()[0] in text


def test_by_keyboard_alone_and_without_javascript(visitor: Visitor) -> None:
    page = visitor(1440, javascript=False)
    page.goto("/fi/ratkaisut/?readiness=pilot")
    title = page.locator(".sol h3 a").nth(1).inner_text()
    press(page, "Vertaa")
    expect(page.locator(".tray strong")).to_have_text("Vertailussa 1")
    press(page, title)
    expect(page.locator("h1")).to_contain_text(title.split()[0][:8])
    press(page, "Vertaa muihin")
    expect(page.locator(".tray strong")).to_have_text("Vertailussa 2")
    press(page, "Vertaa rinnakkain")
    expect(page.locator(".compare thead th")).to_have_count(3)
    press(page, "Poista")
    expect(page.locator(".chosen li")).to_have_count(1)
    press(page, "Valitse lisää ratkaisuista")
    expect(page.locator(".tray strong")).to_have_text("Vertailussa 1")
