"""A kuosi as a PNG, for the picture that a shared link shows (Open Graph, 1200 × 630).

Drawn by Pillow from the same tiles as the SVG, twice as large and then made small, so that
edges are smooth. Loaded only when a picture is asked for.
"""

import io
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from core.kuosi import pattern
from core.tiles import HALF, SHAPES, SIDE, Step

WIDTH, HEIGHT = 1200, 630
COLUMNS, ROWS = 12, 7  # the last row is cut
FINER: Final = 2  # times as large while it is drawn
STEPS: Final = 24  # straight lines of a curve

Point = tuple[float, float]


@lru_cache(maxsize=64)
def kuosi_png(seed: str, family: str | None = None) -> bytes:
    """About 20 kB; 1200 × 630 pixels."""
    scale = WIDTH * FINER / (COLUMNS * SIDE)
    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER))
    draw = ImageDraw.Draw(image)
    for tile in pattern(seed, COLUMNS, ROWS, family):
        left, top = tile.left * scale, tile.top * scale
        draw.rectangle((left, top, left + SIDE * scale, top + SIDE * scale), fill=tile.ground)
        colours = (tile.figure, tile.accent)
        for layer, colour in zip(SHAPES[tile.shape], colours, strict=False):
            for start, steps in layer:
                points = [
                    (left + x * scale, top + y * scale)
                    for x, y in _turned(_outline(start, steps), tile.quarters)
                ]
                draw.polygon(points, fill=colour)
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.quantize(colors=64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _turned(points: Iterator[Point], quarters: int) -> Iterator[Point]:
    """Turned about the middle of the tile, clockwise as in the SVG."""
    for x, y in points:
        dx, dy = x - HALF, y - HALF
        for _quarter in range(quarters % 4):
            dx, dy = -dy, dx
        yield dx + HALF, dy + HALF


def _outline(start: Point, steps: tuple[Step, ...]) -> Iterator[Point]:
    """Corners of the outline, with curves as short straight lines."""
    x, y = start
    yield x, y
    for command, numbers in steps:
        if command == "l":
            line = [(numbers[0], numbers[1])]
        elif command == "a":
            line = list(_arc(*numbers))
        else:
            line = list(_bezier(*numbers))
        for dx, dy in line:
            yield x + dx, y + dy
        x, y = x + line[-1][0], y + line[-1][1]


def _arc(radius: float, sweep: float, dx: float, dy: float) -> Iterator[Point]:
    """The small arc of a circle from (0, 0) to (dx, dy), as SVG draws it."""
    length = math.hypot(dx, dy)
    rise = math.sqrt(max(0.0, radius * radius - length * length / 4))
    side = -1 if sweep else 1
    middle = (dx / 2 + side * rise * dy / length, dy / 2 - side * rise * dx / length)
    first = math.atan2(-middle[1], -middle[0])
    last = math.atan2(dy - middle[1], dx - middle[0])
    turn = (last - first) % math.tau if sweep else -((first - last) % math.tau)
    for step in range(1, STEPS + 1):
        angle = first + turn * step / STEPS
        yield middle[0] + radius * math.cos(angle), middle[1] + radius * math.sin(angle)


def _bezier(x1: float, y1: float, x2: float, y2: float, x3: float, y3: float) -> Iterator[Point]:
    """A cubic curve from (0, 0) to (x3, y3)."""
    for step in range(1, STEPS + 1):
        t = step / STEPS
        a, b, c = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3
        yield a * x1 + b * x2 + c * x3, a * y1 + b * y2 + c * y3
