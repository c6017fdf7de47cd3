"""The tags and filters of the public site; docs/architecture-ui.md lists them with examples."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import charts, formparts, markup, multilingual
from core.cards import PhaseMark, Step
from core.icons import icon_svg
from core.kuosi import kuosi_svg
from core.mosaic import dotmap_svg, mosaic_svg

register = template.Library()


# Pictures --------------------------------------------------------------------------------------
@register.simple_tag
def kuosi(
    seed: object, columns: int = 3, rows: int = 3, family: str = "", extra: str = ""
) -> SafeString:
    """{% kuosi uid 6 2 family=theme.key %}: a proposal's pattern. `extra="bleed"`: a banner."""
    return kuosi_svg(str(seed), int(columns), int(rows), family or None, extra)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """{% icon "file" %}: an ornament; with a label, an image."""
    return icon_svg(name, str(label))


@register.simple_tag
def mosaic(counts: Mapping[str, int], title: str) -> SafeString:
    """{% mosaic counts title %}: Finland in tiles, lit by municipality → number."""
    return mosaic_svg(counts, str(title))


@register.simple_tag
def dotmap(marked: Iterable[str], title: str = "") -> SafeString:
    """{% dotmap names title="…" %}: a dot per municipality; those named are large."""
    return dotmap_svg(marked, str(title))


def _with_table(chart: charts.Chart, *between: SafeString) -> SafeString:
    parts = (chart.svg, *between, charts.table(chart))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag
def bars(title: str, items: Sequence[tuple[str, charts.Number]], unit: str = "") -> SafeString:
    """{% bars title items unit="€" %}: items are (label, value)."""
    return _with_table(charts.bars(str(title), items, unit))


@register.simple_tag
def lollipop(
    title: str, items: Sequence[tuple[str, charts.Number, str]], unit: str = ""
) -> SafeString:
    """{% lollipop title items unit="€" %}: (label, value, "verified" | "measured" | "estimate")."""
    kinds = {
        "verified": ("a", _("verified by an outsider")),
        "measured": ("m", _("measured by the municipality")),
        "estimate": ("e", _("estimate")),
    }
    used = {kind for _label, _value, kind in items}
    key = format_html(
        '<ul class="key">{}</ul>',
        format_html_join(
            "",
            '<li><i class="k {}"></i>{}</li>',
            (kinds[kind] for kind in kinds if kind in used),
        ),
    )
    return _with_table(charts.lollipop(str(title), items, unit), key)


@register.simple_tag
def histogram(title: str, bins: Sequence[tuple[str, int]]) -> SafeString:
    """{% histogram title bins %}: bins are (label, count)."""
    return _with_table(charts.histogram(str(title), bins))


@register.simple_tag
def heatgrid(
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[charts.Number | None]]],
    low: charts.Number = 1,
    high: charts.Number = 5,
) -> SafeString:
    """{% heatgrid title columns rows low=1 high=5 %}: rows are (label, values)."""
    return _with_table(charts.heatgrid(str(title), columns, rows, low, high))


# Parts of pages --------------------------------------------------------------------------------
@register.inclusion_tag("components/phase_bar.html")
def phase_bar(phases: Sequence[PhaseMark]) -> dict[str, Any]:
    """{% phase_bar phases %}: core.cards.PhaseMark or anything with the same attributes."""
    return {"phases": phases}


@register.inclusion_tag("components/trail.html")
def trail(steps: Sequence[Step]) -> dict[str, Any]:
    """{% trail steps %}: core.cards.Step or anything with the same attributes."""
    return {"steps": steps}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, big: bool = False, unit: str = "") -> dict[str, Any]:
    """{% field form.email %}: a form's field with label, hint, error and counter."""
    return {"field": bound, "big": big, "unit": unit}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_: forms.BaseForm) -> dict[str, Any]:
    """{% error_summary form other_form %}: nothing when there are no errors."""
    return {"links": [link for form in forms_ if form for link in formparts.error_links(form)]}


@register.filter
def field_parts(bound: BoundField) -> formparts.FieldParts:
    return formparts.field_parts(bound)


@register.filter
def error_links(form: forms.BaseForm) -> list[formparts.ErrorLink]:
    return formparts.error_links(form)


# Addresses -------------------------------------------------------------------------------------
@register.simple_tag
def content_url(slug: str) -> str:
    """{% content_url "tietosuoja" %}: a content page in the current language, by its slug."""
    return reverse("wagtail_serve", args=[f"{slug}/"])


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changed: object) -> str:
    """{% query_with page=2 theme=None %}: the open address's query, changed; None takes away."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changed.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


# Text ------------------------------------------------------------------------------------------
@register.filter
def tavuta(text: object) -> str:
    """Soft hyphens in long words of headings: {{ title|tavuta }}."""
    return markup.hyphenate(str(text))


@register.filter
def small_markdown(text: object) -> SafeString:
    """Paragraphs, lists, bold and links of what people wrote; all else escaped."""
    return markup.small_markdown(str(text or ""))


@register.filter
def ml(value: Any, language: str | None = None) -> str:
    """A text of several languages in the reader's: {{ theme.name|ml }}."""
    return multilingual.text(value, language)


@register.filter
def ml_lang(value: Any) -> str:
    """The code for a `lang` attribute when the text is not in the reader's language, else empty."""
    return multilingual.lang(value)


@register.filter
def number(value: charts.Number | None, unit: str = "") -> str:
    """{{ 3.4|number:"€" }} → 3,4 € with a hard space; – for nothing."""
    return charts.number(value, unit)


# Lists -----------------------------------------------------------------------------------------
@register.filter
def short_range(page: Page) -> list[int | str]:
    """Page numbers with gaps for a long list: 1 2 … 7 8 9 … 41 42."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
