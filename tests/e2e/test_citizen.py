"""A citizen on a phone, without an account: from the door to the receipt and after."""

import re
import time

from playwright.sync_api import Page, expect

from tests.e2e import files, steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch

SHA256 = re.compile(r"^[0-9a-f]{64}$")


def test_citizen_proposes_on_a_phone(
    phone: Page, server: Server, visitor: Visitor, watch: Watch
) -> None:
    watch.allow("status of 422")
    address = "aino@asukas.example"
    phone.goto("/fi/")
    phone.locator(f".call a[href*='{steps.KUOPIO}']").click()
    phone.locator(f".doors a[href$='{steps.CITIZEN}']").click()
    began = time.monotonic()

    # What is wrong is said on top, beside the field, and typed text stays.
    phone.locator("#q-title").fill("Viesti myöhästyvästä koulukyydistä")
    steps.go_on(phone)
    summary = phone.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(phone.locator("#q-problem")).to_have_attribute("aria-invalid", "true")
    expect(phone.locator("#q-title")).to_have_value("Viesti myöhästyvästä koulukyydistä")
    summary.locator("a").first.click()
    expect(phone.locator("#q-problem")).to_be_focused()

    # Written text is saved by the server, and what resembles it appears.
    phone.locator("#q-problem").fill(steps.PROBLEM)
    expect(phone.locator("[data-draft-status].saved")).to_have_text(re.compile(r"\d\d\.\d\d"))
    expect(phone.locator("#similar li").first).to_be_visible()
    expect(phone.locator("#similar a").first).to_have_attribute("href", re.compile("/fi/"))

    # The link goes to one's mail and opens on another device where the text was left.
    phone.locator("button[name=later]").click()
    phone.locator("#email").fill(address)
    phone.locator("main form button[type=submit]").click()
    expect(phone.locator(".notice[role=status]")).to_contain_text(address)
    link = next(one for one in server.mail.wait(address).links if "/e/" in one)

    other = visitor(390)
    other.goto(link)
    steps.second_step(other)
    steps.go_on(other)
    steps.go_on(other)  # the proposal itself may be left out
    other.locator("#q-contact_email").fill("aino(at)asukas.example")
    other.locator("input[name=name_public][value=no]").check()
    steps.go_on(other)
    expect(other.locator("#q-contact_email")).to_have_attribute("aria-invalid", "true")
    expect(other.locator(".error-summary")).to_contain_text("@")
    steps.fourth_step(other, address)
    steps.go_on(other)

    # Check the answers, change one, come back to the check.
    expect(other.locator("dl.answers")).to_have_count(4)
    other.locator("a[href*='/people/?to=review']").first.click()
    other.locator("input[name=how_often][value=daily]").check()
    steps.go_on(other)
    expect(other.locator("dl.answers").nth(1)).to_contain_text("Päivittäin")
    steps.take_time(began)
    sent_before = len(server.mail.to(address))
    steps.hand_in(other)

    number = other.locator(".receipt .number").inner_text()
    assert re.fullmatch(r"2\d{3}-\d{4}", number)
    digest = other.locator(".receipt .hash").inner_text()
    assert SHA256.match(digest)
    expect(other.locator(".receipt dd").first).to_have_text(
        re.compile(r"\d+\.\d+\.20\d\d \d\d\.\d\d\.\d\d")
    )
    letter = server.mail.wait(address, after=sent_before)
    assert number in letter.text
    assert digest in letter.text

    # The private page: where it is, what was sent; a new version has the same number.
    other.goto(next(one for one in letter.links if "/e/" in one))
    expect(other.locator(".trail li")).to_have_count(5)
    expect(other.locator(".trail li[aria-current=step]")).to_be_visible()
    other.locator("a.btn[href$='/-tarkista/']").first.click()
    other.locator("a[href*='/problem/?to=review']").first.click()
    other.locator("#q-title").fill("Viesti, kun koulukyyti myöhästyy")
    steps.go_on(other)
    steps.hand_in(other)
    expect(other.locator(".receipt .number")).to_have_text(number)
    assert other.locator(".receipt .hash").inner_text() != digest
    other.goto(link)
    expect(other.locator("main table tbody tr")).to_have_count(2)
    expect(other.locator("h1")).to_contain_text("Viesti, kun")

    # Others see it, but not who sent it.
    stranger = visitor(1440)
    stranger.goto(f"/fi/haasteet/{steps.KUOPIO}/ehdotukset/?q=Viesti")
    steps.reload_until(stranger, ".cards a:has-text('Viesti, kun')")
    stranger.locator(".cards a:has-text('Viesti, kun')").click()
    assert address not in stranger.content()
    assert number in stranger.inner_text("main")


def test_pressing_twice_and_going_back_make_one_proposal(phone: Page, server: Server) -> None:
    title = "Kahdesti painettu ehdotus"
    steps.write_whole(phone, title, "kaksi@asukas.example")
    button = phone.locator("form[action$='/-laheta/'] button")
    button.dblclick(no_wait_after=True)
    expect(phone).to_have_url(steps.RECEIPT)
    number = phone.locator(".receipt .number").inner_text()
    phone.go_back()
    phone.locator("form[action$='/-laheta/'] button").click()
    expect(phone.locator(".receipt .number")).to_have_text(number)
    assert steps.states_of(server, title) == ["submitted"]
    server.mail.wait("kaksi@asukas.example")
    letters = server.mail.to("kaksi@asukas.example")
    assert len({letter.subject for letter in letters}) == 1


def test_back_to_the_door_goes_on_with_the_same_draft(phone: Page, server: Server) -> None:
    title = "Takaisin ovelle"
    phone.goto(steps.CITIZEN)
    steps.first_step(phone, title)
    steps.go_on(phone)
    expect(phone.locator("#q-municipality")).to_be_visible()
    phone.go_back()
    expect(phone.locator("#q-title")).to_have_value(title)
    phone.locator("#q-title").fill(title + " taas")
    phone.locator("#q-problem").fill(steps.PROBLEM + " Taas.")
    steps.go_on(phone)
    expect(phone.locator("#q-municipality")).to_be_visible()
    assert steps.states_of(server, "Takaisin ovelle") == ["draft"]


def test_two_tabs_lose_no_text(phone: Page, visitor: Visitor, watch: Watch) -> None:
    watch.allow("status of 409")
    phone.goto(steps.CITIZEN)
    steps.first_step(phone, "Kaksi välilehteä")
    steps.go_on(phone)
    steps.second_step(phone)
    steps.go_on(phone)
    phone.locator("#q-solution").fill("Alkuperäinen teksti.")
    expect(phone.locator("[data-draft-status].saved")).to_be_visible()
    second = phone.context.new_page()
    second.goto(phone.url)
    phone.locator("#q-solution").fill("Ensimmäisen ikkunan teksti.")
    expect(phone.locator("[data-draft-status]")).to_have_text(re.compile(r"\d\d\.\d\d"))
    steps.go_on(phone)
    expect(phone.locator("#q-contact_email")).to_be_visible()
    second.locator("#q-solution").fill("Toisen ikkunan teksti.")
    expect(second.locator("[data-draft-status].failed")).to_be_visible()
    steps.go_on(second)
    expect(second.locator("#q-solution")).to_have_value("Toisen ikkunan teksti.")
    expect(second.locator(".notice.act .rich").first).to_contain_text("Ensimmäisen ikkunan")
    steps.go_on(second)
    expect(second.locator("#q-contact_email")).to_be_visible()


def test_broken_line_keeps_the_text_and_sends_it_later(phone: Page, watch: Watch) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    phone.goto(steps.CITIZEN)
    phone.context.set_offline(True)
    steps.first_step(phone, "Yhteys poikki")
    expect(phone.locator("[data-draft-status].failed")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.locator("[data-draft-status].saved:not(.failed)")).to_have_text(
        re.compile(r"\d\d\.\d\d")
    )
    expect(phone).to_have_url(re.compile(r"/fi/e/"))
    phone.reload()
    expect(phone.locator("#q-title")).to_have_value("Yhteys poikki")


def test_whole_path_works_without_javascript(no_js: Page, server: Server) -> None:
    page, address = no_js, "ilman@skriptia.example"
    page.goto(f"/fi/kuopio/{steps.KUOPIO}/")
    page.locator(f".doors a[href$='{steps.CITIZEN}']").click()
    steps.go_on(page)
    expect(page.locator(".error-summary a")).to_have_count(2)
    steps.first_step(page, "Ilman skriptiä")
    began = time.monotonic()
    page.locator("button[name=later]").click()
    page.locator("#email").fill(address)
    page.locator("main form button[type=submit]").click()
    link = next(one for one in server.mail.wait(address).links if "/e/" in one)
    page.goto(link)
    steps.second_step(page)
    page.locator("button[name=back]").click()
    expect(page.locator("#q-title")).to_have_value("Ilman skriptiä")
    expect(page.locator("#similar li").first).to_be_visible()
    steps.go_on(page)
    expect(page.locator("#q-municipality")).not_to_have_value("")
    steps.go_on(page)
    page.locator("input[type=file]").set_input_files([files.upload("piirros.png", files.png())])
    page.locator("button[name=upload]").click()
    expect(page.locator(".file-row a.name")).to_have_text("piirros.png")
    steps.go_on(page)
    steps.fourth_step(page, address)
    steps.go_on(page)
    steps.take_time(began)
    sent_before = len(server.mail.to(address))
    steps.hand_in(page)
    number = page.locator(".receipt .number").inner_text()
    assert number in server.mail.wait(address, after=sent_before).text
    page.locator("main a.btn").first.click()
    expect(page.locator(".trail li")).to_have_count(5)


def test_late_text_is_kept_and_the_page_says_so(
    phone: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    """Closes the call: the last test of the file."""
    watch.allow("status of 409")
    phone.goto(steps.CITIZEN)
    steps.first_step(phone, "Myöhästynyt ehdotus")
    steps.go_on(phone)
    steps.second_step(phone)
    door = visitor(390, javascript=False)  # nothing of this text has been saved yet
    door.goto(steps.CITIZEN)
    steps.first_step(door, "Ovella myöhästynyt")

    steps.close_call(server, steps.KUOPIO)
    steps.go_on(phone)
    expect(phone.locator("h1")).to_have_text(re.compile(r"päättyi|sulkeutui"))
    expect(phone.locator("main")).to_contain_text("Koulukyyti on talvella myöhässä")
    expect(phone.locator("main a[href^='mailto:']")).to_be_visible()
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Myöhästynyt ehdotus")

    steps.go_on(door)
    expect(door.locator("dl.answers")).to_contain_text("Ovella myöhästynyt")
    door.goto(steps.CITIZEN)
    expect(door.locator("h1")).to_have_text(re.compile(r"päättyi|sulkeutui"))
    expect(door.locator("main form")).to_have_count(0)
    assert steps.states_of(server, "Myöhästynyt ehdotus") == ["draft"]
