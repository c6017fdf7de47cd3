"""Staff try a form in the back office: as an entrant on a phone, as a juror, as the press."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.support import Server, Watch, become


def test_form_is_tried_as_an_entrant_and_read_as_others_read(
    page: Page, server: Server, watch: Watch
) -> None:
    watch.allow("status of 422")
    before = server.sql("SELECT COUNT(*) FROM ideas_idea")
    challenge = server.sql("SELECT id FROM challenges_challenge WHERE slug = ?", steps.KUOPIO)[0][0]
    become(page, "owner")
    page.goto(f"/admin/challenges/{challenge}/forms/citizens/preview/")
    page.locator("main a[href*='/trial/']").click()
    frame = page.frame_locator("iframe.tk-frame")
    expect(frame.locator("#q-problem")).to_be_visible()
    frame.locator(".go button").first.click()
    expect(frame.locator(".error-summary")).to_be_visible()
    frame.locator("#q-problem").fill("Kokeilu: linja-auto ei pysähdy koululla.")
    expect(frame.locator("[data-draft-status].saved")).to_contain_text("Kokeilu")

    page.locator("button[name=examples]").click()
    page.locator("nav.tk-trial a[href*='width=desk']").click()
    expect(page.locator("iframe.tk-frame.desk")).to_be_visible()
    for number in range(1, 5):
        expect(frame.locator("form.ask .hint").first).to_contain_text(f"{number}/4")
        frame.locator(".go button").first.click()
    expect(frame.locator("dl.answers").first).to_be_visible()
    frame.locator("form[action$='-submit/'] button").click()
    expect(frame.locator(".receipt .number")).to_be_visible()

    page.locator("nav.tk-trial a[href*='as=juror']").click()
    expect(frame.locator("dl.answers")).to_be_visible()
    page.locator("nav.tk-trial a[href*='as=press']").click()
    expect(frame.locator("dl.answers")).not_to_contain_text(re.compile("ehdottaja@"))
    assert server.sql("SELECT COUNT(*) FROM ideas_idea") == before
