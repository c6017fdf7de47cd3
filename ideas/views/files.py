"""Files: taken with a step of the form, removed, and given back to those who may have them."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.signed_in import person_of
from challenges.definition import Field, Step
from core.arrival import arrived_at
from ideas import reader, rules, secret_review
from ideas.anonymous import without_authors
from ideas.attachments import add_file, remove_file
from ideas.filetypes import Refused
from ideas.flow import Desk, keep_private
from ideas.models import Attachment

log = logging.getLogger(__name__)


@dataclass
class Taken:
    """What became of the files that came with a step."""

    added: int = 0
    removed: int = 0
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def take(request: HttpRequest, desk: Desk, step: Step) -> Taken:
    """Keep the files that do, and tell by name which do not and why."""
    taken = Taken()
    gone = request.POST.get("remove", "")
    if gone:
        taken.removed = _remove(request, desk, step, gone)
    for part, question, secret in takers(step):
        for upload in request.FILES.getlist(part):
            name = upload.name or ""
            try:
                add_file(
                    idea=desk.idea,
                    question=question,
                    file=cast("IO[bytes]", upload),
                    name=name,
                    size=upload.size or 0,
                    at=arrived_at(request),
                    by=desk.by,
                    secret=secret,
                )
            except Refused as refusal:
                taken.errors[part].append(not_taken(name, refusal))
            else:
                taken.added += 1
    return taken


def not_taken(name: str, refusal: Refused) -> str:
    return _("“%(name)s” was not taken. %(reason)s") % {"name": name, "reason": refusal}


def takers(step: Step) -> Iterator[tuple[str, Field, bool]]:
    """(name in the form, question, whether its files are secret)"""
    for question in step.files:
        yield question.key, question, False
        if question.secret:
            yield question.secret_key, question, True


def _remove(request: HttpRequest, desk: Desk, step: Step, uid: str) -> int:
    keys = [question.key for question in step.files]
    try:
        found = Attachment.objects.filter(
            idea=desk.idea, uid=UUID(hex=uid), field_key__in=keys, removed_at=None
        ).first()
    except ValueError:
        return 0
    if found is None:  # pressed twice
        return 0
    found.idea = desk.idea
    remove_file(attachment=found, at=arrived_at(request), by=desk.by)
    return 1


@require_safe
def own_file(request: HttpRequest, desk: Desk, file: UUID) -> HttpResponseBase:
    """A file of the proposal on one's desk, also one of an earlier version."""
    found = Attachment.objects.filter(idea=desk.idea, uid=file).first()
    if found is None or not rules.can_read_draft(desk.by, desk.idea):
        raise Http404
    return _serve(found)


@require_safe
def idea_file(request: HttpRequest, uid: UUID, file: UUID) -> HttpResponseBase:
    """A file for whoever may have it: the public, staff, jurors, the team."""
    found = (
        Attachment.objects.select_related(
            "idea__challenge__owner", "idea__series", "idea__form", "idea__theme",
            "idea__organisation", "idea__current_version",
        )
        .filter(uid=file, idea__uid=uid)
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404
    if not rules.can_open_file(request.user, found):
        if not secret_review.may_open(request.user, found, at=arrived_at(request)):
            raise Http404
        secret_review.record_opened(found, by=person_of(request))
    if rules.may_know_proposer(request.user, found.idea):
        return _serve(found)
    return _serve(found, name=reader.name_of_file(found.idea, found))


def _serve(attachment: Attachment, *, name: str = "") -> HttpResponseBase:
    """Always to be saved, never shown: a file of a stranger must not run as a page of ours.

    name: what it is called for somebody who may not know who proposes; it then names nobody.
    """
    try:
        stored = attachment.file.open("rb")
    except FileNotFoundError as error:
        log.exception("The file of attachment %s is gone from the disk", attachment.pk)
        raise Http404 from error
    response = FileResponse(
        _nameless(stored, attachment.content_type) if name else stored,
        as_attachment=True,
        filename=name or attachment.name,
        content_type=attachment.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return keep_private(response)


def _nameless(stored: IO[bytes], content_type: str) -> IO[bytes]:
    """A copy that names nobody; the stored file is closed unless it is given as it is."""
    given: IO[bytes] | None = None
    try:
        given = without_authors(stored, content_type)
    finally:
        if given is not stored:
            stored.close()
    return given
