"""What the municipality decided, with a reason for everybody."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from ideas.models import Idea
from scoring.states import DecisionState, RoundKind


@dataclass(frozen=True)
class Stop:
    """The round in which a proposal stopped: `rank` of `placed` in it, its points there."""

    kind: str
    number: int
    rank: int | None
    placed: int
    score: Decimal | None

    @property
    def words(self) -> str:
        """As everybody may read it: the round and the points."""
        name = {"round": str(RoundKind(self.kind).label)}
        if self.score is None:
            return gettext("It stopped in the round “%(round)s”.") % name
        return gettext("It stopped in the round “%(round)s” with %(score)s / 100.") % {
            **name,
            "score": number_format(self.score, 2),
        }


class Decision(models.Model):
    """Drafted by one person, approved by another, signed by the jury, published at `publish_at`.

    `digest` is SHA-256 over what was proposed for approval (scoring.award.content): the approver,
    those who sign and the report all name it.
    """

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="decision")
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.DRAFT)
    statement = models.TextField(_("statement of the jury"), blank=True, max_length=4000)
    ranking: Any = models.JSONField(default=dict, editable=False)
    ranking_digest = models.CharField(max_length=64, blank=True, editable=False)
    publish_at = models.DateTimeField(_("published at"), null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    needs_signatures = models.BooleanField(_("the jury signs before publication"), default=False)
    objection_days = models.PositiveSmallIntegerField(
        _("days for asking for a correction"), default=14, validators=[MaxValueValidator(60)]
    )
    objections_until = models.DateTimeField(null=True, blank=True, editable=False)
    returned_because = models.CharField(max_length=1000, blank=True)
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

    def takes_objections(self, at: dt.datetime) -> bool:
        """Whether a correction may be asked for at the moment."""
        return self.objections_until is not None and at <= self.objections_until


class Verdict(models.Model):
    """The decision on one proposal: awarded or not, and why.

    `rank` is its place in the order that decides, `score` the plain mean, `calibrated` the score
    that the order follows where the rubric promised so; `details` keeps the mean level of each
    criterion, how many were placed and what settled the place. One that did not advance to the
    deciding round has neither rank nor score; its details are of the round in which it stopped,
    and `stop` tells of it. `deviation` says why the award
    differs from the order; it is in the record and the report, not in the letter.
    """

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="verdicts")
    idea = models.OneToOneField(Idea, on_delete=models.PROTECT, related_name="verdict")
    awarded = models.BooleanField(default=False)
    award = models.CharField(_("award"), max_length=200, blank=True)
    rank = models.PositiveIntegerField(null=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    calibrated = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    details: Any = models.JSONField(default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=4000)
    deviation = models.TextField(_("why the order is departed from"), blank=True, max_length=1000)

    class Meta:
        ordering = ["-awarded", "rank", "pk"]

    def __str__(self) -> str:
        return f"{self.idea}: {self.awarded}"

    @property
    def stop(self) -> Stop | None:
        """None of a proposal that was in the deciding round, or in none at all."""
        found = self.details.get("stopped")
        if not found:
            return None
        return Stop(
            kind=found["kind"],
            number=found["number"],
            rank=found["rank"],
            placed=self.details["placed"],
            score=None if found["score"] is None else Decimal(found["score"]),
        )
