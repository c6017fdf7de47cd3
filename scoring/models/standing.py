"""Where a round stands, computed out of the request: calibrated scores and how sure they are."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from ideas.models import Idea
from scoring.models.panel import Round


class RoundStanding(models.Model):
    """What was last computed of a round, and from what.

    `digest` is of all that it follows from; `waiting` says that a computation has been asked for
    and has not begun. Figures that cannot be told (no repeated reviews, no variance) are NULL.
    """

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="standing")
    waiting = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField(null=True)
    sheets = models.PositiveIntegerField(default=0)
    winners = models.PositiveIntegerField(default=0)
    placed = models.PositiveIntegerField(default=0)
    seed = models.PositiveIntegerField(default=0)
    draws = models.PositiveIntegerField(default=0)
    used = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, blank=True)
    comparability = models.FloatField(null=True)
    lam = models.FloatField(null=True)
    noise = models.FloatField(null=True)
    leniency = models.FloatField(null=True)
    single = models.FloatField(null=True)
    several = models.FloatField(null=True)
    usual = models.FloatField(null=True)
    # Of each criterion its "key" and "alpha"; of each "juror" (pk) "bias", "load", "few".
    alphas: Any = models.JSONField(default=list)
    jurors: Any = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.round}: {self.computed_at}"

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain


class IdeaStanding(models.Model):
    """One proposal of it. `rank` and `score` are the exact raw ones; `effect` is calibrated.

    A proposal without a place has no rank, chance or band.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="standings")
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="standings")
    line = models.PositiveIntegerField(help_text="Order on the page: places first.")
    rank = models.PositiveIntegerField(null=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    sheets = models.PositiveSmallIntegerField(default=0)
    missing = models.PositiveSmallIntegerField(default=0)
    effect = models.FloatField(null=True)
    correction = models.FloatField(null=True)
    calibrated_rank = models.PositiveIntegerField(null=True)
    expected = models.FloatField(null=True)
    low = models.PositiveIntegerField(null=True)
    high = models.PositiveIntegerField(null=True)
    p_winner = models.FloatField(null=True)
    band = models.CharField(max_length=4, blank=True)

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "idea"], name="one_standing_per_idea_and_round"
            ),
            models.CheckConstraint(
                condition=Q(p_winner__isnull=True) | Q(p_winner__gte=0, p_winner__lte=1),
                name="chance_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(low__lte=F("high")), name="interval_rises"
            ),
        ]
        indexes = [models.Index(fields=["round", "line"], name="standing_order")]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.rank}"
