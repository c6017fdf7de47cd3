"""Somebody who has never seen it: from home to a solution, in three languages."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.steps import MIKKELI
from tests.e2e.support import Server, Watch

LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


def test_home_leads_to_a_challenge_its_results_the_catalogue_and_a_solution(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/fi/$"))
    expect(page.locator("html")).to_have_attribute("lang", "fi")
    expect(page.locator(".calls .call")).to_have_count(4)

    page.locator(f".call a[href*='{MIKKELI}']").click()
    expect(page.locator("h1")).to_contain_text("Mikkeli")
    expect(page.locator("ol.weights").first).to_be_visible()
    page.locator(f"a.btn[href$='/haasteet/{MIKKELI}/tulokset/']").click()

    expect(page.locator("h1")).to_have_text("14 voittajaa")
    expect(page.locator(".poster")).to_have_count(14)
    expect(page.locator(".verdicts li")).to_have_count(72)
    winner = page.locator(".poster h3").first.inner_text().replace("\u00ad", "")
    page.locator(f"a[href$='/ratkaisut/?challenge={MIKKELI}']").click()

    expect(page.locator("#results-title")).to_have_text("14 ratkaisua")
    page.locator("#found").get_by_role("link", name=winner, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=winner)).to_be_visible()
    expect(page.locator(".trail li[aria-current=step]")).to_be_visible()
    expect(page.locator(f"a[href$='/haasteet/{MIKKELI}/tulokset/']")).to_be_visible()


def test_switching_the_language_keeps_the_page_and_its_query(page: Page) -> None:
    page.goto("/fi/ratkaisut/?q=koulukyyti")
    for code in ("sv", "en", "fi"):
        page.locator(f"header .langs a[lang={code}]").first.click()
        expect(page).to_have_url(re.compile(rf"/{code}/ratkaisut/\?q=koulukyyti$"))
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("header .langs a[aria-current]").first).to_have_text(LANGUAGES[code])
    page.goto(f"/fi/mikkeli/{MIKKELI}/")
    page.locator("header .langs a[lang=sv]").first.click()
    expect(page).to_have_url(re.compile(rf"/sv/mikkeli/{MIKKELI}/$"))
    expect(page.locator("h1")).to_contain_text("S:t Michel")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_header_and_footer_works(visitor: Visitor, language: str) -> None:
    page = visitor(1440, language=language)
    page.goto(f"/{language}/")
    links = page.locator("header a, footer a, .skip").evaluate_all("all => all.map(a => a.href)")
    inside = sorted({link for link in links if "#" not in link})
    assert len(inside) >= 15
    for link in inside:
        answer = page.request.get(link)
        assert answer.ok, f"{link}: {answer.status}"
        assert "<h1" in answer.text(), link
        expected = urlsplit(link).path.split("/")[1]
        assert f'<html lang="{expected}"' in answer.text(), link


def test_menu_of_the_phone_opens_and_closes_by_keyboard(phone: Page) -> None:
    phone.goto("/fi/")
    summary = phone.locator(".menu summary")
    summary.focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".sheet-menu")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.locator(".sheet-menu")).to_be_hidden()
    expect(summary).to_be_focused()


def test_unknown_page_is_told_kindly(page: Page, watch: Watch, server: Server) -> None:
    watch.allow("status of 404")
    answer = page.goto("/fi/tata-ei-ole/")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main a[href='/fi/']").first).to_be_visible()
    for path in ("/fi/ratkaisut/ei-ole/", "/fi/ehdotus/" + "0" * 32 + "/", "/fi/e/vaara-linkki/"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
    assert "Traceback" not in server.log


def test_skip_link_is_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/fi/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
