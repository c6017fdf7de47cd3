"""What /health says of the search."""

from core import clock, healthchecks
from core.models import OutboxRow
from search import service
from search.engine import SearchUnavailable, ServerDown


def search_index() -> str:
    """The engine's state in a line. Down: the catalogue still lists from the database."""
    name = service.engine().name
    try:
        status = service.status()
    except ServerDown as error:
        raise healthchecks.Down(f"{name}: {error}") from error
    except SearchUnavailable as error:
        raise healthchecks.Down(f"{name}: {error}; run: manage.py index --rebuild") from error
    # A refresh that waits for a later moment is one that could not be written.
    behind = OutboxRow.objects.filter(event="search.refresh", run_after__gt=clock.now()).count()
    if behind:
        raise healthchecks.Down(f"the index cannot be written: {behind} changes wait for it")
    detail = f"{name}: {status.documents} documents, analyser {status.analyser}"
    if status.stale:
        detail += f"; rebuild needed: {status.stale}"
    return detail


def register_check() -> None:
    healthchecks.register("search", matters=False)(search_index)
