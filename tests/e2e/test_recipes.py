"""A challenge becomes a recipe, goes out and comes in as a file, and makes another challenge; the
form of an open challenge is corrected, and a form is tried, by keyboard alone."""

import re
from pathlib import Path

from playwright.sync_api import Frame, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import Server, axe, become

WHY = "Kysymys ymmärrettiin väärin."


def kuopio(server: Server) -> int:
    query = "SELECT id FROM challenges_challenge WHERE slug = ?"
    return int(server.sql(query, steps.KUOPIO)[0][0])


def test_saved_exported_imported_and_used_off_the_holidays(page: Page, server: Server) -> None:
    pk = kuopio(server)
    become(page, "staff")
    page.goto(f"/admin/challenges/{pk}/recipe/")
    look(page, "admin/challenges/recipe_save.html")
    page.locator("input[name=name]").fill("Kuopion malli")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".tk-links").first).to_contain_text("Kuopion malli")
    with page.expect_download() as download:
        page.locator(".tk-links li", has_text="Kuopion malli").locator("a").first.click()
    file = Path(download.value.path())

    page.goto("/admin/challenges/recipes/import/")
    look(page, "admin/challenges/recipe_import.html")
    words = file.read_text().replace("Kuopion malli", "Tuotu malli")
    page.locator("input[name=file]").set_input_files(
        [{"name": "resepti.json", "mimeType": "application/json", "buffer": words.encode()}]
    )
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".tk-links").first).to_contain_text("Tuotu malli")

    # The call of 33 days would close on Independence Day: it closes on the day after, and says so.
    page.locator("select[name=recipe]").select_option(label="Tuotu malli")
    page.locator("input[name=title_fi]").fill("Reseptistä tehty")
    page.locator("input[name=opens_on]").fill("2028-11-03")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".tk-checklist")).to_be_visible()
    expect(page.locator(".messages").first).to_contain_text(
        re.compile("6.12.2028|itsenäisyys", re.IGNORECASE)
    )
    made = int(re.findall(r"/challenges/(\d+)/", page.url)[0])
    closes = server.sql(
        "SELECT ends_at FROM challenges_phase WHERE kind = 'submission' AND challenge_id = ?", made
    )[0][0]
    assert str(closes).startswith("2028-12-07")
    forms = (
        "SELECT s.key, f.definition FROM challenges_formversion f JOIN challenges_series s"
        " ON s.id = f.series_id WHERE s.challenge_id = ? AND f.number = 1 ORDER BY s.key"
    )
    assert server.sql(forms, made) == server.sql(forms, pk)


def test_an_open_form_is_corrected_by_keyboard_alone(
    page: Page, visitor: Visitor, server: Server
) -> None:
    pk = kuopio(server)
    early = visitor(390)
    early.goto(steps.CITIZEN)
    steps.first_step(early, "Aloitettu ennen korjausta")
    steps.go_on(early)
    expect(early.locator("input[name=who]").first).to_be_visible()

    become(page, "staff")
    page.goto(f"/admin/challenges/{pk}/forms/citizens/")
    steps.tab_to(page, "form[action$='/correction/'] button")
    page.keyboard.press("Enter")
    expect(page.locator("#reason")).to_be_visible()
    axe(page)
    steps.tab_to(page, "a[href$='/question/how_often/']")
    page.keyboard.press("Enter")
    expect(page.locator("[name=label_fi]")).to_be_visible()
    steps.tab_to(page, "[name=label_fi]")
    page.keyboard.press("Control+a")
    page.keyboard.type("Kuinka usein tämä haittaa?")
    steps.tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".tk-step").nth(1)).to_contain_text("Kuinka usein tämä haittaa?")

    # Until it is published, whoever begins is asked as before.
    steps.tab_to(page, "#reason")
    page.keyboard.type(WHY)
    steps.tab_to(page, "button[name=do][value=publish]")
    page.keyboard.press("Enter")
    expect(page.locator("#reason")).to_have_count(0)

    early.reload()
    expect(early.locator("main")).to_contain_text("Kuinka usein?")
    late = visitor(390)
    late.goto(steps.CITIZEN)
    steps.first_step(late, "Aloitettu korjauksen jälkeen")
    steps.go_on(late)
    expect(late.locator("main")).to_contain_text("Kuinka usein tämä haittaa?")
    digests = server.sql(
        "SELECT COUNT(DISTINCT i.form_id) FROM ideas_idea i WHERE i.title LIKE 'Aloitettu %'"
    )
    assert digests == [(2,)]


def frame_tab(page: Page, frame: Frame, selector: str, most: int = 200) -> None:
    """Go by Tab to something inside the frame."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if frame.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"«{selector}» is not reached by Tab")


def test_a_form_is_tried_by_keyboard_alone(page: Page, server: Server) -> None:
    before = server.sql("SELECT COUNT(*) FROM ideas_idea")
    become(page, "staff")
    page.goto(f"/admin/ideas/{kuopio(server)}/trial/citizens/")
    inside = page.frame_locator("iframe.tk-frame")
    expect(inside.locator("#q-problem")).to_be_visible()
    steps.tab_to(page, "button[name=examples]")
    page.keyboard.press("Enter")
    for number in range(1, 5):
        expect(inside.locator("form.ask .hint").first).to_contain_text(f"{number}/4")
        frame_tab(page, page.frames[1], ".go button")
        page.keyboard.press("Enter")
    expect(inside.locator("dl.answers").first).to_be_visible()
    frame_tab(page, page.frames[1], "form[action$='-submit/'] button")
    page.keyboard.press("Enter")
    expect(inside.locator(".receipt .number")).to_be_visible()
    assert server.sql("SELECT COUNT(*) FROM ideas_idea") == before
