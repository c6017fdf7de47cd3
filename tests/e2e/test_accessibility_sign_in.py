"""The second step of sign-in in a browser, where the operator asks staff and jurors for it: the way
through it, and each of its pages by axe at two widths, also without JavaScript.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.authenticator import code
from tests.e2e import support
from tests.e2e.conftest import Visitor
from tests.e2e.looking import WIDTHS, look
from tests.e2e.support import Letter, Server, Watch, become

PEOPLE = {1440: "staff", 390: "mikkeli-a"}
INDEX = "/fi/oma/vahvistus/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("var") / "var"
    with support.running(folder, SECOND_FACTOR_REQUIRED_FOR="staff,chair,juror") as started:
        yield started


def submit(page: Page) -> None:
    page.locator("main form .go button").first.click()


def write_code(page: Page, digits: str) -> None:
    page.locator("main input[name=code]").fill(digits)
    submit(page)


@WIDTHS
def test_from_the_back_office_through_the_second_step(
    visitor: Visitor, server: Server, watch: Watch, width: int
) -> None:
    watch.allow("status of 4")
    page = visitor(width, javascript=width > 600)
    become(page, PEOPLE[width])
    expect(page).to_have_url(re.compile(rf"{INDEX}[?]next="))
    look_at(page, "accounts/factors.html", width)
    page.locator("#app ~ p a.btn").click()
    secret = page.locator("#key").inner_text().replace(" ", "")
    look_at(page, "accounts/factor_app.html", width)
    write_code(page, "1")
    look_at(page, "accounts/factor_app.html", width)
    write_code(page, code(secret))
    assert page.locator(".codes li").count() == 10
    first = page.locator(".codes li").first.inner_text()
    look_at(page, "accounts/factor_codes.html", width)
    page.locator("main a.btn[href='/admin/']").click()
    expect(page).to_have_url(re.compile("/admin/$"))

    page.goto(f"{INDEX}varakoodit/uudet/")
    look_at(page, "accounts/factor_codes_new.html", width)
    page.goto(f"{INDEX}sovellus/pois/")
    look_at(page, "accounts/factor_app_off.html", width)
    assert page.locator("main [role=alert]").count() == 1

    # Another browser, in which the person came in without the second step.
    other = visitor(width, javascript=width > 600)
    become(other, PEOPLE[width])
    expect(other).to_have_url(re.compile(f"{INDEX}uudelleen/"))
    look_at(other, "account/factor_again.html", width)
    other.goto("/fi/kirjaudu-ulos/")
    submit(other)
    address = str(server.sql("SELECT email FROM accounts_user WHERE id = ?", newest(server))[0][0])
    other.goto("/fi/kirjaudu/")
    other.locator("main input[name=email]").fill(address)
    submit(other)
    write_code(other, server.mail.wait(address, where=is_code).code)
    look_at(other, "account/second_step.html", width)
    write_code(other, "000000")
    look_at(other, "account/second_step.html", width)
    write_code(other, first)
    other.goto("/admin/")
    expect(other).to_have_url(re.compile("/admin/$"))


@WIDTHS
def test_text_is_kept_and_a_lost_step_is_removed(
    visitor: Visitor, server: Server, watch: Watch, width: int
) -> None:
    watch.allow("status of 4")
    page = visitor(width)
    become(page, "juror")
    page.goto("/fi/oma/tiedot/")
    page.locator("main input[name=name]").fill("Selostus, joka on jo kirjoitettu ja ei saa kadota")
    page.locator("main form").first.evaluate("form => { form.action = '/fi/tuomari/' }")
    submit(page)
    expect(page.locator("main textarea")).to_have_value(re.compile("ei saa kadota"))
    look(page, "accounts/factor_first.html")

    owner = visitor(width)
    become(owner, "owner")
    if width > 600:
        owner.locator("#app ~ p a.btn").click()
        secret = owner.locator("#key").inner_text().replace(" ", "")
        write_code(owner, code(secret))
        OWNERS.append(secret)
    else:
        write_code(owner, code(OWNERS[0], later=1))
    owner.goto(f"/fi/henkilot/{colleague(server)}/vahvistus/")
    look(owner, "accounts/factors_reset.html")
    submit(owner)
    expect(owner.locator("#toasts")).to_contain_text("voi nyt kirjautua")


def is_code(letter: Letter) -> bool:
    return letter.subject.startswith("Koodisi")


OWNERS: list[str] = []  # the app of the platform's owner


def newest(server: Server) -> int:
    """The person whose factor is the newest."""
    found = server.sql("SELECT user_id FROM mfa_authenticator ORDER BY id DESC LIMIT 1")
    return int(found[0][0])


def colleague(server: Server) -> int:
    """Somebody else who has one."""
    found = server.sql(
        "SELECT user_id FROM mfa_authenticator a JOIN accounts_user u ON u.id = user_id"
        " WHERE NOT is_superuser ORDER BY a.id LIMIT 1"
    )
    return int(found[0][0])


def look_at(page: Page, template: str, width: int) -> None:
    """axe needs JavaScript: without it the page is only walked through."""
    page.locator("h1").first.wait_for()
    if width > 600:
        look(page, template)
