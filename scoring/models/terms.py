"""What a juror promises before they see anything."""

from django.conf import settings
from django.db import models

from challenges.models import Challenge
from core.multilingual import MultilingualField


class Terms(models.Model):
    """One version of the jury's terms and confidentiality; never changed once written.

    A juror points at the version that they accepted.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="jury_terms")
    number = models.PositiveSmallIntegerField()
    body = MultilingualField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["challenge", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="one_terms_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.challenge} {self.number}"

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"
