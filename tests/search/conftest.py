from pathlib import Path

import pytest

from search import registry, service
from search.analysis import Analyser
from search.engine import Engine
from tests.search.making import no_progress


@pytest.fixture(scope="session")
def plain() -> Analyser:
    """An analyser as on a machine without Voikko."""
    return Analyser(use_voikko=False)


@pytest.fixture(scope="session")
def voikko() -> Analyser:
    return Analyser()


@pytest.fixture
def index(settings, tmp_path: Path, db: None) -> Engine:
    """The engine of this process on a new folder, built from the database as it is."""
    settings.SEARCH_URL = f"tantivy://{tmp_path / 'index'}"
    service.forget_synonyms()
    engine = service.engine()
    engine.rebuild(registry.every_document(), no_progress)
    return engine
