"""Shapes of a 40 × 40 tile, written as relative SVG path data that can be turned by quarters.

All tiles of one colour go into one path, so a whole pattern is a handful of elements.
"""

from collections.abc import Iterable
from functools import lru_cache

SIDE = 40
HALF = SIDE // 2

Step = tuple[str, tuple[float, ...]]
Outline = tuple[tuple[float, float], tuple[Step, ...]]

# A shape is a list of layers; each layer is a list of outlines: a starting point and steps.
# "l" dx dy · "a" radius sweep dx dy (small arc) · "c" as in SVG.
SHAPES: dict[str, tuple[tuple[Outline, ...], ...]] = {
    "quarter": ((((0, 0), (("l", (40, 0)), ("a", (40, 1, -40, 40)))),),),
    "rainbow": (
        (((0, 0), (("l", (40, 0)), ("a", (40, 1, -40, 40)))),),
        (((0, 0), (("l", (20, 0)), ("a", (20, 1, -20, 20)))),),
    ),
    "leaf": ((((0, 0), (("a", (40, 1, 40, 40)), ("a", (40, 1, -40, -40)))),),),
    "seed": ((((20, 0), (("c", (20, 12, 20, 28, 0, 40)), ("c", (-20, -12, -20, -28, 0, -40)))),),),
    "sun": ((((3.5, 20), (("a", (16.5, 1, 33, 0)), ("a", (16.5, 1, -33, 0)))),),),
    "eye": (
        (((0, 20), (("a", (20, 1, 40, 0)), ("a", (20, 1, -40, 0)))),),
        (((11, 20), (("a", (9, 1, 18, 0)), ("a", (9, 1, -18, 0)))),),
    ),
    "rows": (
        tuple(((0, y), (("l", (40, 0)), ("l", (0, 8)), ("l", (-40, 0)))) for y in (0, 16, 32)),
    ),
    "sail": ((((0, 0), (("l", (40, 40)), ("l", (-40, 0)))),),),
    "bowls": (tuple(((0, y), (("a", (20, 0, 40, 0)),)) for y in (0, 20)),),
}


def _short(number: float) -> str:
    """As few characters as SVG allows: 0.5 → .5, 40.0 → 40."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def join(numbers: Iterable[float]) -> str:
    """Numbers of a path, with a space only where one is needed."""
    out = ""
    for number in numbers:
        text = _short(number)
        out += text if not out or text.startswith("-") else f" {text}"
    return out


def _turn(x: float, y: float, quarters: int) -> tuple[float, float]:
    for _quarter in range(quarters % 4):
        x, y = -y, x
    return x, y


def _steps(steps: Iterable[Step], quarters: int) -> str:
    out = ""
    for command, numbers in steps:
        if command == "a":
            radius, sweep, dx, dy = numbers
            dx, dy = _turn(dx, dy, quarters)
            out += f"a{join((radius, radius, 0, 0, sweep, dx, dy))}"
            continue
        turned: list[float] = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            turned += _turn(dx, dy, quarters)
        if command == "l" and turned[1] == 0:
            out += f"h{join(turned[:1])}"
        elif command == "l" and turned[0] == 0:
            out += f"v{join(turned[1:])}"
        else:
            out += command + join(turned)
    return out


@lru_cache(maxsize=256)
def _layer(shape: str, layer: int, quarters: int) -> tuple[tuple[float, float, str], ...]:
    found = []
    for (x, y), steps in SHAPES[shape][layer]:
        dx, dy = _turn(x - HALF, y - HALF, quarters)
        found.append((dx + HALF, dy + HALF, _steps(steps, quarters)))
    return tuple(found)


def shape_path(shape: str, layer: int, quarters: int, left: float, top: float) -> str:
    """Path data of one layer of a shape, turned by quarters, on the tile at (left, top)."""
    return "".join(
        f"M{join((left + x, top + y))}{steps}z" for x, y, steps in _layer(shape, layer, quarters)
    )


def layers(shape: str) -> int:
    return len(SHAPES[shape])


def square_path(left: float, top: float, side: float = SIDE + 0.3) -> str:
    """A tile's ground, a hair wider than the tile so that neighbours leave no seam."""
    return f"M{join((left, top))}h{_short(side)}v{_short(side)}h{_short(-side)}z"
