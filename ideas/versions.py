"""What is frozen when a proposal is handed in, its digest, and the receipt.

`payload` is JSON::

    {"reference": "2026-0001", "version": 1, "submitted_at": "2026-05-04T12:31:07.120000+00:00",
     "challenge": uuid, "series": key, "language": "fi", "form": sha256 of the form's definition,
     "organisation": {"name": …, "business_id": …} | null,
     "answers": {question's key: answer},
     "secrets": {name of a secret part: text},
     "attachments": [{"uid": …, "field": …, "name": …, "size": bytes, "type": …, "sha256": …,
                      "secret": true}]}

Only secret files have "secret"; versions of before there were secret parts have no "secrets".

The digest is SHA-256 over its canonical JSON (core.canonical), in hexadecimal:
whoever has the payload can work it out again.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from challenges.definition import Field
from core.canonical import digest
from core.models import AuditEntry
from ideas.answers import Answers, clean_all
from ideas.choices import all_options
from ideas.models import Attachment, Idea, IdeaVersion
from ideas.trade_secrets import clean_parts

NAME_REMOVED = "version.name_removed"


@dataclass(frozen=True)
class Receipt:
    """What the proposer gets: proof of what was handed in and when."""

    reference: str
    version: int
    digest: str
    submitted_at: dt.datetime
    idea: int

    @classmethod
    def of(cls, idea: Idea, version: IdeaVersion) -> Self:
        return cls(
            reference=idea.reference,
            version=version.number,
            digest=version.digest,
            submitted_at=version.submitted_at,
            idea=idea.pk,
        )


def attachments_of(idea: Idea) -> list[dict[str, Any]]:
    """The files that the proposal has now, as the payload tells of them."""
    rows = Attachment.objects.filter(idea=idea, removed_at=None).order_by("created_at", "pk")
    return [
        {
            "uid": row.uid.hex,
            "field": row.field_key,
            "name": row.name,
            "size": row.size,
            "type": row.content_type,
            "sha256": row.sha256,
            **({"secret": True} if row.secret else {}),
        }
        for row in rows
    ]


def missing_files(
    questions: Iterable[Field], files: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Those of the questions that need a file and have none that anyone may see, with the words."""
    there = {file["field"] for file in files if not file.get("secret")}
    words = _("Add a file here; this question needs one.")
    return {
        field.key: [words]
        for field in questions
        if field.is_file and field.required and field.key not in there
    }


def payload_of(
    idea: Idea, files: list[dict[str, Any]], *, number: int, at: dt.datetime
) -> dict[str, Any]:
    organisation = idea.organisation
    return {
        "reference": idea.reference,
        "version": number,
        "submitted_at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "challenge": idea.challenge.uid.hex,
        "series": idea.series.key,
        "language": idea.language,
        "form": idea.form.digest or idea.form.parsed.digest,
        "organisation": {"name": organisation.name, "business_id": organisation.business_id}
        if organisation
        else None,
        "answers": idea.answers,
        "secrets": idea.secrets,
        "attachments": files,
    }


def same_content(version: IdeaVersion, idea: Idea, files: list[dict[str, Any]]) -> bool:
    """Whether what is written now is what was handed in then."""
    then = version.payload
    return bool(
        then["answers"] == idea.answers
        and then.get("secrets", {}) == idea.secrets
        and then["attachments"] == files
    )


@dataclass(frozen=True)
class Checked:
    """What may be handed in, and what must be done first: question or secret part → words."""

    answers: Answers
    secrets: Answers
    errors: dict[str, list[str]]


def check(idea: Idea, files: list[dict[str, Any]]) -> Checked:
    """All that is written and attached, by the rules of handing in."""
    definition, written = idea.form.parsed, idea.written
    answers, errors = clean_all(definition, written, all_options(definition, idea.challenge))
    asked = definition.asked(written)
    secrets, wrong = clean_parts(asked, written, files)
    return Checked(answers, secrets, errors | wrong | missing_files(asked, files))


def is_intact(version: IdeaVersion) -> bool:
    """Whether the frozen text is still what its digest says, or what the audit log says is left of
    it since somebody's name was removed (personal.erase).
    """
    found = digest(version.payload)
    if found == version.digest:
        return True
    removed = AuditEntry.objects.filter(verb=NAME_REMOVED, target_type=version._meta.label_lower)
    last = removed.filter(target_id=str(version.pk)).order_by("-pk").first()
    return last is not None and last.data == {"sha256": version.digest, "left_sha256": found}
