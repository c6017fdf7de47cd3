"""Proposals and what is done with them. One door."""

from ideas.models.handling import (
    Batch,
    BatchRow,
    Compilation,
    EligibilityCheck,
    Extension,
    IntakeFile,
    Message,
    SecretFinding,
)
from ideas.models.idea import (
    Attachment,
    Idea,
    IdeaQuerySet,
    IdeaVersion,
    TeamMember,
    attachment_path,
    attachment_storage,
)
from ideas.models.voices import Comment, JoinRequest, Report, Support

__all__ = [
    "Attachment",
    "Batch",
    "BatchRow",
    "Comment",
    "Compilation",
    "EligibilityCheck",
    "Extension",
    "Idea",
    "IdeaQuerySet",
    "IdeaVersion",
    "IntakeFile",
    "JoinRequest",
    "Message",
    "Report",
    "SecretFinding",
    "Support",
    "TeamMember",
    "attachment_path",
    "attachment_storage",
]
