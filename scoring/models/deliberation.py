"""What the jury talks about: signs that ask for a reason, reminders, meetings and their minutes."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from ideas.models import Idea
from scoring.models.panel import Juror, Round
from scoring.states import ItemState, MeetingState, SignKind


class Sign(models.Model):
    """Something in a juror's scores that asks for a reason. It never changes or drops a score.

    `standing`: whether the newest computation still finds it. One that was asked about or answered
    stays, found or not.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="signs")
    juror = models.ForeignKey(Juror, on_delete=models.CASCADE, related_name="signs")
    idea = models.ForeignKey(
        Idea, on_delete=models.CASCADE, null=True, blank=True, related_name="signs"
    )
    kind = models.CharField(max_length=15, choices=SignKind)
    value = models.FloatField()
    limit = models.FloatField()
    standing = models.BooleanField(default=True)
    raised_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "juror", "idea"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "juror", "idea", "kind"],
                name="one_sign_per_sheet_and_kind",
                condition=Q(idea__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["round", "juror", "kind"],
                name="one_sign_per_juror_and_kind",
                condition=Q(idea__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(reason=""),
                name="answered_sign_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.juror}: {self.get_kind_display()}"

    @property
    def audit_chain(self) -> str:
        return self.juror.audit_chain


class Reminder(models.Model):
    """One letter to one juror about sheets that are missing; `press` is the press that sent it."""

    juror = models.ForeignKey(Juror, on_delete=models.CASCADE, related_name="reminders")
    press = models.UUIDField()
    missing = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["press", "juror"], name="one_reminder_per_press")
        ]

    def __str__(self) -> str:
        return f"{self.juror}: {self.at}"

    @property
    def audit_chain(self) -> str:
        return self.juror.audit_chain


class Meeting(models.Model):
    """A jury's talk about one round's proposals, with minutes."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    present = models.ManyToManyField(Juror, blank=True, related_name="meetings")
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_meeting_per_number"),
            models.UniqueConstraint(
                fields=["round"],
                condition=~Q(state=MeetingState.CLOSED),
                name="one_meeting_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="meeting_ends_after_its_start",
            ),
        ]
        verbose_name = _("meeting")

    def __str__(self) -> str:
        return f"{self.round} – {self.number}"

    @property
    def challenge(self) -> Challenge:
        return self.round.series.challenge

    @property
    def audit_chain(self) -> str:
        return self.round.audit_chain


class AgendaItem(models.Model):
    """One proposal on the agenda: why it is there, who left the room, what was said and agreed.

    `consensus` stands beside the jurors' scores and is never counted into them.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="agenda_items")
    order = models.PositiveSmallIntegerField()
    why: Any = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.WAITING)
    opened_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    # [{"juror": pk, "name": as it was}] of those who had to leave, written when the item opens.
    left: Any = models.JSONField(default=list, blank=True)
    notes = models.TextField(_("what was said"), blank=True, max_length=8000)
    consensus = models.DecimalField(
        _("agreed score, 0–100"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    consensus_reason = models.TextField(_("why"), blank=True, max_length=4000)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "idea"], name="one_item_per_idea"),
            models.CheckConstraint(
                condition=Q(consensus__isnull=True) | Q(consensus__gte=0, consensus__lte=100),
                name="consensus_between_0_and_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.idea}"

    @property
    def audit_chain(self) -> str:
        return self.meeting.audit_chain
