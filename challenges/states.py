"""What a challenge goes through, and what each phase lets people do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChallengeState(models.TextChoices):
    """What staff have decided. What may be done at a moment follows from this and the phases."""

    PREPARING = "preparing", _("Being prepared")
    OPENED = "opened", _("Opened")
    DECIDED = "decided", _("Decided")
    CANCELLED = "cancelled", _("Cancelled")


class Status(models.TextChoices):
    """What a challenge is to a reader at a moment: its state and its phases together."""

    PREPARING = "preparing", _("Being prepared")
    COMING = "coming", _("Coming")
    OPEN = "open", _("Open now")
    SCORING = "scoring", _("Being assessed")
    DECIDED = "decided", _("Decided")
    CANCELLED = "cancelled", _("Cancelled")


# What the public may know of. A challenge that was cancelled before it opened has no opened_at.
PUBLIC_STATES = frozenset({ChallengeState.OPENED, ChallengeState.DECIDED, ChallengeState.CANCELLED})
LISTED_STATES = frozenset({ChallengeState.OPENED, ChallengeState.DECIDED})

TRANSITIONS: dict[ChallengeState, frozenset[ChallengeState]] = {
    ChallengeState.PREPARING: frozenset({ChallengeState.OPENED, ChallengeState.CANCELLED}),
    ChallengeState.OPENED: frozenset({ChallengeState.DECIDED, ChallengeState.CANCELLED}),
    ChallengeState.DECIDED: frozenset(),
    ChallengeState.CANCELLED: frozenset(),
}


class PhaseKind(models.TextChoices):
    SUBMISSION = "submission", _("Open for proposals")
    CHECKING = "checking", _("Checking")
    SCORING = "scoring", _("Jury scores")
    RESULTS = "results", _("Results")
    PILOTS = "pilots", _("Pilots in municipalities")


class Act(models.TextChoices):
    """Acts that depend on the phase; who may do them is asked in rules.py."""

    SUBMIT = "submit"
    CHECK = "check"
    SCORE = "score"
    DECIDE = "decide"


class Visibility(models.TextChoices):
    """Which proposals the public sees, and when. Submitted ones only, drafts never."""

    AT_ONCE = "at_once", _("All proposals, as soon as they are submitted")
    AFTER_CLOSING = "after_closing", _("All proposals, after closing")
    TITLES = "titles", _("Titles only; whole text of winners after the decision")
    WINNERS = "winners", _("Winners only, after the decision")


class Talk(models.TextChoices):
    """What anybody may say of a public proposal, on its page."""

    ALL = "all", _("Support and comments")
    SUPPORT = "support", _("Support, no comments")
    NONE = "none", _("Neither")


class Assurance(models.TextChoices):
    """How surely it must be known who hands a proposal in."""

    EMAIL = "email", _("An e-mail address is enough")
    STRONG = "strong", _("Strong identification")


class ChallengeProfile(models.TextChoices):
    """What a challenge is under the Procurement Act; profiles.py tells what follows."""

    IDEAS = "ideas", _("Idea competition")
    CONTEST = "contest", _("Design contest")
    CONSULTATION = "consultation", _("Pre-market consultation")


class SeriesKind(models.TextChoices):
    CITIZENS = "citizens", _("Citizens")
    ORGANISATIONS = "organisations", _("Organisations")


class FieldVisibility(models.TextChoices):
    """Who sees an answer."""

    PUBLIC = "public", _("Everybody")
    JURY = "jury", _("Jury and staff")
    STAFF = "staff", _("Staff")


# Checking and scoring may go on until the decision even if they are late; submitting may not.
PHASES_FOR_ACT: dict[Act, frozenset[PhaseKind]] = {
    Act.SUBMIT: frozenset({PhaseKind.SUBMISSION}),
    Act.CHECK: frozenset({PhaseKind.CHECKING, PhaseKind.SCORING, PhaseKind.RESULTS}),
    Act.SCORE: frozenset({PhaseKind.CHECKING, PhaseKind.SCORING, PhaseKind.RESULTS}),
    Act.DECIDE: frozenset({PhaseKind.SCORING, PhaseKind.RESULTS, PhaseKind.PILOTS}),
}


class NeedState(models.TextChoices):
    """What has become of a need that somebody told."""

    NEW = "new", _("New")
    CONSIDERED = "considered", _("Being considered")
    IN_CHALLENGE = "in_challenge", _("Became a challenge")
    CLOSED = "closed", _("Closed")


class InquiryState(models.TextChoices):
    """What has become of a question that somebody asked of a challenge."""

    NEW = "new", _("Waits for an answer")
    ANSWERED = "answered", _("Answered to all")
    SET_ASIDE = "set_aside", _("Set aside")
