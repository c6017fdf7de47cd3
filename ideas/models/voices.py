"""What anybody says of a public proposal."""

import uuid

from django.conf import settings
from django.db import models

from ideas.models.idea import Idea


class Support(models.Model):
    """One person's support, known by an address that no page shows. It counts when confirmed.

    Who is signed in confirms by being so, others by the link in a letter (support.py).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="supports")
    email = models.EmailField()  # in small letters
    language = models.CharField(max_length=2, default="fi", choices=settings.LANGUAGES)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "email"], name="one_support_per_address")
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}"
