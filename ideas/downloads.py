"""A challenge's public proposals as a table: what the list shows, whole where open."""

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

CHUNK = 200


def respond(challenge: Challenge, found: IdeaQuerySet, kind: str) -> HttpResponseBase:
    """The rows of `found` as CSV or XLSX, sent as they are read."""
    day = clock.local(clock.now()).date().isoformat()
    name = f"{challenge.slug}-{day}.{kind}"
    columns = _questions(found)
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
        *columns.values(),
    ]
    rows = _rows(found, list(columns))
    if kind == "xlsx":
        return xlsx_response(name, header, rows, sheet=text(challenge.name))
    return csv_response(name, header, rows)


def _questions(found: IdeaQuerySet) -> dict[str, str]:
    """key → label of every question open to all in the forms that were answered, in their order."""
    forms = FormVersion.objects.filter(
        pk__in=found.order_by().values_list("form_id", flat=True).distinct()
    ).select_related("series")
    labels: dict[str, str] = {}
    for form in forms.order_by("series__order", "series_id", "number"):
        for field in form.parsed.visible("public"):
            told = field.purpose in (Purpose.TITLE, Purpose.THEME, Purpose.MUNICIPALITY)
            if not told and field.purpose not in reader.CONTACT:
                labels.setdefault(field.key, text(field.label))
    return labels


def _rows(found: IdeaQuerySet, keys: list[str]) -> Iterator[list[Any]]:
    forms: dict[int, FormVersion] = {}
    ideas = found.select_related(
        "challenge", "series", "theme", "organisation", "current_version"
    ).iterator(chunk_size=CHUNK)
    for idea in ideas:
        if idea.form_id not in forms:
            forms[idea.form_id] = FormVersion.objects.get(pk=idea.form_id)
        idea.form = forms[idea.form_id]
        yield _row(idea, keys)


def _row(idea: Idea, keys: list[str]) -> list[Any]:
    answers = {row.key: row for row in reader.rows(idea, reader.Audience.PUBLIC)}
    card = reader.card(idea)
    theme = next((row.value for row in answers.values() if row.purpose == Purpose.THEME), "")
    return [
        idea.reference,
        idea.title,
        card.series,
        reader.proposer(idea, reader.Audience.PUBLIC),
        theme,
        card.place,
        idea.submitted_at,
        idea.language,
        _("yes") if idea.awarded else "",
        f"{settings.SITE_URL}{card.url}",
        *(_cell(answers.get(key)) for key in keys),
    ]


def _cell(row: reader.Row | None) -> str:
    if row is None:
        return ""
    return row.value or "; ".join(file.name for file in row.files)
