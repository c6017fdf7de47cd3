"""Parts that /health asks. A floor registers its own in AppConfig.ready().

@healthchecks.register("search")
def search_index() -> str: ...     the returned text is its detail; raise Down with the reason
"""

from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[], str]


class Down(Exception):
    """The part does not work; the message is the reason, fit to be read by anybody."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    check: Check
    matters: bool  # whether the service is unusable (503) without it


_parts: dict[str, Part] = {}


def register(name: str, *, matters: bool = True) -> Callable[[Check], Check]:
    """Have /health ask this part. A part that does not matter is reported and answers 200."""

    def remember(check: Check) -> Check:
        _parts[name] = Part(name, check, matters)
        return check

    return remember


def unregister(name: str) -> None:
    _parts.pop(name, None)


def parts() -> list[Part]:
    return list(_parts.values())
