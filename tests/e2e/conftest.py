"""Fixtures of the browser tests. Each test file has a server of its own on a fresh demo.

page     1440×900        phone    390×844, touch        no_js    390×844 without JavaScript
visitor  makes more of them (other people, other sizes)
server   url, mail, manage(), python(), kill()
watch    fails the test on console errors, requests to elsewhere, breaches of the CSP
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import needs
from tests.e2e import support
from tests.e2e.support import Server, Watch

# Playwright keeps an event loop in this thread; Django would refuse the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

HERE = Path(__file__).parent
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
Visitor = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


PATIENCE = 30_000  # milliseconds: how long a page is waited for says more of the machine than of us
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=needs.chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One per test file: what a journey changes, the next one of the same file sees."""
    with support.running(tmp_path_factory.mktemp("var") / "var") as started:
        yield started


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    watching = Watch(server.url)
    yield watching
    problems = watching.problems()
    assert not problems, "The browser complained:\n" + "\n".join(problems)


@pytest.fixture
def visitor(browser: Browser, server: Server, watch: Watch) -> Iterator[Visitor]:
    """Make a page of a person with cookies of their own: `visitor(390, javascript=False)`."""
    contexts = []

    def new(width: int = 1440, *, javascript: bool = True, language: str = "fi") -> Page:
        small = width < 600
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 844 if small else 900},
            has_touch=small,
            is_mobile=small,
            locale={"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}[language],
            timezone_id="Europe/Helsinki",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(PATIENCE)
        watch.follow(context)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor(1440)


@pytest.fixture
def phone(visitor: Visitor) -> Page:
    return visitor(390)


@pytest.fixture
def no_js(visitor: Visitor) -> Page:
    return visitor(390, javascript=False)
