"""The yearly question to a solution's owner."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models.solution import Solution
from catalogue.states import ReviewAnswer


class Review(models.Model):
    """The yearly question «is this still true?» about one solution, and its answer."""

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="reviews")
    asked_on = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=ReviewAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-asked_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["solution"], condition=Q(answer=""), name="one_open_review_per_solution"
            )
        ]

    def __str__(self) -> str:
        return f"{self.solution}: {self.asked_on}"
