import pytest

from search.analysis import Analyser


@pytest.fixture(scope="session")
def plain() -> Analyser:
    """An analyser as on a machine without Voikko."""
    return Analyser(use_voikko=False)


@pytest.fixture(scope="session")
def voikko() -> Analyser:
    return Analyser()
