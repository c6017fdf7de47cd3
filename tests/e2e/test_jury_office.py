"""Staff follow a jury: dashboard, reminder, results, other weights, the jury's talk."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, become
from tests.e2e.test_staff import challenge, told


def test_from_the_dashboard_to_the_minutes(page: Page, visitor: Visitor, server: Server) -> None:
    become(page, "owner")
    oulu, mikkeli = challenge(server, steps.OULU), challenge(server, steps.MIKKELI)

    # The grid, and one letter to each who is behind, shown before it goes.
    page.goto(f"/admin/scoring/{oulu}/dashboard/")
    expect(page.locator(".tk-heat tbody tr")).not_to_have_count(0)
    expect(page.locator(".tk-heat .done").first).to_be_visible()
    page.locator("a[href$='/dashboard/remind/']").click()
    letters = page.locator(".tk-letters > li")
    expect(letters).not_to_have_count(0)
    subject = letters.first.locator("summary").inner_text()
    address = re.findall(r"[\w.]+@[\w.]+", letters.first.locator("label").inner_text())[0]
    before = len(server.mail.to(address))
    page.locator("form button.button[type=submit]").last.click()
    told(page)
    assert server.mail.wait(address, after=before).subject == subject

    # Results: raw beside calibrated, the line, and what other weights would change.
    page.goto(f"/admin/scoring/{mikkeli}/ranking/")
    page.locator(".tk-choose a").last.click()
    expect(page.locator(".tk-chart svg")).to_be_visible()
    expect(page.locator(".tk-results tbody tr")).not_to_have_count(0)
    places = page.locator(".tk-results tbody td:first-child").all_inner_texts()
    page.goto(f"/admin/scoring/{oulu}/ranking/")
    page.locator("a[href$='/weights/']").click()
    weights = page.locator("input[name^='w-']")
    for number in range(weights.count()):
        weights.nth(number).fill("100" if number == 0 else "0")
    page.locator("form.tk-filters button[type=submit]").click()
    expect(page.locator("main p[role=status]")).to_be_visible()
    page.goto(f"/admin/scoring/{mikkeli}/ranking/")
    page.locator(".tk-choose a").last.click()
    expect(page.locator(".tk-results tbody tr")).to_have_count(len(places))
    assert page.locator(".tk-results tbody td:first-child").all_inner_texts() == places

    # The talk: a new meeting of the citizens' series, on the projector by the keyboard.
    page.goto(f"/admin/scoring/{mikkeli}/meetings/")
    page.locator("form:has(input[name=round]) button").first.click()
    if not page.locator("table.listing tbody tr").count():
        page.locator("button[name=go][value=add]").click()
    page.locator("button[name=go][value=begin]").click()
    page.locator("a[href$='/projector/']").click()
    page.locator("button[data-open]").click()
    expect(page.locator("dl.big")).to_be_visible()
    first = page.url
    if page.locator("[data-key=ArrowRight]").count():
        page.keyboard.press("ArrowRight")
        expect(page).not_to_have_url(first)
        page.keyboard.press("ArrowLeft")
        expect(page).to_have_url(first)
    page.locator(".steer a:not([data-key])").click()
    page.locator("textarea[name=notes]").fill("Pisteet pidettiin ennallaan.")
    page.locator("button[name=go][value=save]").click()
    told(page)
    page.locator(".tk-tab a[href$='/']").first.click()
    page.locator("button[name=go][value=close]").click()
    expect(page.locator(".minutes")).to_contain_text("Pisteet pidettiin ennallaan.")
