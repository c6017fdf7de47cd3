"""What /health says of the search."""

from core import healthchecks
from search.engine import SearchUnavailable
from search.service import engine


def search_index() -> str:
    """The engine's state in a line. Down: the catalogue still lists from the database."""
    try:
        status = engine().status()
    except SearchUnavailable as error:
        raise healthchecks.Down(f"{error}; run: manage.py index --rebuild") from error
    detail = f"{status.documents} documents, analyser {status.analyser}"
    if status.stale:
        detail += f"; rebuild needed: {status.stale}"
    return detail


def register_check() -> None:
    healthchecks.register("search", matters=False)(search_index)
