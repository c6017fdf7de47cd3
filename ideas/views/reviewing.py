"""Checking one's answers, handing in, taking back. Used by the secret link and when signed in."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import oidc
from core import ratelimit
from core.arrival import arrived_at
from core.errors import Invalid
from ideas import identification, reader
from ideas.actions import submit_idea, withdraw_idea
from ideas.errors import CallClosed, NotIdentified
from ideas.flow import Desk
from ideas.trade_secrets import label_of
from ideas.versions import attachments_of, check
from ideas.views.closed import late

FASTEST = dt.timedelta(seconds=2)  # from the first word to handing in: a robot, or a second press
SUBMITS_PER_TEN_MINUTES = 30


@require_safe
def review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Check your answers: all of them on one page, each with a way to change it."""
    if not desk.may_write(request):
        return late(request, desk)
    return _review(request, desk)


def _review(
    request: HttpRequest,
    desk: Desk,
    *,
    errors: dict[str, list[str]] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    idea = desk.idea
    rows = reader.rows(idea, reader.Audience.TEAM, draft=True)
    secret = reader.secret_parts(idea, reader.Audience.TEAM, draft=True)
    found = faults_of(desk) if errors is None else errors
    context = {
        "desk": desk,
        "idea": idea,
        "challenge": idea.challenge,
        "series": idea.series,
        "groups": [
            (step, desk.paths.step(step.key), [row for row in rows if row.step == step.key])
            for step in desk.steps
        ],
        "faults": list(_faults(desk, found)),
        "show_faults": errors is not None,
        "trouble": trouble,
        "changes_version": not desk.is_draft,
        "identification": identification.question(request, idea.challenge, back=desk.paths.review),
    }
    if desk.any_order or secret:
        context |= preview_of(desk, rows)
        context["secret"] = [(part, desk.paths.step(part.step)) for part in secret]
        return render(request, "ideas/preview.html", context, status=status)
    return render(request, "ideas/review.html", context, status=status)


def _faults(desk: Desk, found: dict[str, list[str]]) -> Iterator[tuple[str, list[str], str]]:
    """(what it is about, what must be done, where), in the order of the form."""
    definition = desk.definition
    for field in definition.fields.values():
        for name in (field.key, field.secret_key, field.reason_key):
            if name in found:
                yield label_of(definition, name), found[name], desk.paths.step(field.step)


def faults_of(desk: Desk) -> dict[str, list[str]]:
    """Question's key → what must be done before handing in."""
    return check(desk.idea, attachments_of(desk.idea)).errors


def preview_of(desk: Desk, rows: list[reader.Row]) -> dict[str, Any]:
    """The same answers by who will see them. Who to contact is told to staff alone."""
    columns: dict[str, list[tuple[reader.Row, str]]] = {"public": [], "jury": [], "staff": []}
    for row in rows:
        column = "staff" if row.purpose in reader.CONTACT else row.visibility
        columns[column].append((row, desk.paths.step(row.step)))
    return {f"rows_{column}": found for column, found in columns.items()}


@require_POST
def submit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Hand in. Pressing twice gives the same receipt."""
    at = arrived_at(request)
    if desk.is_draft and desk.by is None and at - desk.idea.created_at < FASTEST:
        trouble = _("That was very quick. Look your answers over and press once more.")
        return _review(request, desk, trouble=trouble, status=429)
    if not ratelimit.allow(
        "idea-submit", desk.idea.uid.hex, limit=SUBMITS_PER_TEN_MINUTES, seconds=600
    ):
        trouble = _("This proposal has been sent many times in a row. Wait a few minutes.")
        return _review(request, desk, trouble=trouble, status=429)
    try:
        submit_idea(idea=desk.idea, at=at, by=desk.by, identified=oidc.identified(request))
    except CallClosed:
        return late(request, desk)
    except NotIdentified as refusal:
        return _review(request, desk, trouble=str(refusal), status=409)
    except Invalid as refusal:
        return _review(request, desk, errors=refusal.errors, status=422)
    return redirect(desk.paths.receipt)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask once, then take the proposal back."""
    if request.method != "POST":
        return render(request, "ideas/withdraw.html", {"desk": desk, "idea": desk.idea})
    idea = withdraw_idea(idea=desk.idea, at=arrived_at(request), by=desk.by)
    return render(request, "ideas/withdrawn.html", {"idea": idea, "challenge": idea.challenge})
