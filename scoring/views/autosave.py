"""What the desk's script talks to: one change at a time, kept before it is acknowledged."""

import json

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core import clock
from core.arrival import arrived_at
from core.errors import DomainError, Invalid
from scoring.actions import sheets
from scoring.actions.terms import TermsFirst
from scoring.queries import desk as read
from scoring.views.doors import to_terms


@require_POST
@never_cache
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep what changed: {"revision": n, "changes": {…}} → what was kept, or why not.

    401 when the session has ended, 403 when newer terms wait, 404 what is not one's own, 409
    another window's text, 423 what is locked, 400 a value that does not do. The
    page keeps the change until a 200 comes.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"message": _("Your session has ended. Sign in again.")}, status=401)
    assignment = read.my_assignment(request.user, pk)
    if assignment is None:
        return JsonResponse({"message": _("This page does not exist.")}, status=404)
    try:
        body = json.loads(request.body)
        changes, revision = dict(body["changes"]), int(body["revision"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JsonResponse({"message": _("The change could not be read.")}, status=400)
    try:
        saved = sheets.save_sheet(
            assignment=assignment,
            changes=changes,
            revision=revision,
            by=request.user,
            at=arrived_at(request),
        )
    except sheets.StaleSheet as stale:
        return JsonResponse(
            {
                "message": str(stale),
                "revision": stale.stored.revision,
                "stored": read.as_typed(stale.stored),
            },
            status=409,
        )
    except Invalid as error:
        return JsonResponse({"message": str(error), "errors": error.errors}, status=400)
    except TermsFirst as error:
        there = to_terms(assignment.juror, reverse("scoring:sheet", args=[assignment.pk]))
        return JsonResponse(
            {"message": str(error), "to": there, "words": _("Read them")}, status=403
        )
    except DomainError as error:
        return JsonResponse({"message": str(error), "locked": True}, status=423)
    total = None
    if saved.total is not None:
        total = number_format(read.on_scale(saved.total, assignment.round.rubric))
    return JsonResponse(
        {
            "revision": saved.revision,
            "saved_at": date_format(clock.local(saved.saved_at), "H.i"),
            "total": total,
            "scored": saved.scored,
            "of": saved.of,
        }
    )
