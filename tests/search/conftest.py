import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from search import registry, service
from search.analysis import Analyser
from search.engine import Engine
from tests.needs import free_port
from tests.search.making import another_url, elastic_urls, no_progress, remove_indices


@pytest.fixture(scope="session")
def plain() -> Analyser:
    """An analyser as on a machine without Voikko."""
    return Analyser(use_voikko=False)


@pytest.fixture(scope="session")
def voikko() -> Analyser:
    return Analyser()


@pytest.fixture(scope="session")
def elastic_url() -> Iterator[str]:
    with elastic_urls() as taken:
        yield another_url(taken)


@pytest.fixture
def search_url(request, settings, tmp_path: Path) -> str:
    """SEARCH_URL of this test, where no index is yet: a folder, or what BOTH names."""
    if getattr(request, "param", "tantivy") == "elasticsearch":
        settings.SEARCH_URL = request.getfixturevalue("elastic_url")
        remove_indices([settings.SEARCH_URL])
    else:
        settings.SEARCH_URL = f"tantivy://{tmp_path / 'index'}"
    return settings.SEARCH_URL


@pytest.fixture
def index(search_url: str, db: None) -> Engine:
    """The engine of this process, built from the database as it is."""
    service.forget_synonyms()
    engine = service.engine()
    engine.rebuild(registry.every_document(), no_progress)
    return engine


@pytest.fixture
def out_of_reach(settings) -> Callable[[], AbstractContextManager[None]]:
    """with out_of_reach(): the engine does not answer; after it, it has what it had before."""

    @contextmanager
    def away() -> Iterator[None]:
        url = settings.SEARCH_URL
        if url.startswith("elasticsearch://"):
            # Nobody listens there: what a stopped server looks like.
            port, prefix = free_port(), url.rpartition("/")[2]
            settings.SEARCH_URL = f"elasticsearch://127.0.0.1:{port}/{prefix}"
            yield
            settings.SEARCH_URL = url
            return
        folder = Path(url.removeprefix("tantivy://"))
        kept = folder.rename(folder.with_name("away"))
        yield
        shutil.rmtree(folder, ignore_errors=True)
        kept.rename(folder)

    return away
