"""What is kept of a decision beside it: signatures, corrections asked for, documents."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from ideas.models import Idea
from scoring.models.decision import Decision
from scoring.models.deliberation import Meeting
from scoring.models.panel import Juror
from scoring.states import CorrectionOutcome, DocumentKind, DocumentState


class Signature(models.Model):
    """A juror's name under one exact content of the decision; or why it is not there.

    A decision that is returned and changed has another digest: signatures of the former one stay
    in the record and no longer count.
    """

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="signatures")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="signatures")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    label = models.CharField(max_length=200, help_text="The signer's name as it was.")
    excused = models.CharField(
        max_length=500, blank=True, help_text="Why staff did not wait for the signature."
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "juror", "digest"], name="one_signature_per_content"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.digest[:12]}"

    @property
    def audit_chain(self) -> str:
        return self.decision.audit_chain


class Correction(models.Model):
    """An entrant asks for a correction of the decision; staff answer. Both stay in the record."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="corrections")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="corrections")
    text = models.TextField(_("what is wrong"), max_length=4000)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=CorrectionOutcome, blank=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["idea"],
                condition=Q(answered_at__isnull=True),
                name="one_open_correction_per_idea",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, outcome="", answer="")
                | (Q(answered_at__isnull=False) & ~Q(outcome="") & ~Q(answer="")),
                name="correction_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea}: {self.at}"

    @property
    def audit_chain(self) -> str:
        return self.decision.audit_chain


class Document(models.Model):
    """A file made of a challenge's jury work, out of the request; its bytes are here.

    In the database, so that the file and the note that it is ready are one transaction.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12, choices=DocumentKind)
    # Whose minutes it is; of other documents none.
    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, null=True, blank=True, related_name="documents"
    )
    state = models.CharField(max_length=8, choices=DocumentState, default=DocumentState.WAITING)
    language = models.CharField(max_length=2, default="fi")
    name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    content = models.BinaryField(default=b"")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DocumentState.WAITING) | (~Q(sha256="") & Q(size__gt=0)),
                name="ready_document_has_content",
            ),
            # Staff may ask for as many packages as they like; the report is published once.
            models.UniqueConstraint(
                fields=["challenge", "language"],
                condition=Q(kind=DocumentKind.REPORT),
                name="one_public_report_per_language",
            ),
            models.UniqueConstraint(
                fields=["meeting", "language"],
                condition=Q(kind=DocumentKind.MINUTES),
                name="minutes_once_per_language",
            ),
            models.CheckConstraint(
                condition=Q(kind=DocumentKind.MINUTES, meeting__isnull=False)
                | (~Q(kind=DocumentKind.MINUTES) & Q(meeting__isnull=True)),
                name="minutes_are_of_a_meeting",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"
