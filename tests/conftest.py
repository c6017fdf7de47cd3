"""What every test shares."""

import pytest

from tests import needs


def pytest_runtest_setup(item: pytest.Item) -> None:
    needs.check(item)
