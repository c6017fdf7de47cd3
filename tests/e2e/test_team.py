"""A company's proposal with a writer and a reader; somebody finds it like their own and joins."""

import re
import time

from playwright.sync_api import Page, Route, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Letter, Server, Watch, give_code, sign_in
from tests.e2e.test_company import (
    begin,
    fill_cost,
    fill_evidence,
    fill_partners,
    fill_solution,
    part,
    save,
)

SAVED = re.compile(r"\d\d\.\d\d")
OWN_TEXT = "Sen jälkeen 0,40 euroa asukasta kohti vuodessa."


def own(page: Page, address: str, tail: str) -> str:
    """A page of the proposal whose list of parts is at `address`."""
    return address.replace("-osat", tail)


def invite(page: Page, address: str, email: str, role: str) -> None:
    page.goto(own(page, address, "-kirjoittajat"))
    page.locator("input[name=email]").fill(email)
    page.locator(f"form:has(input[name=email]) input[name=role][value={role}]").check()
    page.locator("main form:has(input[name=email]) button").click()
    expect(page.locator(f"ul.team li:has-text('{email}')")).to_have_count(1)


def joins(page: Page, server: Server, email: str, *, name: str = "") -> None:
    """By the letter's link, signing in with its address; named in public if a name is given."""
    letter = server.mail.wait(email, where=lambda one: any("-liity" in link for link in one.links))
    page.goto(link_of(letter, "-liity"))
    give_code(page, server, email)
    expect(page.locator("input[name=show]")).not_to_be_checked()
    if name:
        page.locator("input[name=show]").check()
        page.locator("input[name=name]").fill(name)
    page.locator("main form button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("-liity"))


def link_of(letter: Letter, part_of_it: str) -> str:
    return next(link for link in letter.links if part_of_it in link)


def member(page: Page, email: str) -> str:
    """What the team's page says of a member, tags and all."""
    return page.locator(f"ul.team li:has-text('{email}')").inner_text()


def handed_in(page: Page, address: str, title: str, contact: str) -> None:
    page.goto(address)
    for name, fill in (("cost", fill_cost), ("evidence", fill_evidence)):
        part(page, name)
        fill(page)
        save(page)
    part(page, "solution")
    fill_solution(page, title)
    save(page)
    part(page, "partners")
    fill_partners(page, contact)
    save(page)
    page.locator("main .go a").first.click()
    steps.hand_in(page)


def test_company_with_a_writer_and_a_reader(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    writer, reader = "onni@kyytikutomo.example", "lumi@kyytikutomo.example"
    title = "Kyytikello kertoo koulukyydin viiveen"
    begin(page)
    address = page.url
    part(page, "solution")
    fill_solution(page, title)
    save(page)
    invite(page, address, writer, "writer")
    invite(page, address, reader, "reader")
    assert "Saa lukea" in member(page, reader)

    # The reader reads the draft and has no way to change it.
    reading = visitor(390)
    joins(reading, server, reader)
    expect(reading.locator("h1")).to_contain_text("Kyytikello")
    expect(reading.locator("main")).to_contain_text(steps.PROBLEM)
    expect(reading.locator("main form")).to_have_count(0)
    answer = reading.goto(own(page, address, "solution"))
    assert answer is not None
    assert answer.status == 404

    # Two write the same part at the same time, on a phone and on a desk: both texts are seen.
    other = visitor(390)
    joins(other, server, writer, name="Onni Esimerkki")
    for one in (page, other):
        one.goto(own(page, address, "cost"))
    other.locator("#q-cost").fill("Onnin laskelma: 0,30 euroa asukasta kohti.")
    expect(other.locator("[data-draft-status].saved:not(.failed)")).to_have_text(SAVED)
    page.locator("#q-cost").fill(OWN_TEXT)
    expect(page.locator("[data-draft-status].failed")).to_be_visible()
    steps.go_on(page)
    expect(page.locator("#q-cost")).to_have_value(OWN_TEXT)
    expect(page.locator(".notice.act .rich").first).to_contain_text("Onnin laskelma")
    steps.go_on(page)
    reading.goto(own(page, address, "").rstrip("/") + "/")
    expect(reading.locator("main")).to_contain_text(OWN_TEXT)

    # Handed in: who has allowed it is named, nobody else; the reader follows without forms.
    handed_in(page, address, title, "yhteys@kyytikutomo.example")
    stranger = visitor(1440)
    stranger.goto(f"/fi/haasteet/{steps.KUOPIO}/ehdotukset/?q=Kyytikello")
    steps.reload_until(stranger, ".cards a")
    stranger.locator(".cards a").first.click()
    expect(stranger.locator(".idea-head")).to_contain_text("(Onni Esimerkki)")
    assert reader not in stranger.content()
    reading.reload()
    expect(reading.locator("#messages")).to_be_visible()
    expect(reading.locator("main form")).to_have_count(0)

    # The responsibility goes to the writer, and whoever had it leaves.
    page.goto(own(page, address, "-kirjoittajat"))
    expect(page.locator(f"li:has-text('{reader}') form[action$='-vastuu/']")).to_have_count(0)
    page.locator(f"li:has-text('{writer}') form[action$='-vastuu/'] button").click()
    assert "Vastuuhenkilö" in member(page, writer)
    page.locator("ul.team li:has-text('yhteys@') form[action$='-pois/'] button").click()
    expect(page).to_have_url(re.compile(r"/fi/oma/$"))
    gone = page.goto(own(page, address, "-kirjoittajat"))
    assert gone is not None
    assert gone.status == 404

    # The word is taken back, and the name is off.
    other.goto(own(page, address, "-kirjoittajat"))
    other.locator("input[name=show]").uncheck()
    other.locator("form[action$='-nimi/'] button").click()
    stranger.reload()
    expect(stranger.locator(".idea-head")).to_contain_text("Kyytikutomo")
    steps.reload_until(stranger, ".idea-head:not(:has-text('Onni'))")


def test_saved_is_said_after_the_servers_word_only(
    page: Page, server: Server, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    begin(page)
    address = page.url
    part(page, "cost")
    state = page.locator("[data-draft-status]")
    page.context.set_offline(True)
    page.locator("#q-cost").fill("Kirjoitettu junassa tunnelissa.")
    expect(page.locator("[data-draft-status].failed")).to_be_visible()
    assert not SAVED.search(state.inner_text())
    assert not kept(server, address, "tunnelissa")
    expect(page.locator("#q-cost")).to_have_value("Kirjoitettu junassa tunnelissa.")
    page.context.set_offline(False)
    expect(page.locator("[data-draft-status].saved:not(.failed)")).to_have_text(SAVED)
    assert kept(server, address, "tunnelissa")

    # The line is there but the server has not answered yet.
    waiting: list[Route] = []
    page.route("**/cost/", lambda route: waiting.append(route))  # noqa: PLW0108 - not a built-in
    before = state.inner_text()
    page.locator("#q-cost").fill("Vastausta ei ole vielä tullut.")
    deadline = time.monotonic() + 10
    while not waiting and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    assert state.inner_text() == before
    assert not kept(server, address, "Vastausta")
    waiting[0].continue_()
    page.unroute("**/cost/")
    page.wait_for_function("() => !document.querySelector('[data-draft-status].failed')")
    wait_until_kept(page, server, address, "Vastausta")
    page.reload()
    expect(page.locator("#q-cost")).to_have_value("Vastausta ei ole vielä tullut.")


def kept(server: Server, address: str, word: str) -> bool:
    """Whether the draft at this address has the word in the database."""
    uid = re.search(r"/ehdotus/([0-9a-f-]{36})/", address)
    assert uid
    rows = server.sql("SELECT answers FROM ideas_idea WHERE uid = ?", uid[1].replace("-", ""))
    return any(word in answers.encode().decode("unicode_escape") for (answers,) in rows)


def wait_until_kept(page: Page, server: Server, address: str, word: str) -> None:
    deadline = time.monotonic() + 10
    while not kept(server, address, word):
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


# By keyboard -----------------------------------------------------------------------------------
def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Go on by Tab until the focus is there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"«{selector}» is not reached by Tab")


def test_team_by_keyboard_alone(page: Page, visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 422")
    email = "nappain@kyytikutomo.example"
    begin(page)
    address = page.url
    page.goto(own(page, address, "-kirjoittajat"))
    tab_to(page, "input[name=email]")
    page.keyboard.type(email)
    tab_to(page, "input[name=role]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=role][value=reader]")).to_be_checked()
    page.keyboard.press("ArrowUp")
    tab_to(page, "button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("ul.team li")).to_have_count(2)

    other = visitor(1440)
    sign_in(other, server, email)
    other.goto(link_of(server.mail.wait(email, where=lambda one: "-liity" in one.text), "-liity"))
    tab_to(other, "input[name=show]")
    other.keyboard.press("Space")
    tab_to(other, "button[type=submit]")
    other.keyboard.press("Enter")
    expect(other.locator(".error-summary")).to_be_focused()  # no name yet
    tab_to(other, ".error-summary a")
    other.keyboard.press("Enter")
    expect(other.locator("input[name=name]")).to_be_focused()
    other.keyboard.type("Nelli Näppäin")
    tab_to(other, "button[type=submit]")
    other.keyboard.press("Enter")
    expect(other).not_to_have_url(re.compile("-liity"))

    page.reload()
    tab_to(page, "form[action$='-vastuu/'] button")
    page.keyboard.press("Enter")
    expect(page.locator(f"ul.team li:has-text('{email}')")).to_contain_text("Vastuuhenkilö")
    tab_to(page, "form[action$='-pois/'] button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/fi/oma/$"))


# Joining ---------------------------------------------------------------------------------------
def test_joining_from_similar_without_javascript(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 422")
    title = "Aurauskartta näyttää auratut kouluväylät"
    contact, asker = "yhteys@kyytikutomo.example", "auri@asukas.example"
    begin(page)
    address = page.url
    handed_in(page, address, title, contact)
    page.goto(own(page, address, "-kirjoittajat"))
    page.locator("form[action$='-pyynnot/'] button").click()
    expect(page.locator("form[action$='-pyynnot/'] button[value=no]")).to_be_visible()

    citizen = visitor(390, javascript=False)
    citizen.goto(steps.CITIZEN)
    steps.first_step(citizen, "Auratut kouluväylät kartalle", "Aurauskartta puuttuu kouluväyliltä.")
    steps.go_on(citizen)
    draft = citizen.url
    asking = citizen.locator("#similar li:has-text('Aurauskartta') a[href$='/liity/']")
    deadline = time.monotonic() + 20  # the index hears of the proposal in a moment
    while not asking.count():
        assert time.monotonic() < deadline, "nothing like it is offered to be joined"
        citizen.wait_for_timeout(500)
        citizen.reload()
    door = asking.first.get_attribute("href")
    assert door is not None
    citizen.goto(door)
    give_code(citizen, server, asker)
    expect(citizen.locator("textarea[name=message]")).to_be_visible()
    time.sleep(steps.SLOW_ENOUGH)
    citizen.locator("main form button[type=submit]").click()
    expect(citizen.locator(".error-summary")).to_be_visible()
    citizen.locator("textarea[name=message]").fill("Asun Kuopiossa ja keräsin auraustietoja.")
    time.sleep(steps.SLOW_ENOUGH)
    citizen.locator("main form button[type=submit]").click()
    expect(citizen.locator("textarea[name=message]")).to_have_count(0)

    # Who is responsible hears of it and accepts; the asker takes the place.
    letter = server.mail.wait(contact, where=lambda one: "auraustietoja" in one.text)
    page.goto(link_of(letter, "-kirjoittajat"))
    expect(page.locator("#askers")).to_contain_text(asker)
    page.locator("#askers button[name=role][value=writer]").click()
    expect(page.locator("#askers")).to_have_count(0)
    welcome = server.mail.wait(asker, where=lambda one: "-liity" in one.text)
    citizen.goto(link_of(welcome, "-liity"))
    citizen.locator("main form button[type=submit]").click()
    expect(citizen.locator("h1")).to_contain_text("Aurauskartta")

    # The asker's own draft is where it was left.
    citizen.goto(draft)
    citizen.locator("button[name=back]").click()
    expect(citizen.locator("#q-title")).to_have_value("Auratut kouluväylät kartalle")
