"""Steps that several journeys share: addresses of the demo, a citizen's form, the clock."""

import datetime as dt
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.e2e.support import Server

MIKKELI = "mikkeli-smart-city-2020"  # decided
OULU = "talvikaupunki-toimii"  # with the jury
KUOPIO = "mika-kuntasi-arjessa-kangertaa"  # open
PIETARSAARI = "kaksi-kielta-yksi-arki"  # coming
CITIZEN = f"/fi/ehdota/{KUOPIO}/citizens/"
COMPANY = f"/fi/ehdota/{KUOPIO}/organisations/"

PROBLEM = (
    "Koulukyyti on talvella myöhässä monta kertaa viikossa, eikä kukaan kerro siitä. "
    "Lapset odottavat pimeässä tien varressa."
)
RECEIPT = re.compile(r"/-kuitti/$")
SLOW_ENOUGH = 2.2  # seconds: whoever hands in sooner after the first word is asked to press again


# The clock -------------------------------------------------------------------------------------


def move_phase(
    server: Server,
    slug: str,
    kind: str,
    *,
    starts: dt.timedelta | None = None,
    ends: dt.timedelta | None = None,
) -> None:
    """Set when a phase starts or ends, counted from now."""
    for column, offset in (("starts_at", starts), ("ends_at", ends)):
        if offset is not None:
            moment = (dt.datetime.now(dt.UTC) + offset).strftime("%Y-%m-%d %H:%M:%S.%f")
            server.sql(
                f"UPDATE challenges_phase SET {column} = ? WHERE kind = ? AND challenge_id = "
                "(SELECT id FROM challenges_challenge WHERE slug = ?)",
                *(moment, kind, slug),
            )


def reload_until(page: Page, selector: str, *, seconds: float = 10) -> None:
    """A public page is up to a second old: ask again until it has changed."""
    deadline = time.monotonic() + seconds
    while not page.locator(selector).count():
        assert time.monotonic() < deadline, f"{page.url} never got {selector}"
        page.wait_for_timeout(100)
        page.reload()


def close_call(server: Server, slug: str) -> None:
    """The call closed a second ago and checking has begun."""
    second_ago = dt.timedelta(seconds=-1)
    move_phase(server, slug, "submission", ends=second_ago)
    move_phase(server, slug, "checking", starts=second_ago)


@contextmanager
def closed(server: Server, slug: str) -> Iterator[None]:
    """The call is closed for a while and open again afterwards."""
    close_call(server, slug)
    yield
    days = dt.timedelta(days=10)
    move_phase(server, slug, "checking", starts=days)
    move_phase(server, slug, "submission", ends=days)


def local_minute(offset: dt.timedelta) -> str:
    """A moment as a field of date and time takes it."""
    moment = dt.datetime.now(ZoneInfo("Europe/Helsinki")) + offset
    return moment.strftime("%Y-%m-%dT%H:%M")


def states_of(server: Server, title: str) -> list[str]:
    """States of the proposals whose title begins so."""
    query = "SELECT state FROM ideas_idea WHERE title LIKE ? ORDER BY id"
    return [state for (state,) in server.sql(query, f"{title}%")]


# By keyboard ------------------------------------------------------------------------------------


def press(page: Page, words: str, most: int = 200) -> None:
    """Go by Tab to the link that is called so, and press Enter."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "[document.activeElement.tagName, document.activeElement.textContent.trim()]"
        )
        if here[0] == "A" and here[1].startswith(words):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no link «{words}» is reached by Tab")


def tab_to(page: Page, selector: str, most: int = 300) -> None:
    """Go by Tab to the first thing that the selector means."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"«{selector}» is not reached by Tab")


# Many proposals at once ------------------------------------------------------------------------


def do_to_chosen(page: Page, action: str = "accept", words: str = "") -> None:
    """From the list where boxes are checked, or all of it: look, then press. Ends on the page that
    says what was done."""
    page.locator("select[name=action]").select_option(action)
    page.locator(".tk-bulk button").click()
    page.locator("input[name=rows]").wait_for(state="attached")
    if words:
        page.locator("[name=words]").fill(words)
    page.locator("form:has(input[name=rows]) button").click()
    expect(page).to_have_url(re.compile(r"/bulk/\d+/$"))


# A citizen's form ------------------------------------------------------------------------------


def go_on(page: Page) -> None:
    """The step's main button."""
    page.locator("form.ask .go button:not([name])").click()


def first_step(page: Page, title: str, problem: str = PROBLEM) -> None:
    page.locator("#q-problem").fill(problem)
    page.locator("#q-title").fill(title)


def second_step(page: Page) -> None:
    page.locator("input[name=who][value=children]").check()
    page.locator("input[name=who][value=families]").check()
    page.locator("input[name=how_often][value=weekly]").check()
    page.locator("input[name=theme][value=education]").check()
    page.locator("#q-municipality").select_option(label="Kuopio")


def fourth_step(page: Page, address: str) -> None:
    page.locator("#q-contact_email").fill(address)
    page.locator("input[name=name_public][value=no]").check()


def write_whole(page: Page, title: str, address: str, *, start: str = CITIZEN) -> None:
    """All four steps up to checking one's answers."""
    page.goto(start)
    first_step(page, title)
    go_on(page)
    second_step(page)
    began = time.monotonic()  # the draft is there: the second step has been filled in
    go_on(page)
    page.locator("#q-solution").fill(
        "Huoltaja saa viestin, kun auto on yli viisi minuuttia myöhässä."
    )
    go_on(page)
    fourth_step(page, address)
    go_on(page)
    expect(page.locator("form[action$='/-laheta/']")).to_be_visible()
    take_time(began)


def take_time(began: float) -> None:
    """Nobody writes a proposal in two seconds, and the service knows it."""
    time.sleep(max(0.0, SLOW_ENOUGH - (time.monotonic() - began)))


def hand_in(page: Page) -> None:
    page.locator("form[action$='/-laheta/'] button").click()
    expect(page).to_have_url(RECEIPT, timeout=15_000)
