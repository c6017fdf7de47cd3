"""A municipality's editor changes its own solution in the back office; the platform approves it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, axe, become

# Wagtail's own pages of editing begin from the second level.
HEADING = ["page-has-heading-one"]
WORD = "revontulikettu"
SUMMARY = f"Lapsen polku talteen kuvina: {WORD}."


def open_own(page: Page, title: str) -> None:
    """From the list of the back office, as an editor goes."""
    page.goto("/admin/solutions/")
    page.locator("table.listing").get_by_role("link", name=title, exact=True).click()
    expect(page.locator("[name=title]")).to_have_value(title)


def more(page: Page, words: str) -> None:
    """One of the deeds beside saving."""
    page.get_by_role("button", name="Lisää toimintoja").click()
    page.locator("footer").get_by_role("button", name=words).click()


def test_from_draft_to_the_public_page(visitor: Visitor, server: Server) -> None:
    pk, slug, title, summary = server.sql(
        "SELECT s.id, s.slug, s.title, s.summary FROM catalogue_solution s"
        " JOIN accounts_organisation o ON o.id = s.owner_id"
        " WHERE o.name = 'Mikkeli' AND s.live = 1 ORDER BY s.id LIMIT 1"
    )[0]
    editor, stranger = visitor(1440), visitor(390)
    become(editor, "mikkeli-a")
    open_own(editor, title)
    axe(editor, without=HEADING)
    editor.locator("[name=summary]").fill(SUMMARY)
    editor.get_by_role("button", name="Tallenna luonnos").click()
    expect(editor.locator(".messages .success")).to_be_visible()
    expect(editor.locator("[name=summary]")).to_have_value(SUMMARY)

    stranger.goto(f"/fi/ratkaisut/{slug}/")
    expect(stranger.locator("p.lead")).to_have_text(summary)
    stranger.goto(f"/fi/ratkaisut/?q={WORD}")  # what is shown at most are near misses
    expect(stranger.locator("#found")).not_to_contain_text(SUMMARY)

    editor.locator("[data-side-panel-toggle=preview]").click()
    preview = editor.frame_locator("[data-side-panel=preview] iframe[src]").last
    expect(preview.locator("p.lead")).to_have_text(SUMMARY)
    editor.locator("[data-side-panel-toggle=preview]").click()
    more(editor, "Lähetä työnkulkuun")
    expect(editor.locator(".messages .success")).to_be_visible()

    owner = visitor(1440)
    become(owner, "owner")
    owner.goto("/admin/")
    owner.locator("main").get_by_role("link", name=title, exact=True).first.click()
    expect(owner.locator("[name=summary]")).to_have_value(SUMMARY)
    more(owner, "Hyväksy ja julkaise")
    expect(owner.locator(".messages .success")).to_be_visible()

    stranger.goto(f"/fi/ratkaisut/{slug}/")
    steps.reload_until(stranger, f"p.lead:has-text('{WORD}')")
    stranger.goto(f"/fi/ratkaisut/?q={WORD}")
    steps.reload_until(stranger, f".sol mark:has-text('{WORD}')")
    expect(stranger.locator(".sol h3 a")).to_have_attribute("href", re.compile(slug))

    editor.goto(f"/admin/solutions/history/{pk}/")
    editor.locator("main td [data-w-dropdown-target=toggle]").first.click()
    editor.get_by_role("link", name="Vertaa edelliseen versioon").click()
    expect(editor.locator("main .addition", has_text=WORD)).to_be_visible()
    expect(editor.locator("main .deletion").first).to_be_visible()
    axe(editor, without=HEADING)


def test_locked_by_one_waits_for_the_others(visitor: Visitor, server: Server) -> None:
    pk, title = server.sql(
        "SELECT s.id, s.title FROM catalogue_solution s"
        " JOIN accounts_organisation o ON o.id = s.owner_id"
        " WHERE o.name = 'Mikkeli' AND s.live = 1 ORDER BY s.id LIMIT 1 OFFSET 1"
    )[0]
    first, second = visitor(1440), visitor(1440)
    become(first, "mikkeli-a")
    open_own(first, title)
    first.locator("[data-side-panel-toggle=status]").click()
    first.locator("[data-side-panel=status]").get_by_text("Lukitse", exact=True).click()
    expect(first.locator("[data-side-panel=status]")).to_contain_text("Lukittu")

    become(second, "mikkeli-b")
    second.goto(f"/admin/solutions/edit/{pk}/")
    expect(second.locator(".messages")).to_contain_text("lukittiin")
    expect(second.get_by_role("button", name="Tallenna luonnos")).to_have_count(0)
    first.locator("[data-side-panel=status]").get_by_text("Lukitse", exact=True).click()
    expect(first.locator("[data-side-panel=status]")).to_contain_text("Ei lukittu")
    second.reload()
    expect(second.get_by_role("button", name="Tallenna luonnos")).to_be_visible()


def test_anothers_is_not_there(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 404")
    pk, title = server.sql(
        "SELECT s.id, s.title FROM catalogue_solution s"
        " JOIN accounts_organisation o ON o.id = s.owner_id WHERE o.name = 'Mikkeli' LIMIT 1"
    )[0]
    page = visitor(390)
    become(page, "staff")
    page.goto("/admin/solutions/")
    expect(page.locator("table.listing")).to_contain_text("Kuopio")
    expect(page.locator("table.listing")).not_to_contain_text("Mikkeli")
    for name in ("edit", "history", "delete", "usage"):
        answer = page.goto(f"/admin/solutions/{name}/{pk}/")
        assert answer is not None
        assert answer.status == 404, name
        expect(page.locator("body")).not_to_contain_text(title)
