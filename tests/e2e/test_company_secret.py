"""A company marks a trade secret: told what lacks, sees who reads what, and others do not."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import files, steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import Server, Watch, become
from tests.e2e.test_company import (
    begin,
    fill_cost,
    fill_evidence,
    fill_partners,
    fill_solution,
    part,
    save,
)

SECRET = "Reititys lukee tienpinnan lämpötilat omalla menetelmällä qzsalaisuus."
WHY = "Menetelmää ei ole julkaistu"


def box(page: Page, name: str) -> None:
    """Open the secret part of a question, unless it is open."""
    found = page.locator(f"details.secret-box:has([name={name}-why])")
    if found.get_attribute("open") is None:
        found.locator("summary").click()


def test_company_hands_in_a_secret(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 422", "status of 404")
    page, title = visitor(1440), "Salainen reittiapu"
    begin(page)
    part(page, "solution")
    fill_solution(page, title)
    box(page, "solution")
    page.locator("#q-solution-secret").fill(SECRET)
    expect(page.locator("[data-draft-status].saved")).to_have_text(re.compile(r"\d\d\.\d\d"))
    steps.go_on(page)
    # Without a reason it goes no further, and the text is there still.
    expect(page.locator("#q-solution-why")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#q-solution-secret")).to_have_value(SECRET)
    look(page, "ideas/step.html")
    page.locator("#q-solution-why").fill(WHY)
    public = page.locator("#q-solution").input_value()
    page.locator("#q-solution").fill("")
    steps.go_on(page)
    expect(page.locator("#q-solution")).to_have_attribute("aria-invalid", "true")
    page.locator("#q-solution").fill(public)
    save(page)

    part(page, "attachments")
    box(page, "attachments")
    secret_files = page.locator("input[name=attachments-secret]")
    secret_files.set_input_files([files.upload("laskelma.pdf", files.pdf())])
    page.locator("details button[name=upload]").click()
    expect(page.locator("details .file-row a.name")).to_have_text(["laskelma.pdf"])
    page.locator("#q-attachments-why").fill("Asiakkaan luvut")
    save(page)
    for name, fill in (("evidence", fill_evidence), ("cost", fill_cost)):
        part(page, name)
        fill(page)
        save(page)
    part(page, "partners")
    fill_partners(page, "salaisuus@reittiapu.example")
    save(page)

    page.locator("main .go a").first.click()
    expect(page.locator(".error-summary")).to_have_count(0)
    for words in ("qzsalaisuus", WHY, "laskelma.pdf"):
        expect(page.locator(".closed-side")).to_contain_text(words)
        expect(page.locator(".open-side")).not_to_contain_text(words)
    look(page, "ideas/preview.html")
    steps.hand_in(page)
    page.goto(page.url.replace("-kuitti/", ""))
    expect(page.locator("main")).to_contain_text("qzsalaisuus")
    look(page, "ideas/status.html")

    stranger = visitor(1440)
    stranger.goto(f"/fi/haasteet/{steps.KUOPIO}/ehdotukset/?q=Salainen reittiapu")
    steps.reload_until(stranger, ".cards a")
    stranger.locator(".cards a").first.click()
    expect(stranger.locator("main")).to_contain_text(title)
    for words in ("qzsalaisuus", WHY, "laskelma.pdf"):
        assert words not in stranger.content()
    # The call is open: the host's staff read the answers, and no secret yet.
    staff = visitor(1440)
    become(staff, "staff")
    pk, number = server.sql(
        "SELECT challenge_id, number FROM ideas_idea WHERE title = ? AND number IS NOT NULL", title
    )[0]
    for address in (f"/admin/ideas/{pk}/proposals/{number}/", f"/fi/haasteet/{steps.KUOPIO}/"):
        staff.goto(address)
        assert "qzsalaisuus" not in staff.content()


def test_secret_part_needs_no_scripts(no_js: Page, watch: Watch) -> None:
    watch.allow("status of 422")
    begin(no_js)
    part(no_js, "cost")
    fill_cost(no_js)
    box(no_js, "cost")
    no_js.locator("#q-cost-secret").fill(SECRET)
    steps.go_on(no_js)
    expect(no_js.locator("#q-cost-why")).to_have_attribute("aria-invalid", "true")
    no_js.locator("#q-cost-why").fill(WHY)
    save(no_js)
    part(no_js, "cost")
    expect(no_js.locator("#q-cost-secret")).to_have_value(SECRET)
