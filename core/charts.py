"""Charts as inline SVG. Each has a title for who cannot see it, and `Chart.table` has the numbers.

Give labels in the reader's language and values as numbers; they are written the language's way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from math import ceil, floor, log10

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Number = int | float | Decimal
KUUSI, JAKALA, LAKKA, INK, PAPER = "#0B5140", "#D6E6D3", "#FFAE34", "#0F241D", "#FFFFFF"
LINE, EDGE = "#C6D2C9", "#6A7D74"
GREY_BAND = "#FFE8C2"
# From few to many, each with the class of a number that can be read on it.
HEAT = (
    ("#E7E3F7", "inv-dark"),
    ("#CFC8EE", "inv-dark"),
    ("#A79CDB", "inv-dark"),
    ("#5A4CAB", "inv"),
    ("#3A2C86", "inv"),
)
WIDTH, LABEL, ROW = 560, 150, 42


@dataclass(frozen=True)
class Chart:
    """What the templates show: the picture, and the same numbers as a table."""

    svg: SafeString
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def number(value: Number | None, unit: str = "", places: int | None = None) -> str:
    """A number as the reader writes it, with a hard space before its unit: «3,4 €»."""
    if value is None:
        return "–"
    if places is None:
        places = 0 if value == int(value) else 1
    written = number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{written}\u00a0{unit}" if unit else written


def ticks(top: float, about: int = 4) -> list[float]:
    """Round numbers from 0 to at least `top`: 1, 2, 2.5 or 5 times a power of ten apart."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / about
    base = 10 ** floor(log10(rough))
    step = next(base * times for times in (1, 2, 2.5, 5, 10) if base * times >= rough - 1e-12)
    return [round(step * index, 10) for index in range(ceil(top / step - 1e-9) + 1)]


def _svg(width: float, height: float, title: str, *parts: SafeString) -> SafeString:
    mark = "c" + sha256(f"{title}{''.join(parts)}".encode()).hexdigest()[:6]
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" width="{}" role="img" aria-labelledby="{}">'
        '<title id="{}">{}</title>{}</svg>',
        round(width),
        round(height),
        round(width * 1.2),
        mark,
        mark,
        title,
        mark_safe("".join(parts)),
    )


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> SafeString:
    return format_html(
        '<text x="{}" y="{}"{}{}>{}</text>',
        f"{x:.4g}",
        f"{y:.4g}",
        mark_safe(f' class="{kind}"') if kind else "",
        mark_safe(f' text-anchor="{anchor}"') if anchor != "start" else "",
        text,
    )


def _rect(x: float, y: float, width: float, height: float, fill: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        f"{x:.5g}",
        f"{y:.5g}",
        f"{max(width, 0):.5g}",
        f"{height:.5g}",
        fill,
    )


def _line(x1: float, y1: float, x2: float, y2: float, more: str) -> SafeString:
    return mark_safe(f'<path d="M{x1:.5g} {y1:.5g}L{x2:.5g} {y2:.5g}" fill="none" {more}/>')


def _scale(top: float, height: float, unit: str) -> tuple[float, list[SafeString]]:
    """Pixels per one, and the axis with its grid, for a chart of lying rows."""
    marks = ticks(top)
    room = WIDTH - LABEL - 70
    per_one = room / marks[-1]
    places = max(0, *(len(f"{mark:g}".partition(".")[2]) for mark in marks))
    parts = []
    for mark in marks:
        x = LABEL + mark * per_one
        parts.append(_line(x, 4, x, height, f'stroke="{LINE}"'))
        parts.append(_text(x, height + 20, number(mark, unit, places), "ax", "middle"))
    parts.append(_line(LABEL, 0, LABEL, height, f'stroke="{INK}" stroke-width="2.5"'))
    return per_one, parts


def _cut(text: str, most: int = 19) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def bars(
    title: str,
    items: Sequence[tuple[str, Number]],
    unit: str = "",
    head: tuple[str, str] | None = None,
) -> Chart:
    """Lying bars, one per (label, value ≥ 0)."""
    height = ROW * len(items)
    per_one, parts = _scale(float(max((value for _label, value in items), default=0)), height, unit)
    for index, (label, value) in enumerate(items):
        middle = index * ROW + ROW / 2
        long = float(value) * per_one
        parts.append(_text(LABEL - 12, middle + 5, _cut(label), "", "end"))
        parts.append(_rect(LABEL, middle - 11, long, 22, KUUSI))
        parts.append(_text(LABEL + long + 10, middle + 6, number(value, unit), "vl"))
    rows = tuple((label, number(value, unit)) for label, value in items)
    return Chart(_svg(WIDTH, height + 28, title, *parts), head or (_("Item"), _("Value")), rows)


def lollipop(
    title: str,
    items: Sequence[tuple[str, Number, str]],
    unit: str = "",
    head: tuple[str, str, str] | None = None,
    kinds: dict[str, str] | None = None,
) -> Chart:
    """A line with a head per (label, value ≥ 0, kind); the head tells how sure the value is.

    Kinds: "verified" a full head, "measured" a ring, "estimate" dashed. `kinds` gives their names
    for the table.
    """
    height = ROW * len(items)
    most = float(max((value for _label, value, _kind in items), default=0))
    per_one, parts = _scale(most, height, unit)
    for index, (label, value, kind) in enumerate(items):
        middle = index * ROW + ROW / 2
        x = LABEL + float(value) * per_one
        dash = ' stroke-dasharray="4 4"' if kind == "estimate" else ""
        fill, edge = {
            "verified": (KUUSI, f'stroke="{KUUSI}" stroke-width="3.5"'),
            "measured": (JAKALA, f'stroke="{KUUSI}" stroke-width="3.5"'),
            "estimate": (PAPER, f'stroke="{KUUSI}" stroke-width="2.5" stroke-dasharray="4 3"'),
        }[kind]
        parts.append(_text(LABEL - 12, middle + 5, _cut(label), "", "end"))
        parts.append(_line(LABEL, middle, x, middle, f'stroke="{KUUSI}" stroke-width="3.5"{dash}'))
        parts.append(
            mark_safe(f'<circle cx="{x:.5g}" cy="{middle:.5g}" r="9" fill="{fill}" {edge}/>')
        )
        parts.append(_text(x + 20, middle + 6, number(value, unit), "vl"))
    names = kinds or {
        "verified": _("verified by an outsider"),
        "measured": _("measured by the municipality"),
        "estimate": _("estimate"),
    }
    rows = tuple((label, number(value, unit), str(names[kind])) for label, value, kind in items)
    return Chart(
        _svg(WIDTH, height + 28, title, *parts),
        head or (_("Municipality"), _("Value"), _("Evidence")),
        rows,
    )


def histogram(
    title: str, bins: Sequence[tuple[str, int]], head: tuple[str, str] | None = None
) -> Chart:
    """Standing bars that touch, one per (label of the bin, count)."""
    height, foot, left = 190, 30, 40
    marks = ticks(max((count for _label, count in bins), default=0))
    marks = [mark for mark in marks if mark == int(mark)]  # counts are whole
    per_one = (height - 24) / marks[-1]
    wide = (WIDTH - left) / max(len(bins), 1)
    parts = []
    for mark in marks:
        y = height - mark * per_one
        parts.append(_line(left, y, WIDTH, y, f'stroke="{LINE}"'))
        parts.append(_text(left - 8, y + 5, number(int(mark)), "ax", "end"))
    for index, (label, count) in enumerate(bins):
        x = left + index * wide
        parts.append(_rect(x + 1, height - count * per_one, wide - 2, count * per_one, KUUSI))
        parts.append(_text(x + wide / 2, height + 20, label, "ax", "middle"))
        if count:
            y = height - count * per_one - 6
            parts.append(_text(x + wide / 2, y, number(count), "vl", "middle"))
    parts.append(_line(left, height, WIDTH, height, f'stroke="{INK}" stroke-width="2.5"'))
    rows = tuple((label, number(count)) for label, count in bins)
    return Chart(_svg(WIDTH, height + foot, title, *parts), head or (_("Range"), _("Count")), rows)


def heatgrid(
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Number | None]]],
    low: Number = 1,
    high: Number = 5,
) -> Chart:
    """A cell per (row, column): the fuller the colour, the nearer to `high`; None is left open."""
    cell, left, top = 44, LABEL, 34
    span = float(high) - float(low) or 1.0
    parts = []
    for index, label in enumerate(columns):
        x = left + index * cell + cell / 2
        parts.append(_text(x, top - 12, _cut(label, 6), "ax", "middle"))
    for line, (label, values) in enumerate(rows):
        y = top + line * cell
        parts.append(_text(left - 12, y + cell / 2 + 5, _cut(label), "", "end"))
        for index, value in enumerate(values):
            x = left + index * cell
            if value is None:
                parts.append(
                    mark_safe(
                        f'<rect x="{x + 2:.5g}" y="{y + 2:.5g}" width="{cell - 5}"'
                        f' height="{cell - 5}" fill="none" stroke="{EDGE}" stroke-dasharray="3 3"/>'
                    )
                )
                continue
            share = min(max((float(value) - float(low)) / span, 0.0), 1.0)
            fill, kind = HEAT[min(int(share * len(HEAT)), len(HEAT) - 1)]
            parts.append(_rect(x + 1, y + 1, cell - 2, cell - 2, fill))
            parts.append(_text(x + cell / 2, y + cell / 2 + 5, number(value), kind, "middle"))
    size = (left + cell * len(columns), top + cell * len(rows))
    table = tuple((label, *(number(value) for value in values)) for label, values in rows)
    return Chart(_svg(*size, title, *parts), ("", *columns), table)


@dataclass(frozen=True)
class Interval:
    """A line of `cutline`: ranks with 1 best, `band` "in", "grey" or "out"."""

    label: str
    low: int
    expected: float
    high: int
    band: str
    cells: tuple[str, ...] = ()


def cutline(
    title: str,
    items: Sequence[Interval],
    *,
    cut: int,
    cut_label: str,
    head: Sequence[str],
    axis: str = "",
) -> Chart:
    """Where each proposal's place may lie, and the line after the last winner.

    One row per interval, in the order given: a bar from `low` to `high`, a dot at `expected`;
    rows of the grey band lie on a field. The table has each label and its `cells`, under `head`.
    """
    row, label, top = 26, 215, 30
    height = top + row * len(items)
    low = min((one.low for one in items), default=1)
    high = max(max((one.high for one in items), default=1), cut + 1)
    room = WIDTH - label - 20

    def x(rank: float) -> float:
        return label + 12 + (rank - low) / max(high - low, 1) * (room - 12)

    parts = []
    for index, one in enumerate(items):
        if one.band == "grey":
            parts.append(_rect(0, top + index * row, WIDTH, row, GREY_BAND))
    step = max(1, round(ticks(high - low, 6)[1]))
    for mark in range(low if low == 1 else -(-low // step) * step, high + 1, step):
        shown = mark if low != 1 or mark == 1 else mark - 1
        parts.append(_line(x(shown), top - 4, x(shown), height, f'stroke="{LINE}"'))
        parts.append(_text(x(shown), height + 18, number(shown), "ax", "middle"))
    for index, one in enumerate(items):
        y = top + index * row + row / 2
        colour = {"in": KUUSI, "grey": INK}.get(one.band, EDGE)
        parts.append(_text(label, y + 5, _cut(one.label, 26), "lb", "end"))
        parts.append(
            _line(x(one.low), y, x(one.high), y, f'stroke="{colour}" stroke-width="5"')
            if one.high > one.low
            else SafeString("")
        )
        parts.append(
            mark_safe(
                f'<circle cx="{x(one.expected):.5g}" cy="{y:.5g}" r="6" fill="{PAPER}"'
                f' stroke="{colour}" stroke-width="3.5"/>'
            )
        )
    middle = x(cut + 0.5)
    parts.append(
        _line(middle, top - 8, middle, height, f'stroke="{INK}" stroke-dasharray="6 4"'
              ' stroke-width="2"')
    )  # fmt: skip
    parts.append(_text(middle, top - 14, cut_label, "ax", "middle"))
    if axis:
        parts.append(_text(WIDTH, height + 36, axis, "ax", "end"))
    rows = tuple((one.label, *one.cells) for one in items)
    return Chart(_svg(WIDTH, height + (42 if axis else 24), title, *parts), tuple(head), rows)


def table(chart: Chart) -> SafeString:
    """The chart's numbers behind a «Show as a table»."""
    head = format_html_join("", '<th scope="col">{}</th>', ((name,) for name in chart.head))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (row[0], format_html_join("", '<td class="num">{}</td>', ((cell,) for cell in row[1:])))
            for row in chart.rows
        ),
    )
    return format_html(
        '<details class="plain"><summary>{}</summary><div class="table-wrap" tabindex="0"'
        ' role="region" aria-label="{}"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        "</div></details>",
        _("Show as a table"),
        _("Table"),
        head,
        body,
    )
