"""Each time reviews were given out: from what, with which seed, and what came of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from scoring.models.panel import Round


class RunKind(models.TextChoices):
    ASSIGNED = "assigned", _("Given out")
    REPAIRED = "repaired", _("Repaired")
    MOVED = "moved", _("Moved")
    GREY = "grey", _("Grey zone")


class AssignmentRun(models.Model):
    """One run of the assignment, so that it can be made again and compared.

    `inputs` are the arguments of `scoring.assignment.assign` with the proposals' uids and the
    jurors' pks in order; `pairs` the [row, column] that it added. Never changed.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=RunKind)
    seed = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    inputs: Any = models.JSONField()
    pairs: Any = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_run_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.number}"

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain
