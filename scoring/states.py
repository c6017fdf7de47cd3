"""What rubrics, rounds, jurors, assignments, sheets and decisions go through."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RubricState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class CriterionKind(models.TextChoices):
    SCALE = "scale", _("Scale")


class NotApplicable(models.TextChoices):
    """What a juror's «cannot say» does. Never a zero in silence."""

    REFUSE = "refuse", _("Not allowed: every criterion is scored")
    REWEIGHT = "reweight", _("Left out, the other weights grow in proportion")


class CommentRule(models.TextChoices):
    OPTIONAL = "optional", _("Optional")
    REQUIRED = "required", _("Required")


class RoundKind(models.TextChoices):
    SCREENING = "screening", _("Scoring")


class RoundState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class JurorState(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    REMOVED = "removed", _("Removed")


class DeclarationKind(models.TextChoices):
    NONE = "none", _("No ties")
    POTENTIAL = "potential", _("Possible tie: the chair decides")
    CONFLICT = "conflict", _("Conflict of interest")


class AssignmentState(models.TextChoices):
    CONFIRMED = "confirmed", _("Assigned")
    RECUSED = "recused", _("Recused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SheetState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")


class DecisionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
