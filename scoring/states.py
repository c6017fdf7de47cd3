"""What rubrics, rounds, jurors, assignments, sheets and decisions go through."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RubricState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Waiting for a second person")
    PUBLISHED = "published", _("Published")


class CriterionKind(models.TextChoices):
    """What a criterion does to a proposal. Scales and thresholds weigh; gates and infos do not."""

    SCALE = "scale", _("Scale: points that weigh")
    GATE = "gate", _("Gate: yes or no, decides whether the proposal is ranked")
    THRESHOLD = "threshold", _("Threshold: points that weigh, with a minimum")
    INFO = "info", _("For information: counts for nothing")


class GateAnswer(models.IntegerChoices):
    """`Score.value` of a gate."""

    NO = 0, _("No")
    YES = 1, _("Yes")
    CLARIFY = 2, _("To be clarified")


class Profile(models.TextChoices):
    OPEN = "open", _("Open challenge")
    FORMAL = "formal", _("Formal: anonymous until the decision, only published criteria")


class ShowOthers(models.TextChoices):
    """When a juror sees what the others gave to the same proposal."""

    NEVER = "never", _("Never")
    AFTER_OWN = "after_own", _("After submitting one's own sheet")
    AFTER_ROUND = "after_round", _("When the round has closed")


class ShowEntrants(models.TextChoices):
    """What entrants see of their own proposal after the decision; each shows the former too."""

    TOTAL = "total", _("The total score")
    CRITERIA = "criteria", _("Points per criterion with the level's words")
    POSITION = "position", _("Points per criterion and the position in the ranking")


class CalibrationUse(models.TextChoices):
    """Calibrated: corrected for jurors who are stricter or milder than the others."""

    SHOWN = "shown", _("Shown to the jury beside the plain mean; the plain mean decides")
    AWARD = "award", _("Decides the ranking where jurors are comparable")
    OFF = "off", _("Not used")


class NotApplicable(models.TextChoices):
    """What a juror's «cannot say» does. Never a zero in silence."""

    REFUSE = "refuse", _("Not allowed: every criterion is scored")
    REWEIGHT = "reweight", _("Left out, the other weights grow in proportion")


class CommentRule(models.TextChoices):
    OPTIONAL = "optional", _("Optional")
    REQUIRED = "required", _("Required")
    OFF = "off", _("Not asked")


class RoundKind(models.TextChoices):
    ELIGIBILITY = "eligibility", _("Eligibility")
    SCREENING = "screening", _("Scoring")
    SHORTLIST = "shortlist", _("Shortlist")
    GREY = "grey", _("Grey zone")
    FINAL = "final", _("Final")


class RoundState(models.TextChoices):
    """Planned → open → closed → moderation → certified; there is no way back."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    MODERATION = "moderation", _("Moderation")
    CERTIFIED = "certified", _("Certified")


# No more scores: it can be ranked, advanced from and decided by.
ROUND_DONE = frozenset({RoundState.CLOSED, RoundState.MODERATION, RoundState.CERTIFIED})


class Outcome(models.TextChoices):
    """What became of a proposal in a round; empty until staff advance the round."""

    ADVANCED = "advanced", _("Advanced")
    OUT = "out", _("Did not advance")


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
    REOPENED = "reopened", _("Reopened")
    ABSTAINED = "abstained", _("Abstained")


# Nothing more is awaited of these; an abstention counts as an answer, but in no mean.
ANSWERED = (SheetState.SUBMITTED, SheetState.ABSTAINED)


class DecisionState(models.TextChoices):
    """Draft → proposed → approved → signed → published; back to returned, and on as a draft."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Waiting for approval")
    RETURNED = "returned", _("Returned for correction")
    APPROVED = "approved", _("Approved")
    SIGNED = "signed", _("Signed")
    PUBLISHED = "published", _("Published")


class SignKind(models.TextChoices):
    """Signs in scores that ask for a reason; the values are those of `scoring.flags`."""

    OUTLIER = "outlier", _("Far from what was to be expected")
    ERRATIC = "erratic", _("Differs from the others more than usual")
    STRAIGHT_LINE = "straight_line", _("The same total for every proposal")
    HALO = "halo", _("Criteria rise and fall together")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Being prepared")
    OPEN = "open", _("Going on")
    CLOSED = "closed", _("Closed")


class ItemState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    OPEN = "open", _("Discussed now")
    DONE = "done", _("Discussed")


# What may be written, and what stands and waits for its moment.
DECISION_OPEN = frozenset({DecisionState.DRAFT, DecisionState.RETURNED})
DECISION_STANDS = frozenset({DecisionState.APPROVED, DecisionState.SIGNED})


class CorrectionOutcome(models.TextChoices):
    """What staff answer to an entrant who asks for a correction."""

    STANDS = "stands", _("The decision stands")
    CORRECTED = "corrected", _("It is corrected as told here")


class DocumentKind(models.TextChoices):
    REPORT = "report", _("Report of the jury, public")
    FULL_REPORT = "full_report", _("Report of the jury, all of it")
    MINUTES = "minutes", _("Minutes of a meeting")
    PACKAGE = "package", _("Audit package")


class DocumentState(models.TextChoices):
    WAITING = "waiting", _("Being made")
    READY = "ready", _("Ready")
