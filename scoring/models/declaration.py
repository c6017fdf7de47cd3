"""Every word that was ever given on a tie: a declaration may change, what it was stays."""

from django.conf import settings
from django.db import models

from scoring.models.panel import Declaration
from scoring.states import DeclarationKind


class DeclarationVersion(models.Model):
    """A declaration as it was given: by the juror, or by whoever settled a possible tie."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="versions")
    kind = models.CharField(max_length=10, choices=DeclarationKind)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["declaration", "pk"]

    def __str__(self) -> str:
        return f"{self.declaration_id}: {self.kind}"
