"""One's own results on one strip: compared, adjusted, locked one by one or all at once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.signed_in import person_of
from core.arrival import arrived_at
from core.errors import DomainError, Invalid
from scoring.actions import sheets
from scoring.models import Juror
from scoring.queries import desk as read
from scoring.queries.strip import strips_of
from scoring.states import NotApplicable
from scoring.views.doors import mine, own_seat


@own_seat
def strip(request: HttpRequest, juror: Juror) -> HttpResponse:
    """All that one has scored, on one's own scale; adjusted and locked from here."""
    if request.method == "POST":
        if request.POST.get("go") == "all":
            _lock_all(request, juror)
        else:
            _one(request, juror)
        return redirect("scoring:strip", juror.pk)
    strips, lines = strips_of(juror)
    return render(
        request,
        "scoring/strip.html",
        {
            "juror": juror,
            "challenge": juror.challenge,
            "strips": strips,
            "lines": lines,
            "queue": read.queue_of(juror),
            "ready": sum(line.item.state == "ready" for line in lines),
            "reweight": NotApplicable.REWEIGHT,
        },
    )


def _lock_all(request: HttpRequest, juror: Juror) -> None:
    queue = read.queue_of(juror)
    ready = [mine(request, item.assignment.pk) for item in queue.ready]
    try:
        locked, left = sheets.submit_all(
            assignments=ready, by=person_of(request), at=arrived_at(request)
        )
    except DomainError as error:
        messages.error(request, str(error))
        return
    if locked:
        words = ngettext("%(n)s sheet is in and locked.", "%(n)s sheets are in and locked.", locked)
        messages.success(request, words % {"n": locked})
    for one in left:
        messages.warning(
            request,
            _("“%(title)s” still lacks something: open it.") % {"title": one.idea.title},
        )


def _one(request: HttpRequest, juror: Juror) -> None:
    """Adjust one proposal's levels, and lock it if asked."""
    number = request.POST.get("assignment", "")
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    assignment = mine(request, int(number))
    if assignment.juror_id != juror.pk:
        raise Http404
    title = {"title": assignment.idea.title}
    revision = request.POST.get("revision", "")
    try:
        sheets.save_sheet(
            assignment=assignment,
            changes={
                row.key: request.POST[f"c-{row.key}"]
                for row in read.rows_of(assignment)
                if request.POST.get(f"c-{row.key}")
            },
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else None,
            by=person_of(request),
            at=arrived_at(request),
        )
        if request.POST.get("go") == "submit":
            sheets.submit_sheet(
                assignment=assignment, by=person_of(request), at=arrived_at(request)
            )
            messages.success(request, _("Your scores of “%(title)s” are in and locked.") % title)
        else:
            messages.success(request, _("“%(title)s” has been adjusted.") % title)
    except sheets.StaleSheet:
        messages.error(
            request,
            _("“%(title)s” was changed in another window: look at it and adjust again.") % title,
        )
    except Invalid as error:
        said = " ".join(text for texts in error.errors.values() for text in texts)
        messages.error(request, f"{assignment.idea.title}: {said or error}")
    except DomainError as error:
        messages.error(request, f"{assignment.idea.title}: {error}")
