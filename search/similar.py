"""What has been proposed or solved already: similar proposals and solutions to a text.

Always ordered, never more than asked for, without a threshold: the reader judges.
"""

from collections.abc import Iterable

from search.engine import Hit, Likeness, Place
from search.service import engine

MAX_TEXT = 5_000  # characters of a text that are compared


def similar_ideas(
    title: str,
    text: str,
    *,
    place: tuple[float, float] | None = None,
    area: str | None = None,
    lang: str = "fi",
    limit: int = 5,
    without: Iterable[int] = (),
) -> tuple[Hit, ...]:
    """Public proposals like this one, the most similar first.

    `place` is (latitude, longitude) in degrees, `area` a name such as a municipality: both lift
    those nearby. `without` are primary keys to leave out. Raises SearchUnavailable.
    """
    return _similar("idea", title, text, place, area, lang, limit, without)


def similar_solutions(
    title: str,
    text: str,
    *,
    place: tuple[float, float] | None = None,
    area: str | None = None,
    lang: str = "fi",
    limit: int = 5,
    without: Iterable[int] = (),
) -> tuple[Hit, ...]:
    """Published solutions like this one; otherwise as `similar_ideas`."""
    return _similar("solution", title, text, place, area, lang, limit, without)


def _similar(
    kind: str,
    title: str,
    text: str,
    place: tuple[float, float] | None,
    area: str | None,
    lang: str,
    limit: int,
    without: Iterable[int],
) -> tuple[Hit, ...]:
    if limit < 1 or not (title.strip() or text.strip()):
        return ()
    return engine().similar(
        Likeness(
            title=title,
            text=text[:MAX_TEXT],
            kind=kind,
            language=lang,
            place=Place(*place) if place else None,
            area=area or "",
            limit=min(limit, 50),
            without=frozenset(f"{kind}:{pk}" for pk in without),
        )
    )
