"""What higher floors do in the same transaction in which results are published."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.models import Decision

# f(decision) is called once, inside the publishing transaction; the catalogue makes its
# solutions here.
on_publish: list[Callable[["Decision"], None]] = []
