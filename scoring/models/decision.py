"""What the municipality decided, with a reason for everybody."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from ideas.models import Idea
from scoring.states import DecisionState


class Decision(models.Model):
    """Drafted by one person, approved by another, published at `publish_at`."""

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="decision")
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.DRAFT)
    statement = models.TextField(_("statement of the jury"), blank=True, max_length=4000)
    ranking: Any = models.JSONField(default=dict, editable=False)
    ranking_digest = models.CharField(max_length=64, blank=True, editable=False)
    publish_at = models.DateTimeField(_("published at"), null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="approved_by_a_second_person",
            )
        ]
        verbose_name = _("decision")

    def __str__(self) -> str:
        return str(self.challenge)

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"


class Verdict(models.Model):
    """The decision on one proposal: awarded or not, and why."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="verdicts")
    idea = models.OneToOneField(Idea, on_delete=models.PROTECT, related_name="verdict")
    awarded = models.BooleanField(default=False)
    award = models.CharField(_("award"), max_length=200, blank=True)
    rank = models.PositiveIntegerField(null=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    reason = models.TextField(_("reason"), blank=True, max_length=4000)

    class Meta:
        ordering = ["-awarded", "rank", "pk"]

    def __str__(self) -> str:
        return f"{self.idea}: {self.awarded}"
