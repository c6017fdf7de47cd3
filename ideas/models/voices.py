"""What anybody says of a public proposal."""

import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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


class Comment(models.Model):
    """What somebody says of a proposal, under a name of their choice, and the proposer's answer.

    It is public once it is confirmed, as support is; staff may hide it with a reason, which then
    stands in its place (moderation.py).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="comments")
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField()  # in small letters; no page shows it
    text = models.TextField(_("comment"), max_length=2000, validators=[MaxLengthValidator(2000)])
    language = models.CharField(max_length=2, default="fi", choices=settings.LANGUAGES)
    written_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(
        _("answer"), max_length=2000, blank=True, validators=[MaxLengthValidator(2000)]
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_because = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["confirmed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden_at=None) | ~Q(hidden_because=""),
                name="hidden_comment_has_a_reason",
            )
        ]
        indexes = [models.Index(fields=["idea", "confirmed_at"], name="comment_of_idea")]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.uid}"

    @property
    def audit_chain(self) -> str:
        return self.idea.audit_chain


class Report(models.Model):
    """Somebody says that a comment, or (without one) a proposal, should not be public."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="reports")
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="reports"
    )
    reason = models.TextField(_("reason"), max_length=1000, validators=[MaxLengthValidator(1000)])
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.at}"


class JoinRequest(models.Model):
    """A person asks to join the team of a public proposal; once, and is answered by letter."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="join_requests")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="join_requests"
    )
    message = models.TextField(_("message"), max_length=500, validators=[MaxLengthValidator(500)])
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "person"], name="one_join_request_per_person")
        ]
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.asked_at}"
