"""Where higher floors add what a solution's page shows, without the catalogue knowing them.

They fill it in their `AppConfig.ready()`::

    registry.related_with(find_related)  # search: f(solution, limit) -> primary keys
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogue.models import Solution

RelatedFinder = Callable[["Solution", int], Sequence[int]]

_related: list[RelatedFinder] = []


def related_with(finder: RelatedFinder) -> None:
    """Who finds solutions like one, the likest first; nothing when it cannot. Must not raise."""
    _related[:] = [finder]


def related(solution: "Solution", limit: int) -> Sequence[int]:
    return _related[0](solution, limit) if _related else ()
