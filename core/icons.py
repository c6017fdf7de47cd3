"""Line icons on a 24 × 24 grid, drawn for Talkoot; written into the page, never fetched."""

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

STROKES: dict[str, str] = {
    "arrow": "M3 12h17M13 5l7 7-7 7",
    "back": "M21 12H4M11 5l-7 7 7 7",
    "up": "M12 21V4M5 11l7-7 7 7",
    "down": "M12 3v17M5 13l7 7 7-7",
    "check": "M4 13l5 5L20 6",
    "cross": "M5 5l14 14M19 5L5 19",
    "plus": "M12 4v16M4 12h16",
    "search": "M4 10.5a6.5 6.5 0 0 1 13 0a6.5 6.5 0 0 1-13 0zM15.5 15.5L21 21",
    "menu": "M3 6h18M3 12h18M3 18h18",
    "file": "M6 2.5h8.5L19 7v14.5H6zM14 2.5V8h5",
    "download": "M12 3v12M6 10l6 6 6-6M4 21h16",
    "upload": "M12 16V4M6 9l6-6 6 6M4 21h16",
    "mail": "M3 5h18v14H3zM3 6l9 7 9-7",
    "person": "M8 7.5a4 4 0 0 1 8 0a4 4 0 0 1-8 0zM4 21.5c0-5 3-7.5 8-7.5s8 2.5 8 7.5",
    "people": "M5.5 8a3.5 3.5 0 0 1 7 0a3.5 3.5 0 0 1-7 0zM2 20.5c0-4.5 2.5-6.5 7-6.5s7 2 7 6.5"
    "M15.5 4.7a3.5 3.5 0 0 1 0 6.6M18.5 14.5c2.5.8 3.5 2.8 3.5 6",
    "warning": "M12 3L22 20.5H2zM12 9.5v5.5M12 17v1.6",
    "eye": "M2 12c4-8 16-8 20 0c-4 8-16 8-20 0zM9 12a3 3 0 0 1 6 0a3 3 0 0 1-6 0z",
    "lock": "M5 10.5h14V21H5zM8 10.5V7a4 4 0 0 1 8 0v3.5",
    "key": "M3 15a4.5 4.5 0 0 1 9 0a4.5 4.5 0 0 1-9 0zM10.7 11.8L20 3M16.5 6.5l3 3",
    "link": "M10 14l4-4M8 11l-3 3a4 4 0 0 0 5.5 5.5l3-3M16 13l3-3a4 4 0 0 0-5.5-5.5l-3 3",
    "award": "M6 9a6 6 0 0 1 12 0a6 6 0 0 1-12 0zM8.5 14L7 22l5-3 5 3-1.5-8",
    "comment": "M3 4h18v13h-9l-5 4v-4H3z",
    "chart": "M4 3v18h17M8.5 17v-5M13 17V8M17.5 17V5",
}


@cache
def icon_svg(name: str, label: str = "") -> SafeString:
    """The icon as SVG: an ornament, or an image named by `label`. KeyError for an unknown name."""
    said: str = mark_safe('aria-hidden="true" focusable="false"')
    if label:
        said = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" {}><path d="{}" fill="none" stroke="currentColor"'
        ' stroke-width="2.25"/></svg>',
        said,
        STROKES[name],
    )
