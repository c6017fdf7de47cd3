"""Numbers and words of the jury's pages for staff: heat grid, calibrated scores, the cut line."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import charts
from scoring.models import IdeaStanding, Juror, Meeting, Sign
from scoring.queries import dashboard
from scoring.queries.standing import RoundResults
from scoring.states import MeetingState

register = template.Library()

SMALLEST = 0.05  # points; a smaller difference is written as none
MARKS = {
    dashboard.DONE: "●",
    dashboard.DRAFT: "◐",
    dashboard.NOT_BEGUN: "○",
    dashboard.LATE: "!",
    dashboard.REOPENED: "↻",
    dashboard.ABSTAINED: "∅",
    dashboard.RECUSED: "⊘",
}


def cell_words() -> dict[str, str]:
    return {
        dashboard.DONE: _("submitted"),
        dashboard.DRAFT: _("begun"),
        dashboard.NOT_BEGUN: _("not begun"),
        dashboard.LATE: _("late"),
        dashboard.REOPENED: _("opened again"),
        dashboard.ABSTAINED: _("abstained"),
        dashboard.RECUSED: _("disqualified"),
    }


def _cells() -> dict[str, SafeString]:
    cells = {
        state: format_html(
            '<td class="tk-c {}"><span aria-hidden="true">{}</span>'
            '<span class="w-sr-only">{}</span></td>',
            state,
            MARKS[state],
            words,
        )
        for state, words in cell_words().items()
    }
    cells[""] = mark_safe('<td class="tk-c"></td>')
    return cells


@register.simple_tag
def heat_rows(rows: Sequence[dashboard.GridRow]) -> list[tuple[dashboard.GridRow, SafeString]]:
    """Each row with its cells written: the state as a mark, a colour and words."""
    written = _cells()
    return [(row, mark_safe("".join(written[cell] for cell in row.cells))) for row in rows]


@register.simple_tag
def heat_key() -> SafeString:
    """What the marks mean."""
    return format_html_join(
        " ",
        '<span class="tk-key"><span class="tk-c {}" aria-hidden="true">{}</span> {}</span>',
        ((state, MARKS[state], words) for state, words in cell_words().items()),
    )


@register.filter
def points(value: float | str | None, places: int = 1) -> str:
    """Points as the reader writes them; «–» where there are none."""
    if value is None or value == "":  # "": a variable that the template does not have
        return "–"
    return number_format(round(float(value), places), decimal_pos=places, use_l10n=True)


@register.filter
def signed(value: float | str | None) -> str:
    """A difference with its sign: +1,8 or −0,4; «±0» where there is none to speak of."""
    if value is None or value == "":  # "": a variable that the template does not have
        return "–"
    value = float(value)
    if abs(value) < SMALLEST:
        return "±0"
    return ("+" if value > 0 else "−") + points(abs(value))


@register.filter
def percent(value: float | str | None) -> str:
    """A share as whole percents; never 0 or 100 unless it is so."""
    if value is None or value == "":  # "": a variable that the template does not have
        return "–"
    value = float(value)
    whole = round(100 * value)
    if whole == 0 and value > 0:
        return _("under 1 %%") % ()
    if whole == 100 and value < 1:
        return _("over 99 %%") % ()
    return f"{whole}\u00a0%"


@register.filter
def why_it_differs(line: IdeaStanding) -> str:
    """One sentence on how the calibrated score comes from the raw one."""
    if line.correction is None:
        return ""
    if abs(line.correction) < SMALLEST:
        return _("Its jurors together score as the average juror does.")
    how = {"n": line.sheets, "points": signed(line.correction)}
    if line.correction > 0:
        return (
            ngettext(
                "Its juror is stricter than the average juror: %(points)s.",
                "Its %(n)s jurors are on average stricter than the others: %(points)s.",
                line.sheets,
            )
            % how
        )
    return (
        ngettext(
            "Its juror is milder than the average juror: %(points)s.",
            "Its %(n)s jurors are on average milder than the others: %(points)s.",
            line.sheets,
        )
        % how
    )


@register.filter
def sign_words(sign: Sign) -> str:
    """What was seen in the scores, without saying that anything is wrong."""
    value = points(abs(sign.value))
    if sign.kind == "outlier":
        if sign.value > 0:
            return _(
                "The score is higher than the other jurors' scores and the juror's own level lead"
                " to expect (%(value)s standard deviations)."
            ) % {"value": value}
        return _(
            "The score is lower than the other jurors' scores and the juror's own level lead to"
            " expect (%(value)s standard deviations)."
        ) % {"value": value}
    if sign.kind == "erratic":
        return _(
            "The scores differ from the others' %(value)s times as much as jurors' scores usually"
            " do."
        ) % {"value": value}
    if sign.kind == "halo":
        return _(
            "The criteria rise and fall together on nearly all sheets (mean correlation %(value)s)."
        ) % {"value": points(sign.value, 2)}
    return _("Every proposal has got the same total.")


@register.inclusion_tag("scoring/_talk.html")
def talk_links(juror: Juror) -> dict[str, Any]:
    """Ways to what was asked of the juror and to the meeting, where there are any."""
    signs = list(juror.signs.filter(asked_at__isnull=False).values_list("answered_at", flat=True))
    return {
        "juror": juror,
        "asked": len(signs),
        "open": sum(answered is None for answered in signs),
        "meeting": Meeting.objects.filter(round__series__jurors=juror)
        .exclude(state=MeetingState.PLANNED)
        .exists(),
    }


@register.simple_tag
def band_word(band: str) -> str:
    return {"in": _("clearly in"), "grey": _("open"), "out": _("clearly out")}.get(band, "–")


@register.simple_tag
def cut_line(results: RoundResults) -> SafeString:
    """The chart of the cut line and its table."""
    standing = results.standing
    if standing is None:
        return SafeString("")
    items = [
        charts.Interval(
            label=line.idea.title,
            low=line.low or 1,
            expected=line.expected or 1,
            high=line.high or 1,
            band=line.band,
            cells=(
                charts.number(line.calibrated_rank),
                f"{line.low}–{line.high}",
                percent(line.p_winner),
                band_word(line.band),
            ),
        )
        for line in results.chart
        if line.low is not None
    ]
    chart = charts.cutline(
        _("Where each proposal's place may lie (90 %% interval) and the line after the winners")
        % (),
        items,
        cut=standing.winners,
        cut_label=_("the line"),
        axis=_("place"),
        head=(
            _("Proposal"),
            _("Calibrated place") if standing.used else _("Place"),
            _("90 %% interval") % (),
            _("Chance of winning"),
            _("Band"),
        ),
    )
    return format_html("{}{}", chart.svg, charts.table(chart))
