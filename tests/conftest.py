"""What every test shares."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.test.signals import setting_changed
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from core import pagecache, printing
from tests import database, needs

# How fast a test is says more of the machine than of us.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Static files straight from the tree, without collecting them first; no index of a shell's
    SEARCH_URL is written to (a test that wants Elasticsearch says so)."""
    project.SEARCH_URL = f"tantivy://{project.VAR_DIR / 'index'}"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    project.STORAGES = {**project.STORAGES, "staticfiles": plain}
    setting_changed.send(sender=None, setting="STORAGES", value=project.STORAGES, enter=True)
    project.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    needs.check(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Each file of tests begins with the database as migrations and the first pages leave it.

    A test with real transactions ends with a flush, which takes Wagtail's first pages and locales
    away as well, and worlds made for a whole file are committed.
    """
    yield
    if nextitem is not None and nextitem.path != item.path:
        with item.config.stash[blocking_manager_key].unblock():
            database.renew(project.VAR_DIR)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """SQLite's test database is laid ready by the fixture below."""
    return project.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool
) -> None:
    """Lay a copy of a migrated database; its name has this process's suffix by now."""
    if django_db_keepdb:
        name = Path(project.DATABASES["default"]["TEST"]["NAME"])
        database.lay(name, project.VAR_DIR)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """pytest-django's own, and what a file of tests begins with is kept aside."""
    with django_db_blocker.unblock():
        database.keep_pristine()


@pytest.fixture(autouse=True)
def _nothing_is_kept(settings) -> Iterator[None]:
    """No test sees a page or a counter of another; tests of the page cache switch it on."""
    settings.PAGE_CACHE_SECONDS = 0
    pagecache.pages.clear()
    cache.clear()
    yield
    pagecache.pages.clear()


@pytest.fixture(autouse=True)
def _printed_where_asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PDF is made in tests marked with pango: each takes a second in a process of its own, and
    deciding makes several. The others get the same documents as HTML."""
    if not request.node.get_closest_marker("pango"):
        monkeypatch.setattr(printing, "can_make_pdf", lambda: False)
