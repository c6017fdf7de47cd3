"""Rows that every floor stands on: what is to be done, what was done, what was mailed."""

import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock


class OutboxRow(models.Model):
    """One handler's job for one event, written in the transaction that caused it.

    The row is deleted in the transaction of its effect: a row that is gone has been done.
    """

    event = models.CharField(max_length=100)
    handler = models.CharField(max_length=200)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    run_after = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["run_after", "id"],
                condition=models.Q(parked_at__isnull=True),
                name="outbox_due",
            ),
            models.Index(
                fields=["lease_owner"], condition=~models.Q(lease_owner=""), name="outbox_leased"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.handler} #{self.pk}"


class AuditRowIsFinalError(TypeError):
    """An audit row is written once; nobody changes or deletes it."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise AuditRowIsFinalError("audit rows are not changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AuditRowIsFinalError("audit rows are not deleted")


class AuditEntry(models.Model):
    """One thing that was done. `sequence`, `prev_hash` and `hash` are null until it is sealed."""

    chain = models.CharField(max_length=60, default="platform")
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(default=clock.now)
    sequence = models.PositiveBigIntegerField(null=True, blank=True)
    prev_hash = models.CharField(max_length=64, null=True, blank=True)
    hash = models.CharField(max_length=64, null=True, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="audit_sequence_once"),
        ]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(
                fields=["id"], condition=models.Q(hash__isnull=True), name="audit_unsealed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_type}:{self.target_id} ({self.chain})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditRowIsFinalError("audit rows are not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AuditRowIsFinalError("audit rows are not deleted")


class AuditHead(models.Model):
    """Where a chain stands: its last sequence and hash. Locked while the chain is sealed."""

    chain = models.CharField(max_length=60, unique=True)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    anchored_sequence = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("head of an audit chain")
        verbose_name_plural = _("heads of audit chains")

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}"


class MailQuerySet(models.QuerySet["Mail"]):
    def about(self, target: models.Model) -> "MailQuerySet":
        return self.filter(about_type=target._meta.label_lower, about_id=str(target.pk))


class Mail(models.Model):
    """A letter as it was written, kept to be previewed and sent again."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")

    to = models.EmailField(max_length=254)
    template = models.CharField(max_length=100)
    language = models.CharField(max_length=10, default="fi")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    message_id = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["about_type", "about_id"], name="mail_about"),
            models.Index(fields=["state", "created_at"], name="mail_state"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @staticmethod
    def new_message_id(domain: str) -> str:
        return f"<{uuid.uuid4().hex}@{domain}>"


class DayBegun(models.Model):
    """A day whose daily work has been handed out (core.daily)."""

    day = models.DateField(unique=True)

    class Meta:
        verbose_name = _("day begun")
        verbose_name_plural = _("days begun")

    def __str__(self) -> str:
        return str(self.day)
