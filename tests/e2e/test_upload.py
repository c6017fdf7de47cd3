"""Files on a bad line: each goes on from where it was, and arrives once."""

import re
from collections.abc import Container

from playwright.sync_api import Page, Route, expect

from tests.e2e import files
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch
from tests.e2e.test_company import begin, part

PIECES = "**/-palat/"
MAP = ("kartta.pdf", files.pdf(1_500_000))  # six pieces


class Line:
    """Counts the pieces that go out; breaks at those it is told to, before or after they arrive."""

    def __init__(
        self, page: Page, *, unsent: Container[int] = (), unanswered: Container[int] = ()
    ) -> None:
        self.count = 0
        self.unsent = unsent
        self.unanswered = unanswered
        page.route(PIECES, self.carry)

    def carry(self, route: Route) -> None:
        self.count += 1
        if self.count in self.unsent:
            route.abort("internetdisconnected")
        elif self.count in self.unanswered:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()


def choose(page: Page, *chosen: tuple[str, bytes]) -> None:
    page.locator("#q-attachments").set_input_files([files.upload(*one) for one in chosen])


def arrived(page: Page, name: str, content: bytes) -> None:
    link = page.locator(".file-row a.name", has_text=name)
    expect(link).to_have_count(1)
    address = link.get_attribute("href")
    assert address
    assert page.request.get(address).body() == content


def test_file_goes_on_when_the_line_is_back(page: Page, server: Server, watch: Watch) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET", "status of 409")
    begin(page)
    part(page, "attachments")
    page.locator("#q-demo_link").fill("https://reittiapu.example/esittely")
    line = Line(page, unsent=range(2, 6), unanswered=[8])
    choose(page, MAP)
    page.locator("button[name=upload]").first.click()
    expect(page.locator(".file-row [role=status]")).to_contain_text("katkesi")
    again = page.locator(".file-row.bad button")
    expect(again).to_be_visible()
    again.press("Enter")
    arrived(page, *MAP)
    assert line.count == 6 + 4 + 1
    expect(page.locator("#q-demo_link")).to_have_value("https://reittiapu.example/esittely")
    expect(page.locator(".file-row a.name")).to_be_focused()


def test_going_on_takes_the_chosen_files_along(page: Page, server: Server) -> None:
    begin(page)
    part(page, "attachments")
    line = Line(page)
    choose(page, MAP, ("piirros.png", files.png()))
    page.locator("main form .go button").first.press("Enter")
    expect(page).to_have_url(re.compile(r"/-osat/$"))
    part(page, "attachments")
    arrived(page, *MAP)
    expect(page.locator(".file-row a.name")).to_have_count(2)
    assert line.count == 6 + 1


def test_without_javascript_the_files_go_with_the_form(
    visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 422")
    page = visitor(390, javascript=False)
    begin(page)
    part(page, "attachments")
    choose(page, ("piirros.png", files.png()), ("tyhja.pdf", b""))
    page.locator("button[name=upload]").first.click()
    expect(page.locator(".error-summary")).to_contain_text("tyhja.pdf")
    expect(page.locator(".file-row a.name")).to_have_text(["piirros.png"])
