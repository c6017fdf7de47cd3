"""What ideas hold of a person: the proposals they write, with secret parts, files and messages; and
what they have said of others' under their address."""

import datetime as dt
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q

from accounts.models import User
from accounts.registry import Held
from challenges.definition import Purpose
from core import audit, outbox
from core.canonical import digest
from ideas import comments, names
from ideas.models import (
    Attachment,
    Comment,
    Compilation,
    Idea,
    IdeaVersion,
    JoinRequest,
    Message,
    Support,
    TeamMember,
)
from ideas.states import WRITES, IdeaState, TeamRole
from ideas.versions import NAME_REMOVED


def held(user: User) -> Held:
    ideas = list(
        Idea.objects.of_team(user)
        .select_related("challenge", "series", "organisation")
        .prefetch_related(
            Prefetch("versions", IdeaVersion.objects.order_by("number")),
            Prefetch("messages", Message.objects.order_by("at", "pk")),
            Prefetch("attachments", Attachment.objects.order_by("pk")),
        )
        .order_by("pk")
    )
    files = {_path(idea, file): file.file for idea in ideas for file in idea.attachments.all()}
    places = {
        one.idea_id: one for one in TeamMember.objects.filter(user=user).select_related("partner")
    }
    return Held("proposals", [_told(idea, places[idea.pk]) for idea in ideas], files)


def said(user: User) -> Held:
    """Support, comments and requests to join."""
    email = user.email.casefold()
    supports = Support.objects.filter(email=email).select_related("idea").order_by("pk")
    comments = Comment.objects.filter(email=email).select_related("idea").order_by("pk")
    asked = JoinRequest.objects.filter(person=user).select_related("idea").order_by("pk")
    data = {
        "requests_to_join": [
            {
                "proposal": one.idea.reference,
                "message": one.message,
                "asked_at": one.asked_at,
                "answered_at": one.answered_at,
                "accepted": one.accepted,
            }
            for one in asked
        ],
        "supports": [
            {"proposal": one.idea.reference, "confirmed_at": one.confirmed_at} for one in supports
        ],
        "comments": [
            {
                "proposal": one.idea.reference,
                "name": one.name,
                "text": one.text,
                "written_at": one.written_at,
                "confirmed_at": one.confirmed_at,
                "answer": one.answer,
                "hidden_because": one.hidden_because,
            }
            for one in comments
        ],
    }
    return Held("said", data)


def _told(idea: Idea, place: TeamMember) -> dict[str, Any]:
    return {
        "challenge": idea.challenge.slug,
        "series": idea.series.key,
        "reference": idea.reference,
        "state": idea.state,
        "language": idea.language,
        "organisation": idea.organisation.name if idea.organisation else None,
        "title": idea.title,
        "answers": idea.answers,
        "secrets": idea.secrets,
        "created_at": idea.created_at,
        "saved_at": idea.saved_at,
        "my_place": {
            "role": place.role,
            "joined_at": place.joined_at,
            "name_shown_in_public": place.shown_as,
            "partner": place.partner.name if place.partner else None,
            "said_at": place.spoke_at,
        },
        "submitted_at": idea.submitted_at,
        "versions": [
            {
                "number": version.number,
                "submitted_at": version.submitted_at,
                "sha256": version.digest,
                "content": version.payload,
            }
            for version in idea.versions.all()
        ],
        "files": [
            {"path": _path(idea, file), "name": file.name, "sha256": file.sha256}
            for file in idea.attachments.all()
        ],
        "messages": [
            {"at": one.at, "from_staff": one.from_staff, "text": one.text}
            for one in idea.messages.all()
        ],
    }


def _path(idea: Idea, file: Attachment) -> str:
    """Where the file is in the archive: never by the name that somebody gave it alone."""
    ending = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    safe = ending if ending.isascii() and ending.isalnum() and len(ending) <= 5 else "bin"
    return f"files/{idea.uid.hex}/{file.uid.hex}.{safe}"


def erase(user: User, at: dt.datetime) -> None:
    """Drafts that nobody else writes go. What was handed in stays without name and address: it is a
    document of the municipality, on which others were compared. The place in a team goes, and so
    do comments; support that was counted stays counted, without its address.
    """
    said = {"email__iexact": user.email}
    for comment in Comment.objects.filter(**said, hidden_at=None).order_by("pk"):
        comments.take_back(comment)
    Comment.objects.filter(**said).update(name="", email=user.erased_email)  # hidden ones
    Support.objects.filter(**said).update(email=user.erased_email)
    JoinRequest.objects.filter(person=user).delete()
    places = TeamMember.objects.filter(Q(user=user) | Q(email__iexact=user.email))
    mine = Q(pk__in=places.values("idea")) | Q(contact_email__iexact=user.email)
    shown = names.remembered(Idea.objects.select_related("organisation").filter(mine))
    own = Idea.objects.select_for_update().filter(
        pk__in=TeamMember.objects.filter(user=user).values("idea")
    )
    for idea in own.order_by("pk"):
        _leave(idea, user)
    places.delete()
    named = Idea.objects.select_for_update().filter(contact_email__iexact=user.email)
    nameless = [_without_name(idea, user) for idea in named.order_by("pk")]
    for idea in Idea.objects.for_reading().filter(pk__in=shown):
        names.refresh(idea, was=shown[idea.pk])
    if nameless:
        found = Idea.objects.filter(pk__in=nameless)
        Compilation.objects.filter(challenge__in=found.values("challenge")).delete()
        outbox.emit("ideas.anonymised", ideas=nameless)


def _leave(idea: Idea, user: User) -> None:
    writers = idea.team.exclude(user=user).exclude(joined_at=None).filter(role__in=WRITES)
    heir = writers.order_by("joined_at", "pk").first()
    if heir is not None:
        if idea.team.filter(user=user, role=TeamRole.OWNER).exists():
            idea.team.filter(pk=heir.pk).update(role=TeamRole.OWNER)
    elif idea.state == IdeaState.DRAFT and not idea.versions.exists():
        _delete(idea)
    else:  # nobody is left to answer
        Idea.objects.filter(pk=idea.pk).update(takes_askers=False)


def _delete(idea: Idea) -> None:
    stored = [one.file for one in idea.attachments.all()]
    idea.attachments.all().delete()
    idea.delete()
    for file in stored:
        transaction.on_commit(partial(file.delete, save=False))


def _without_name(idea: Idea, user: User) -> int:
    keys = {
        field.key
        for field in idea.form.parsed.fields.values()
        if field.purpose in (Purpose.CONTACT_EMAIL, Purpose.CONTACT_NAME)
    }
    idea.answers = _less(idea.answers, keys)
    idea.contact_email, idea.contact_name, idea.name_public = "", "", False
    idea.save(update_fields=["answers", "contact_email", "contact_name", "name_public"])
    for version in idea.versions.all():
        left = {**version.payload, "answers": _less(version.payload["answers"], keys)}
        if left != version.payload:
            version.payload = left
            version.save(update_fields=["payload"])
            told = {"sha256": version.digest, "left_sha256": digest(left)}
            audit.record(NAME_REMOVED, version, by=user, data=told, chain=idea.audit_chain)
    return idea.pk


def _less(answers: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if key not in keys}
