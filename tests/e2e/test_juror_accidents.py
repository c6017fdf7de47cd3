"""A juror in mid-sentence: the session ends, the terms change, the round closes, the page is left;
and the desk on a phone.
"""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, become, sign_in
from tests.e2e.test_jurors import (
    INGRID,
    SISKO,
    TO_SCORE,
    assignments,
    desk,
    saved,
    scores_of,
    sheet_of,
)

ROUND_OF = "SELECT round_id FROM scoring_assignment WHERE id = ?"


def open_sheet(page: Page, server: Server, email: str = SISKO, number: int = 0) -> int:
    here = assignments(server, email, TO_SCORE)[number]
    page.goto(desk(here))
    expect(page.locator("form[data-desk]")).to_be_visible()
    return here


def test_session_ends_in_mid_sentence(page: Page, server: Server, watch: Watch) -> None:
    watch.allow("status of 401", "status of 403")
    become(page, "juror")
    here = open_sheet(page, server)
    page.locator("#comment").fill("Lause alkaa")
    saved(page)
    page.context.clear_cookies(name="sessionid")
    page.locator("#comment").press_sequentially(" ja jatkuu istunnon jälkeen.")
    expect(page.locator("#save-state")).to_contain_text("Istuntosi on päättynyt")
    assert sheet_of(server, here)[1] == "Lause alkaa"

    with page.expect_popup() as opened:
        page.locator("#save-state a").click()
    sign_in_again = opened.value
    sign_in_again.wait_for_url(re.compile("/kirjaudu/"))
    sign_in_again.locator("button[name=person][value=juror]").click()
    expect(sign_in_again.locator("form[data-desk]")).to_be_visible()
    saved(page)  # by itself, in the window where it was written
    assert sheet_of(server, here)[1] == "Lause alkaa ja jatkuu istunnon jälkeen."


def test_page_is_left_before_the_pause_after_typing(page: Page, server: Server) -> None:
    become(page, "juror")
    here = open_sheet(page, server)
    page.locator("#note").fill("Lähdin heti.")
    page.locator("a.back").click()
    expect(page.locator(".queue-list")).to_be_visible()
    query = "SELECT note FROM scoring_scoresheet WHERE assignment_id = ?"
    for _ in range(50):
        if server.sql(query, here) == [("Lähdin heti.",)]:
            break
        page.wait_for_timeout(100)
    assert server.sql(query, here) == [("Lähdin heti.",)]


def test_round_closes_in_mid_sentence(page: Page, server: Server, watch: Watch) -> None:
    watch.allow("status of 423")
    sign_in(page, server, INGRID)
    here = open_sheet(page, server, INGRID)
    page.locator("#comment").fill("Ehti ajoissa.")
    saved(page)
    (round_id,) = server.sql(ROUND_OF, here)[0]
    server.sql("UPDATE scoring_round SET state = 'closed' WHERE id = ?", round_id)
    try:
        page.locator("#comment").fill("Ei ehtinyt.")
        expect(page.locator("#save-state")).to_contain_text("Kierros on päättynyt")
        expect(page.locator("#left-over")).to_contain_text("Ei ehtinyt.")
        expect(page.locator("#comment")).to_have_attribute("readonly", "")
        expect(page.locator("button[name=go][value=submit]")).to_be_disabled()
        assert sheet_of(server, here)[1] == "Ehti ajoissa."
        # Nothing is lost by a reload: what is on the sheet, and beside it what is not.
        page.reload()
        expect(page.locator("#comment")).to_have_value("Ehti ajoissa.")
        expect(page.locator("#left-over")).to_contain_text("Ei ehtinyt.")
    finally:
        server.sql("UPDATE scoring_round SET state = 'open' WHERE id = ?", round_id)


def test_levels_tell_their_words_on_the_way(page: Page, server: Server) -> None:
    become(page, "juror")
    open_sheet(page, server)
    box = page.locator("fieldset.crit").nth(1)
    words = box.locator("[data-anchor]")
    question = words.inner_text()
    radios = box.locator("input[type=radio]")
    radios.nth(2).focus()
    expect(words).to_have_text(radios.nth(2).get_attribute("data-words") or "-")
    page.locator("#comment").focus()
    expect(words).to_have_text(question)
    # Whatever is chosen, all criteria and the buttons stay on one screen beside the text.
    for one in page.locator("fieldset.crit").all():
        labels = one.locator(".scale input")
        lengths = labels.evaluate_all("all => all.map(a => a.dataset.words.length)")
        labels.nth(lengths.index(max(lengths))).check(force=True)
    saved(page)
    page.locator(".rubric").evaluate("one => { one.scrollTop = 0; }")
    bottom = page.locator("fieldset.crit .scale").last.bounding_box()
    bar = page.locator(".fix").bounding_box()
    assert bottom
    assert bar
    assert bottom["y"] + bottom["height"] <= bar["y"]
    assert bar["y"] + bar["height"] <= 900
    expect(page.locator(".read h1")).to_be_in_viewport()


def test_a_proposal_is_scored_on_a_phone(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    phone = visitor(390)
    become(phone, "juror")
    here = open_sheet(phone, server)
    phone.locator(".jump a").tap()
    first = phone.locator("fieldset.crit").first
    expect(first).to_be_in_viewport(ratio=1)
    expect(phone.locator(".keys")).to_be_hidden()
    boxes = phone.locator("fieldset.crit").all()
    for box in boxes:
        label = box.locator(".scale label").nth(2)
        size = label.bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 44
        label.tap()
    saved(phone)
    expect(phone.locator("#scored")).to_have_text(str(len(boxes)))
    expect(phone.locator(".tot small")).to_contain_text("Keskiarvosi")
    assert set(scores_of(server, here).values()) == {3}
    # Back to the text and down again; then over a dead line.
    phone.locator(".to-text").tap()
    expect(phone.locator(".read h1")).to_be_in_viewport()
    phone.context.set_offline(True)
    phone.locator("#comment").fill("Junassa, puhelimella.")
    expect(phone.locator("#save-state")).to_contain_text("Yhteys katkesi")
    phone.context.set_offline(False)
    saved(phone)
    assert sheet_of(server, here) == ("draft", "Junassa, puhelimella.")
    phone.context.set_offline(True)
    phone.locator("[data-key-right]").tap()
    expect(phone.locator("#save-state")).to_contain_text("Jatkamme, kun se palaa")
    phone.context.set_offline(False)
    expect(phone).not_to_have_url(re.compile(rf"/arvio/{here}/"))
    phone.goto(desk(here))
    wide = "() => document.documentElement.scrollWidth"
    assert phone.evaluate(wide) == 390
    # The strip is a line for each, best first; nothing to be pushed sideways.
    (juror,) = server.sql("SELECT juror_id FROM scoring_assignment WHERE id = ?", here)[0]
    phone.goto(f"/fi/tuomari/{juror}/omat/")
    expect(phone.locator(".mine .at").first).to_be_visible()
    expect(phone.locator(".strip-box")).to_be_hidden()
    places = phone.locator(".mine .at circle").evaluate_all(
        "all => all.map(a => +a.getAttribute('cx'))"
    )
    assert places == sorted(places, reverse=True)
    assert phone.evaluate(wide) == 390


def test_terms_change_in_mid_sentence(page: Page, server: Server, watch: Watch) -> None:
    watch.allow("status of 403", "status of 409")
    become(page, "juror")
    here = open_sheet(page, server, number=1)
    server.python(
        "from accounts.queries import staff_of\n"
        "from core import clock\n"
        "from scoring.actions.terms import write_terms\n"
        "from scoring.models import Assignment\n"
        f"found = Assignment.objects.get(pk={here}).idea.challenge\n"
        "write_terms(challenge=found, body={'fi': 'Lupaan uuden asian.'}, "
        "by=staff_of(found.owner)[0], at=clock.now())"
    )
    page.locator("#comment").fill("Kirjoitettu ennen ehtoja.")
    expect(page.locator("#save-state")).to_contain_text("hyväksy ne ensin")
    assert sheet_of(server, here)[1] == ""
    with page.expect_popup() as opened:
        page.locator("#save-state a").click()
    terms = opened.value
    expect(terms.locator("main")).to_contain_text("Lupaan uuden asian.")
    terms.locator("#agree").check()
    terms.locator("main form button[type=submit]").click()
    expect(terms).to_have_url(re.compile(rf"/arvio/{here}/"))  # where one was going
    saved(page)
    assert sheet_of(server, here)[1] == "Kirjoitettu ennen ehtoja."
