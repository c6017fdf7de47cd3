"""What a proposal goes through."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IdeaState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Received")
    ELIGIBLE = "eligible", _("Checked")
    INELIGIBLE = "ineligible", _("Does not meet the rules")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Delivered to the municipality: numbered, kept, counted. Drafts are nobody's but the proposer's.
DELIVERED = frozenset(
    {IdeaState.SUBMITTED, IdeaState.ELIGIBLE, IdeaState.INELIGIBLE, IdeaState.DECIDED}
)
IN_JURY = frozenset({IdeaState.ELIGIBLE, IdeaState.DECIDED})

TRANSITIONS: dict[IdeaState, frozenset[IdeaState]] = {
    IdeaState.DRAFT: frozenset({IdeaState.SUBMITTED}),
    IdeaState.SUBMITTED: frozenset(
        {IdeaState.ELIGIBLE, IdeaState.INELIGIBLE, IdeaState.WITHDRAWN, IdeaState.SUBMITTED}
    ),
    IdeaState.ELIGIBLE: frozenset({IdeaState.INELIGIBLE, IdeaState.DECIDED, IdeaState.WITHDRAWN}),
    IdeaState.INELIGIBLE: frozenset({IdeaState.ELIGIBLE, IdeaState.DECIDED}),
    IdeaState.DECIDED: frozenset(),
    IdeaState.WITHDRAWN: frozenset(),
}


class TeamRole(models.TextChoices):
    OWNER = "owner", _("Responsible")
    WRITER = "writer", _("May write")
    READER = "reader", _("May read")


WRITES = frozenset({TeamRole.OWNER, TeamRole.WRITER})


class Source(models.TextChoices):
    """How a proposal reached the municipality."""

    WEB = "web", _("Web form")
    PAPER = "paper", _("On paper")
    EMAIL = "email", _("By e-mail")


class CompilationState(models.TextChoices):
    """Of the document of all public proposals."""

    WAITING = "waiting", _("Waiting to be made")
    READING = "reading", _("Proposals are being gathered")
    PRINTING = "printing", _("The PDF is being printed")
    READY = "ready", _("Ready")


BEING_MADE = frozenset(
    {CompilationState.WAITING, CompilationState.READING, CompilationState.PRINTING}
)


class BatchAction(models.TextChoices):
    """What staff do to many proposals at once (bulk.py)."""

    ACCEPT = "accept", _("They meet the rules")
    REFUSE = "refuse", _("They do not meet the rules")
    MOVE = "move", _("Move to another series")
    HIDE = "hide", _("Hide from the public")
    SHOW = "show", _("Show to the public again")
    WRITE = "write", _("Write one message to each proposer")
