"""Kuosi: the printed pattern of a proposal, made from its id; always the same for the same id.

sha256(seed) chooses a few of nine shapes, colours of one of five families, and how each tile is
turned. It is an ornament: hidden from assistive technology, and nothing is told by it alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.utils.safestring import SafeString, mark_safe

from core.tiles import SHAPES, SIDE, layers, shape_path, square_path

INK, PAPER = "#06322A", "#FFFFFF"
KUUSI, JAKALA, LAKKA, LAKKA_LIGHT = "#0B5140", "#D6E6D3", "#FFAE34", "#FFE8C2"
MUSTIKKA, MUSTIKKA_LIGHT = "#3A2C86", "#E7E3F7"
PUOLUKKA, PUOLUKKA_LIGHT = "#B3103B", "#FBE4E8"
JARVI, JAA = "#0B5E94", "#DDEDF6"


@dataclass(frozen=True)
class Family:
    """Pairs of (ground, figure) that look well together, the first ones most often; an accent."""

    pairs: tuple[tuple[str, str], ...]
    accents: tuple[str, ...]


FAMILIES: dict[str, Family] = {
    "lakka": Family(
        (
            (LAKKA, INK),
            (PUOLUKKA, LAKKA_LIGHT),
            (LAKKA, PUOLUKKA),
            (INK, LAKKA),
            (LAKKA_LIGHT, LAKKA),
            (PUOLUKKA, LAKKA),
        ),
        (LAKKA_LIGHT, PUOLUKKA),
    ),
    "jarvi": Family(
        (
            (JARVI, JAA),
            (JAA, JARVI),
            (JARVI, LAKKA),
            (LAKKA, JARVI),
            (JAA, INK),
            (INK, JAA),
        ),
        (LAKKA, INK),
    ),
    "kuusi": Family(
        (
            (JAKALA, KUUSI),
            (KUUSI, JAKALA),
            (INK, JAKALA),
            (LAKKA, KUUSI),
            (JAKALA, INK),
            (KUUSI, LAKKA),
        ),
        (LAKKA, INK),
    ),
    "puolukka": Family(
        (
            (PUOLUKKA_LIGHT, PUOLUKKA),
            (PUOLUKKA, PUOLUKKA_LIGHT),
            (KUUSI, PUOLUKKA_LIGHT),
            (PUOLUKKA_LIGHT, KUUSI),
            (PUOLUKKA, LAKKA),
            (LAKKA, PUOLUKKA),
        ),
        (LAKKA, KUUSI),
    ),
    "mustikka": Family(
        (
            (LAKKA, MUSTIKKA),
            (MUSTIKKA, LAKKA),
            (MUSTIKKA_LIGHT, MUSTIKKA),
            (MUSTIKKA, MUSTIKKA_LIGHT),
            (PUOLUKKA, MUSTIKKA_LIGHT),
            (LAKKA, INK),
        ),
        (PUOLUKKA, LAKKA),
    ),
}


def dice(seed: str) -> Iterator[int]:
    """An endless row of bytes that depends on the seed only."""
    block = 0
    while True:
        yield from sha256(f"{seed}:{block}".encode()).digest()
        block += 1


def family_of(key: str) -> str:
    """The family of a theme: its own name when it is one, otherwise chosen by the key."""
    if key in FAMILIES:
        return key
    return list(FAMILIES)[sha256(key.encode()).digest()[0] % len(FAMILIES)]


def _paths(by_colour: dict[str, list[str]], *, stroke: bool = False) -> str:
    """One path per colour; a hair of stroke closes the seam where equal figures meet."""
    parts = []
    for colour, path in by_colour.items():
        hair = f' stroke="{colour}" stroke-width=".4"' if stroke else ""
        parts.append(f'<path fill="{colour}"{hair} d="{"".join(path)}"/>')
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile at (left, top): its ground, and a shape in one colour or, with two layers, in two."""

    left: int
    top: int
    ground: str
    figure: str
    accent: str
    shape: str
    quarters: int


def pattern(seed: str, columns: int, rows: int, family: str | None = None) -> Iterator[Tile]:
    """The tiles of a kuosi, row by row. `family`: a family's name or a theme's key."""
    if not (1 <= columns <= 24 and 1 <= rows <= 12):
        raise ValueError(f"a kuosi has 1–24 columns and 1–12 rows, not {columns} × {rows}")
    throw = dice(seed)
    colours = FAMILIES[family_of(family or seed)]
    names = sorted(SHAPES)
    chosen = [names.pop(next(throw) % len(names)) for _shape in range(3)]
    # A quiet majority and a few surprises: squaring the throw favours what stands first.
    steady = next(throw) % 4
    for tile in range(columns * rows):
        ground, figure = colours.pairs[next(throw) * next(throw) * len(colours.pairs) // 65536]
        shape = chosen[next(throw) * next(throw) * 3 // 65536]
        quarters = steady if next(throw) % 3 else next(throw) % 4
        accent = next(colour for colour in (*colours.accents, ground) if colour != figure)
        left, top = tile % columns * SIDE, tile // columns * SIDE
        yield Tile(left, top, ground, figure, accent, shape, quarters)


@lru_cache(maxsize=2048)
def kuosi_svg(
    seed: str, columns: int = 3, rows: int = 3, family: str | None = None, extra: str = ""
) -> SafeString:
    """An SVG of columns × rows tiles. `family`: a family's name or a theme's key.

    `extra` names one more class: "bleed" fills a banner and cuts what does not fit.
    """
    grounds: dict[str, list[str]] = {}
    figures: dict[str, list[str]] = {}
    accents: dict[str, list[str]] = {}
    for tile in pattern(seed, columns, rows, family):
        place = (tile.quarters, tile.left, tile.top)
        grounds.setdefault(tile.ground, []).append(square_path(tile.left, tile.top))
        figures.setdefault(tile.figure, []).append(shape_path(tile.shape, 0, *place))
        if layers(tile.shape) > 1:
            accents.setdefault(tile.accent, []).append(shape_path(tile.shape, 1, *place))
    classes = f"kuosi {extra}".strip()
    slice_ = ' preserveAspectRatio="xMidYMid slice"' if "bleed" in classes else ""
    return mark_safe(
        f'<svg class="{classes}" viewBox="0 0 {columns * SIDE} {rows * SIDE}"{slice_}'
        f' aria-hidden="true" focusable="false">'
        f"{_paths(grounds)}{_paths(figures, stroke=True)}{_paths(accents)}</svg>"
    )
