"""A file in pieces, as static/js/upload.js sends them: each answered with how much is here."""

import binascii
from base64 import b64decode
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenges.definition import Field
from core.arrival import arrived_at
from ideas.errors import CallClosed
from ideas.filetypes import Refused
from ideas.flow import Desk
from ideas.uploads import PIECE_AT_MOST, Coming, OutOfPlace, take_piece
from ideas.views import files


@require_POST
def piece(request: HttpRequest, desk: Desk) -> JsonResponse:
    """The body is the piece. Headers: Upload-Part names the field, Upload-Id the file (a UUID),
    Upload-Offset and Upload-Length are in bytes, Upload-Name is the file's name (UTF-8, Base64).

    200 with `here`; 409 with `here` when the piece is out of place; 422 with the reason when the
    file is not taken, 409 with it when nothing is taken any more.
    """
    try:
        question, secret = _part(desk, request.headers["Upload-Part"])
        offset = int(request.headers["Upload-Offset"])
        coming = Coming(
            upload=UUID(request.headers["Upload-Id"]),
            idea=desk.idea,
            question=question,
            secret=secret,
            name=b64decode(request.headers["Upload-Name"], validate=True).decode(),
            size=int(request.headers["Upload-Length"]),
        )
    except (KeyError, ValueError, binascii.Error):
        return JsonResponse({"problem": _("The request was not understood.")}, status=400)
    if len(request.body) > PIECE_AT_MOST:
        return JsonResponse({"problem": _("The piece is too large.")}, status=413)
    try:
        here = take_piece(coming, request.body, offset=offset, at=arrived_at(request), by=desk.by)
    except OutOfPlace as found:
        return JsonResponse({"here": found.here}, status=409)
    except Refused as refusal:
        words = files.not_taken(coming.name, refusal)
        return JsonResponse({"problem": words}, status=422)
    except CallClosed as refusal:
        return JsonResponse({"problem": str(refusal)}, status=409)
    return JsonResponse({"here": here})


def _part(desk: Desk, name: str) -> tuple[Field, bool]:
    """(question, whether its files are secret)"""
    for step in desk.steps:
        for part, question, secret in files.takers(step):
            if part == name:
                return question, secret
    raise Http404
