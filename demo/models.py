"""What of the demo has been written."""

from django.db import models

from core import clock


class DemoPart(models.Model):
    """A part of the demo that is there, whole; its row is written in the part's transaction."""

    name = models.SlugField(max_length=60, unique=True)
    seconds = models.FloatField(default=0)
    done_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
