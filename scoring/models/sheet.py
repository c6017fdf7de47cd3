"""What jurors said, and what it adds up to per proposal."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ideas.models import Idea
from scoring.models.panel import Assignment, Round
from scoring.models.rubric import Criterion
from scoring.states import ANSWERED, Outcome, SheetState


class ScoreSheet(models.Model):
    """A juror's sheet for one proposal; locked when submitted.

    `comment` is for the entrant, `internal` for the jury and staff, `note` for the juror alone.
    `total` is the weighted mean on 0–100 of what is scored so far (exact when submitted; None
    where no criterion of the rubric weighs anything), `revision` grows with every save so that two
    tabs cannot overwrite each other in silence.
    """

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="sheet")
    state = models.CharField(max_length=10, choices=SheetState, default=SheetState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    comment = models.TextField(blank=True, max_length=4000)
    internal = models.TextField(blank=True, max_length=4000)
    note = models.TextField(blank=True, max_length=4000)
    total = models.DecimalField(max_digits=12, decimal_places=9, null=True, blank=True)
    scored = models.PositiveSmallIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    # How many versions there are, and why the sheet was opened again or left unscored.
    number = models.PositiveSmallIntegerField(default=0)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_because = models.TextField(blank=True, max_length=1000)
    abstained_because = models.TextField(blank=True, max_length=1000)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERED) | Q(submitted_at__isnull=False),
                name="submitted_sheet_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__gte=0, total__lte=100),
                name="total_between_0_and_100",
            ),
        ]

    def __str__(self) -> str:
        return str(self.assignment)

    @property
    def audit_chain(self) -> str:
        return self.assignment.audit_chain


class VersionIsKept(TypeError):
    """What was submitted once is never changed or deleted."""


class SheetVersion(models.Model):
    """A sheet as it was handed in, one row each time; `payload` is what `digest` is taken over.

    `reason`: why the sheet had been opened again before this version, "" of the first.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    payload: Any = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["sheet", "number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="one_sheet_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise VersionIsKept(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise VersionIsKept(str(self))


class Score(models.Model):
    """One value of one criterion; NULL is the juror's «cannot say» where the rubric allows it.

    `text` is the answer to a criterion that asks for words only.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True, max_length=4000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="one_score_per_criterion"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__lte=100), name="score_within_scale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.value}"


class IdeaScore(models.Model):
    """What a round's submitted sheets add up to for one proposal.

    `submitted` counts abstentions too (nothing is awaited of them), the means do not.

    Kept in the transaction that submits or reopens a sheet, so that lists need no arithmetic and
    cost the same at 1,000 proposals and at 4,000.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="scores")
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="scores")
    wanted = models.PositiveSmallIntegerField(default=0)
    submitted = models.PositiveSmallIntegerField(default=0)
    mean = models.DecimalField(max_digits=12, decimal_places=9, null=True)
    lowest = models.DecimalField(max_digits=12, decimal_places=9, null=True)
    highest = models.DecimalField(max_digits=12, decimal_places=9, null=True)
    criterion_means: Any = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    pitch = models.PositiveSmallIntegerField(_("turn to pitch"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "idea"], name="one_total_per_idea_and_round")
        ]
        indexes = [models.Index(fields=["round", "-mean", "idea"], name="score_order")]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.mean}"
