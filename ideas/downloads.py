"""A challenge's proposals as a table: for all what is public, for staff what was handed in."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from challenges.definition import Purpose
from challenges.models import Challenge, FormVersion
from core import clock
from core.export import csv_response, xlsx_response
from core.multilingual import text
from ideas import reader
from ideas.models import Idea, IdeaQuerySet
from ideas.reader import Audience

CHUNK = 200


def respond(
    challenge: Challenge,
    found: IdeaQuerySet,
    kind: str,
    *,
    audience: Audience = Audience.PUBLIC,
) -> HttpResponseBase:
    """The rows of `found` as CSV or XLSX, sent as they are read, with what the audience sees."""
    day = clock.local(clock.now()).date().isoformat()
    name = f"{challenge.slug}-{day}.{kind}"
    columns = _questions(found, audience)
    for_staff = audience == Audience.STAFF
    header = [
        _("Number"),
        _("Title"),
        _("Series"),
        _("Proposer"),
        _("Theme"),
        _("Municipality"),
        _("Received"),
        _("Language"),
        _("Winner"),
        _("Address"),
        *([_("State"), _("Business ID"), _("Fingerprint (SHA-256)")] if for_staff else []),
        *columns.values(),
    ]
    rows = _rows(found, list(columns), audience)
    if kind == "xlsx":
        return xlsx_response(name, header, rows, sheet=text(challenge.name))
    return csv_response(name, header, rows)


def _questions(found: IdeaQuerySet, audience: Audience) -> dict[str, str]:
    """key → label of every question that the audience may see, in the order of the forms."""
    forms = FormVersion.objects.filter(
        pk__in=found.order_by().values_list("form_id", flat=True).distinct()
    ).select_related("series")
    labels: dict[str, str] = {}
    for form in forms.order_by("series__order", "series_id", "number"):
        for field in form.parsed.visible(*reader.SEES[audience]):
            told = field.purpose in (Purpose.TITLE, Purpose.THEME, Purpose.MUNICIPALITY)
            hidden = audience == Audience.PUBLIC and field.purpose in reader.CONTACT
            if not told and not hidden:
                labels.setdefault(field.key, text(field.label))
    return labels


def _rows(found: IdeaQuerySet, keys: list[str], audience: Audience) -> Iterator[list[Any]]:
    forms: dict[int, FormVersion] = {}
    ideas = found.select_related(
        "challenge", "series", "theme", "organisation", "current_version"
    ).iterator(chunk_size=CHUNK)
    for idea in ideas:
        if idea.form_id not in forms:
            forms[idea.form_id] = FormVersion.objects.get(pk=idea.form_id)
        idea.form = forms[idea.form_id]
        yield _row(idea, keys, audience)


def _row(idea: Idea, keys: list[str], audience: Audience) -> list[Any]:
    answers = {row.key: row for row in reader.rows(idea, audience)}
    purposes = {row.purpose: row.value for row in answers.values()}
    version = idea.current_version
    more = []
    if audience == Audience.STAFF:
        more = [
            str(idea.get_state_display()),
            idea.organisation.business_id if idea.organisation else "",
            version.digest if version else "",
        ]
    return [
        idea.reference,
        idea.title,
        text(idea.series.name),
        reader.proposer(idea, audience),
        purposes.get(Purpose.THEME, ""),
        purposes.get(Purpose.MUNICIPALITY, ""),
        idea.submitted_at,
        idea.language,
        _("yes") if idea.awarded else "",
        f"{settings.SITE_URL}{idea.get_absolute_url()}" if idea.is_public else "",
        *more,
        *(_cell(answers.get(key)) for key in keys),
    ]


def _cell(row: reader.Row | None) -> str:
    if row is None:
        return ""
    return row.value or "; ".join(file.name for file in row.files)
