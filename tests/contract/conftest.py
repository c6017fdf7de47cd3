from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.analysis import Analyser
from search.engine import Document, Engine
from tests.search.making import another_url, elastic, elastic_urls, embedded, no_progress

Make = Callable[..., tuple[str, Engine]]
Start = Callable[..., Engine]


@pytest.fixture(scope="session")
def plain() -> Analyser:
    """An analyser as on a machine without Voikko."""
    return Analyser(use_voikko=False)


@pytest.fixture(scope="session")
def voikko() -> Analyser:
    return Analyser()


@pytest.fixture(
    scope="module",
    params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)],
)
def make(request, tmp_path_factory) -> Iterator[Make]:
    """make(address) → an engine there; make(None) → one where nothing is yet."""
    plain = Analyser(use_voikko=False)
    with elastic_urls() as taken:

        def made(address: str | None, synonyms=()) -> tuple[str, Engine]:
            if request.param == "tantivy":
                address = address or str(tmp_path_factory.mktemp("index") / "i")
                return address, embedded(Path(address), plain, synonyms)
            address = address or another_url(taken)
            return address, elastic(address, plain, synonyms)

        yield made


@pytest.fixture(scope="module")
def addresses(make: Make) -> list[str]:
    """Where engines of former tests were: a rebuild there is quicker than another index."""
    return []


@pytest.fixture
def start(make: Make, addresses: list[str]) -> Start:
    """start(documents, synonyms=[…]) → an engine built with them."""
    free = iter(list(addresses))

    def started(given: list[Document], synonyms=()) -> Engine:
        address, engine = make(next(free, None), synonyms)
        if address not in addresses:
            addresses.append(address)
        engine.rebuild(given, no_progress)
        return engine

    return started
