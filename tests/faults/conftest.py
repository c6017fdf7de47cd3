"""A town made once for a run, and a fresh copy of it for each test."""

from pathlib import Path

import pytest
from django.conf import settings

from tests import database
from tests.faults.town import Town, copy_town, found_town


@pytest.fixture(scope="session")
def first_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    migrated = database.migrated(settings.VAR_DIR)
    return found_town(tmp_path_factory.mktemp("town"), migrated)


@pytest.fixture
def town(first_town: Town, tmp_path: Path) -> Town:
    return copy_town(first_town, tmp_path / "town")
