"""Finland twice: as a mosaic of kuosi tiles that light up, and as one dot per municipality.

Both are drawn from the municipalities' points (core/data, GeoNames, CC BY 4.0). The mosaic is a
grid of tiles about 46 km wide; where municipalities are sparse, a coarse ring of border points
says which tiles are still Finland.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from math import cos, radians

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.kuosi import FAMILIES, INK, dice
from core.municipalities import municipalities, municipality
from core.tiles import SHAPES, SIDE, join, layers, shape_path, square_path

# The corners of the country, clockwise from Nuorgam: (degrees north, degrees east).
BORDER = (
    (70.09, 27.95), (69.69, 28.95), (69.05, 28.93), (68.47, 28.45), (68.07, 29.35), (67.70, 29.95),
    (66.90, 29.08), (66.10, 29.95), (65.70, 29.75), (65.05, 29.70), (64.55, 29.98), (64.20, 30.50),
    (63.75, 30.00), (63.45, 30.80), (62.90, 31.55), (62.20, 30.60), (61.50, 29.60), (60.95, 28.60),
    (60.55, 27.75), (60.42, 26.70), (60.12, 24.95), (59.95, 24.20), (59.82, 22.95), (59.95, 21.70),
    (60.45, 21.05), (61.10, 21.40), (61.90, 21.30), (62.60, 21.05), (63.20, 21.25), (63.75, 22.50),
    (64.15, 23.60), (64.75, 24.40), (65.20, 25.20), (65.70, 24.65), (65.82, 24.15), (66.80, 23.95),
    (67.40, 23.55), (67.95, 23.60), (68.45, 22.45), (69.05, 20.55), (69.31, 21.30), (68.70, 23.10),
    (68.60, 24.15), (68.80, 25.10), (68.95, 25.75), (69.60, 25.90), (69.95, 26.95),
)  # fmt: skip
NORTH, WEST = 70.2, 19.2  # the corner of both drawings
KM_NORTH, KM_EAST = 111.2, 111.3 * cos(radians(64.8))  # kilometres in a degree, mid-country
TILE_KM = 46.5
DARK, SHADE = "#0A4338", "#115546"  # tiles that nobody has lit yet
DOT_KM = 6.0  # kilometres in one unit of the dot map

Tile = tuple[int, int]  # column, row


def _km(lat: float, lon: float) -> tuple[float, float]:
    """Kilometres east and south of the drawings' corner."""
    return (lon - WEST) * KM_EAST, (NORTH - lat) * KM_NORTH


def _inside(x: float, y: float, ring: list[tuple[float, float]]) -> bool:
    """Whether a ray from the point crosses the ring an odd number of times."""
    crossed = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


@cache
def tile_of(name: str) -> Tile | None:
    """The tile that a municipality stands in; None for a name that is not a municipality's."""
    found = municipality(name)
    if found is None:
        return None
    x, y = _km(found.lat, found.lon)
    return int(x // TILE_KM), int(y // TILE_KM)


@cache
def country() -> frozenset[Tile]:
    """Tiles of Finland: those with a municipality, and those whose middle is inside the border."""
    ring = [_km(lat, lon) for lat, lon in BORDER]
    right = int(max(x for x, _y in ring) // TILE_KM)
    bottom = int(max(y for _x, y in ring) // TILE_KM)
    tiles = {
        (column, row)
        for column in range(right + 1)
        for row in range(bottom + 1)
        if _inside((column + 0.5) * TILE_KM, (row + 0.5) * TILE_KM, ring)
    }
    return frozenset(tiles | {tile for name in municipalities() if (tile := tile_of(name))})


def lit_tiles(counts: Mapping[str, int]) -> Counter[Tile]:
    """How many proposals come from each tile. Names that are not municipalities are left out."""
    lit: Counter[Tile] = Counter()
    for name, number in counts.items():
        if number > 0 and (tile := tile_of(name)):
            lit[tile] += number
    return lit


def _bounds() -> tuple[int, int, int, int]:
    columns = [column for column, _row in country()]
    rows = [row for _column, row in country()]
    left, top = min(columns) * SIDE, min(rows) * SIDE
    return left, top, max(columns) * SIDE + SIDE - left, max(rows) * SIDE + SIDE - top


@lru_cache(maxsize=256)
def _mosaic(lit: frozenset[Tile], title: str, seed: str) -> SafeString:
    grounds: dict[str, list[str]] = {DARK: []}
    figures: dict[str, list[str]] = {SHADE: []}
    accents: dict[str, list[str]] = {}
    names = sorted(SHAPES)
    for tile in sorted(country(), key=lambda tile: (tile[1], tile[0])):
        throw = dice(f"{seed}:{tile}")
        left, top = tile[0] * SIDE, tile[1] * SIDE
        shape, quarters = names[next(throw) % len(names)], next(throw) % 4
        if tile not in lit:
            grounds[DARK].append(square_path(left, top))
            figures[SHADE].append(shape_path(shape, 0, quarters, left, top))
            continue
        family = FAMILIES[list(FAMILIES)[next(throw) % len(FAMILIES)]]
        pairs = [pair for pair in family.pairs if pair[0] != INK]  # ink would look like a hole
        ground, figure = pairs[next(throw) % len(pairs)]
        grounds.setdefault(ground, []).append(square_path(left, top))
        figures.setdefault(figure, []).append(shape_path(shape, 0, quarters, left, top))
        if layers(shape) > 1:
            accent = next(colour for colour in (*family.accents, ground) if colour != figure)
            accents.setdefault(accent, []).append(shape_path(shape, 1, quarters, left, top))
    body = "".join(
        f'<path fill="{colour}" d="{"".join(parts)}"/>'
        for layer in (grounds, figures, accents)
        for colour, parts in layer.items()
        if parts
    )
    left, top, width, height = _bounds()
    mark = sha256(f"{title}{seed}".encode()).hexdigest()[:6]
    return format_html(
        '<svg viewBox="{} {} {} {}" role="img" aria-labelledby="m{}">'
        '<title id="m{}">{}</title>{}</svg>',
        left,
        top,
        width,
        height,
        mark,
        mark,
        title,
        mark_safe(body),
    )


def mosaic_svg(counts: Mapping[str, int], title: str, seed: str = "suomi") -> SafeString:
    """Finland in tiles; lit where `counts` (municipality → number) has something.

    `title` is the text alternative; give a list of the municipalities beside it.
    """
    return _mosaic(frozenset(lit_tiles(counts)), title, seed)


@cache
def _dot(name: str) -> tuple[float, float] | None:
    found = municipality(name)
    if found is None:
        return None
    x, y = _km(found.lat, found.lon)
    return round(x / DOT_KM, 1), round(y / DOT_KM, 1)


def _dots(points: Iterable[tuple[float, float]]) -> str:
    """A stroke of no length with round caps is a dot: far fewer bytes than circles."""
    return "".join(f"M{join(point)}h0" for point in points)


@cache
def _all_dots() -> tuple[str, str]:
    points = [point for name in municipalities() if (point := _dot(name))]
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    left, top = int(min(xs)) - 4, int(min(ys)) - 4
    box = f"{left} {top} {int(max(xs)) + 5 - left} {int(max(ys)) + 5 - top}"
    return box, _dots(points)


@lru_cache(maxsize=512)
def _dotmap(marked: tuple[str, ...], title: str) -> SafeString:
    box, every = _all_dots()
    chosen = [point for name in marked if (point := _dot(name))]
    said = 'aria-hidden="true" focusable="false"'
    if title:
        mark = sha256(f"{title}{marked}".encode()).hexdigest()[:6]
        said = format_html('role="img" aria-labelledby="d{}"', mark)
        title = format_html('<title id="d{}">{}</title>', mark, title)
    body = f'<path stroke="#B4C4B8" stroke-width="2.6" d="{every}"/>'
    if chosen:
        body += f'<path stroke="#fff" stroke-width="7.5" d="{_dots(chosen)}"/>'
        body += f'<path stroke="#0B5140" stroke-width="5.5" d="{_dots(chosen)}"/>'
    return format_html(
        '<svg class="dotmap" viewBox="{}" {}>{}<g fill="none" stroke-linecap="round">{}</g></svg>',
        box,
        mark_safe(said),
        title,
        mark_safe(body),
    )


def dotmap_svg(marked: Iterable[str], title: str = "") -> SafeString:
    """A dot per municipality, those in `marked` large. Without a title it is an ornament."""
    return _dotmap(tuple(sorted(set(marked))), title)
