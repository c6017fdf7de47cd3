"""Staff do the same to many proposals: seen first, undone after; by keyboard, without script."""

import datetime as dt

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import Server, Watch, axe, become, sign_in
from tests.e2e.test_rounds import SECOND


def kuopio(server: Server) -> int:
    query = "SELECT id FROM challenges_challenge WHERE slug = ?"
    return int(server.sql(query, steps.KUOPIO)[0][0])


def states(server: Server, pk: int, series: str = "citizens") -> list[str]:
    rows = server.sql(
        "SELECT i.state FROM ideas_idea i JOIN challenges_series s ON s.id = i.series_id"
        " WHERE i.challenge_id = ? AND s.key = ? AND i.number IS NOT NULL ORDER BY i.number",
        *(pk, series),
    )
    return [state for (state,) in rows]


def look_at(page: Page, url: str, template: str) -> None:
    page.goto(url)
    look(page, template)


def test_chosen_by_keyboard_without_script_seen_done_and_undone(
    visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 400")
    steps.close_call(server, steps.KUOPIO)
    pk = kuopio(server)
    before = states(server, pk)
    page, seen = visitor(1440, javascript=False), visitor(1440)  # axe is a script
    become(page, "staff")
    become(seen, "staff")
    page.goto(f"/admin/ideas/{pk}/proposals/?series=citizens&state=submitted")
    for _ in range(2):
        steps.tab_to(page, "input[name=chosen]")
        page.keyboard.press("Space")
    steps.tab_to(page, "select[name=action]")
    page.keyboard.type("Ne eivät")
    steps.tab_to(page, ".tk-bulk button")
    page.keyboard.press("Enter")

    # What would happen; nothing is written by looking, and a refusal without its reason is told.
    expect(page.locator("table.listing tbody tr")).to_have_count(2)
    expect(page.locator("h3")).to_have_text("Ne eivät ole sääntöjen mukaisia")
    assert states(server, pk) == before
    look_at(seen, page.url, "admin/ideas/bulk.html")
    steps.tab_to(page, "form:has(input[name=rows]) button")
    page.keyboard.press("Enter")
    expect(page.locator(".error-message").first).to_be_visible()
    steps.tab_to(page, "textarea[name=words]")
    page.keyboard.type("Ehdotus koskee toista maata.")
    steps.tab_to(page, "form:has(input[name=rows]) button")
    page.keyboard.press("Enter")
    expect(page.locator(".tk-list li")).to_have_count(2)
    assert states(server, pk).count("ineligible") == before.count("ineligible") + 2
    look_at(seen, page.url, "admin/ideas/batch.html")

    # The list offers it too; undoing gives both back, and nobody has been told.
    page.goto(f"/admin/ideas/{pk}/proposals/")
    seen.goto(page.url)
    axe(seen)
    steps.tab_to(page, "form.help-block button")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("kumottu")
    assert states(server, pk) == before
    expect(page.locator("form.help-block")).to_have_count(0)
    waiting = "SELECT COUNT(*) FROM core_mail WHERE template = 'idea_checked'"
    assert server.sql(waiting) == [(0,)]


def test_all_of_the_filter_and_a_row_that_another_person_changed(
    page: Page, visitor: Visitor, server: Server
) -> None:
    steps.close_call(server, steps.KUOPIO)
    pk = kuopio(server)
    become(page, "staff")
    waiting = f"/admin/ideas/{pk}/proposals/?series=citizens&state=submitted"
    page.goto(waiting)
    total = page.locator("input[name=chosen]").count()
    assert total > 2
    page.locator("input[name=which][value=all]").check()
    page.locator(".tk-bulk button").click()
    expect(page.locator("table.listing tbody tr")).to_have_count(total)

    # Meanwhile a colleague refuses one of them.
    second = visitor(1440)
    sign_in(second, server, SECOND)
    second.goto(waiting)
    second.locator("table.listing tbody a").first.click()
    reference = second.locator("h3").first.inner_text().split()[0]
    second.locator("input[name=eligible][value=no]").check()
    second.locator(".tk-check textarea[name=reason]").fill("Ei koske kuntaa.")
    second.locator(".tk-check button:not([name])").first.click()
    expect(second.locator("main")).to_contain_text("Ei koske kuntaa.")

    page.locator("form:has(input[name=rows]) button").click()
    lists = page.locator("ul.tk-list")
    expect(lists.first.locator("li")).to_have_count(total - 1)
    expect(lists.last.locator("li")).to_have_count(1)
    expect(lists.last).to_contain_text(reference)
    assert states(server, pk).count("eligible") == total - 1

    # One of them is changed after the press: undoing leaves it, and says so.
    row = "SELECT id FROM ideas_idea WHERE challenge_id = ? AND state = 'eligible' LIMIT 1"
    server.sql(
        "UPDATE ideas_idea SET hidden_at = ?, hidden_because = 'x' WHERE id = ?",
        *(dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f"), server.sql(row, pk)[0][0]),
    )
    page.locator("form.help-block button").click()
    expect(lists.first.locator("li", has_text="kumottu")).to_have_count(total - 2)
    expect(lists.first.locator(".tk-missing")).to_have_count(1)
    assert states(server, pk).count("eligible") == 1


def test_a_message_to_two_cannot_be_undone(page: Page, server: Server) -> None:
    pk = kuopio(server)
    become(page, "staff")
    page.goto(f"/admin/ideas/{pk}/proposals/")
    for box in page.locator("input[name=chosen]").all()[:2]:
        box.check()
    steps.do_to_chosen(page, "write", "Lähettäkää arvio kustannuksista.")
    expect(page.locator("ul.tk-list li")).to_have_count(2)
    expect(page.locator("form.help-block")).to_have_count(0)
    query = "SELECT COUNT(*) FROM ideas_message WHERE text = 'Lähettäkää arvio kustannuksista.'"
    assert server.sql(query) == [(2,)]
