"""What every test shares."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from core import pagecache
from tests import needs


def pytest_runtest_setup(item: pytest.Item) -> None:
    needs.check(item)


@pytest.fixture(autouse=True)
def _nothing_is_kept(settings) -> Iterator[None]:
    """No test sees a page or a counter of another; tests of the page cache switch it on."""
    settings.PAGE_CACHE_SECONDS = 0
    pagecache.invalidate()
    cache.clear()
    yield
    pagecache.invalidate()
