"""What ideas hold of a person: the proposals they write, with secret parts, files and messages; and
what they have said of others' under their address."""

from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from accounts.registry import Held
from ideas.models import Attachment, Comment, Idea, IdeaVersion, Message, Support


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
    return Held("proposals", [_told(idea) for idea in ideas], files)


def said(user: User) -> Held:
    """Support and comments."""
    email = user.email.casefold()
    supports = Support.objects.filter(email=email).select_related("idea").order_by("pk")
    comments = Comment.objects.filter(email=email).select_related("idea").order_by("pk")
    data = {
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


def _told(idea: Idea) -> dict[str, Any]:
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
