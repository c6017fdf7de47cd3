"""People and a municipality talk: questions answered to all, following, messages, more time."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, become

SHOWN = "Saako ehdotukseen liittää piirroksen?"


def send(page: Page, selector: str = "main form button[type=submit]") -> None:
    page.wait_for_timeout(int(steps.SLOW_ENOUGH * 1000))  # the time trap takes nobody so quick
    page.locator(selector).last.click()


def test_a_question_is_asked_on_a_phone_without_javascript_and_answered_to_all(
    visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    asker = visitor(390, javascript=False)
    asker.goto(f"/fi/kuopio/{steps.KUOPIO}/")
    asker.locator("a[href$='/kysymykset/']").click()
    asker.locator("input[name=email]").fill("ei osoite")
    send(asker)
    expect(asker.locator(".error-summary")).to_be_visible()
    asker.locator("textarea[name=text]").fill("Minä Maija kysyn, saako piirroksen liittää?")
    asker.locator("input[name=email]").fill("")
    send(asker)
    expect(asker).to_have_url(re.compile("/kysymykset/kiitos/"))

    staff = visitor()
    become(staff, "owner")
    pk = server.sql("SELECT id FROM challenges_challenge WHERE slug = ?", steps.KUOPIO)[0][0]
    staff.goto(f"/admin/challenges/{pk}/questions/")
    staff.get_by_role("link", name=re.compile("Minä Maija kysyn")).click()
    staff.locator("textarea[name=shown]").fill(SHOWN)
    staff.locator("textarea[name=answer]").fill("Saa. Yksi kuva riittää.")
    staff.locator("main form button[type=submit]").first.click()
    expect(staff.get_by_role("link", name=SHOWN)).to_be_visible()

    anybody = visitor()
    anybody.goto(f"/fi/haasteet/{steps.KUOPIO}/kysymykset/")
    expect(anybody.get_by_role("heading", name=SHOWN)).to_be_visible()
    expect(anybody.locator("main")).not_to_contain_text("Maija")


def test_following_is_confirmed_by_letter_and_ended_by_a_press(
    visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    page, address = visitor(390), "seuraaja@selain.example"
    page.goto(f"/fi/haasteet/{steps.KUOPIO}/seuraa/")
    page.locator("main input[name=email]").fill(address)
    send(page)
    link = next(one for one in server.mail.wait(address).links if "/seuraa/" in one)
    page.goto(urlsplit(link).path)
    page.get_by_role("button", name="Kyllä, seuraan").click()
    expect(page.get_by_role("heading", name="Seuraat tätä")).to_be_visible()
    page.get_by_role("button", name="Lopeta seuraaminen").click()
    expect(page.get_by_role("heading", name="Osoitteesi on unohdettu")).to_be_visible()
    page.goto(urlsplit(link).path)
    expect(page.get_by_role("heading", name="Tätä ei enää seurata")).to_be_visible()


def test_staff_ask_for_what_is_missing_and_a_late_one_gets_more_time(
    visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    page, address = visitor(390), "tekija@selain.example"
    page.goto(steps.CITIZEN)
    steps.write_whole(page, "Viestitelty ehdotus", address)
    steps.hand_in(page)
    home = re.sub(r"-kuitti/$", "", urlsplit(page.url).path)

    staff = visitor()
    become(staff, "owner")
    pk, number = server.sql(
        "SELECT challenge_id, number FROM ideas_idea WHERE title = ?", "Viestitelty ehdotus"
    )[0]
    staff.goto(f"/admin/ideas/{pk}/proposals/{number}/")
    ask = staff.locator("form[action$='/message/']")
    ask.locator("textarea[name=text]").fill("Kerrotko vielä, montako lasta kyydissä on?")
    ask.locator("button[type=submit]").click()
    expect(staff.locator("#messages")).to_contain_text("montako lasta")

    page.goto(home)
    expect(page.locator("#messages")).to_contain_text("montako lasta")
    page.locator("#messages textarea").fill("Yksitoista.")
    page.locator("#messages button[type=submit]").click()
    expect(page.locator("#messages")).to_contain_text("Yksitoista.")
    staff.reload()
    expect(staff.locator("#messages")).to_contain_text("Yksitoista.")

    late = visitor(390)
    late.goto(steps.CITIZEN)
    steps.write_whole(late, "Myöhässä tullut", "myohassa@selain.example")
    with steps.closed(server, steps.KUOPIO):
        late.reload()
        late.locator("textarea[name=why]").fill("Juna jäi lumeen.")
        late.locator("form[action$='/-jatkoaika/'] button").click()
        expect(late.get_by_role("heading", name="Olet pyytänyt lisäaikaa")).to_be_visible()
        staff.goto(f"/admin/ideas/{pk}/extensions/")
        expect(staff.locator("main")).to_contain_text("Juna jäi lumeen.")
        expect(staff.locator("main")).not_to_contain_text("Myöhässä tullut")
        row = staff.locator(".tk-check", has_text="Juna jäi lumeen.")
        row.locator("input[name=until]").fill(steps.local_minute(steps.dt.timedelta(hours=1)))
        row.locator("textarea[name=reason]").fill("Liikenne seisoi koko maassa.")
        row.locator("button[type=submit]").click()
        expect(row).to_contain_text("Liikenne seisoi")
        late.goto(re.sub(r"-jatkoaika/$", "-tarkista/", urlsplit(late.url).path))
        steps.hand_in(late)
