"""What people tell a host before and beside proposing."""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from challenges.models.challenge import Challenge
from challenges.states import InquiryState, NeedState


class Need(models.Model):
    """A problem that anybody told of, before there is any challenge of it. It is not published."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.TextField(_("need"), max_length=2000, validators=[MaxLengthValidator(2000)])
    municipality = models.CharField(_("municipality"), max_length=60, blank=True)
    # Whose staff read it: the municipality, when it is here.
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="needs",
        verbose_name=_("municipality"),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=2, default="fi", choices=settings.LANGUAGES
    )
    state = models.CharField(_("state"), max_length=12, choices=NeedState, default=NeedState.NEW)
    note = models.TextField(_("staff's note"), max_length=2000, blank=True)
    told_at = models.DateTimeField(_("told"))

    class Meta:
        ordering = ["-told_at", "-pk"]
        verbose_name = _("need")
        verbose_name_plural = _("needs")

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    @property
    def audit_chain(self) -> str:
        return "needs"


class Inquiry(models.Model):
    """A question of a challenge. Its answer is everybody's, so that all know the same."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="inquiries")
    text = models.TextField(_("question"), max_length=2000, validators=[MaxLengthValidator(2000)])
    # Emptied some time after the answer: inquiries.forget_addresses.
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=2, default="fi", choices=settings.LANGUAGES
    )
    state = models.CharField(
        _("state"), max_length=12, choices=InquiryState, default=InquiryState.NEW
    )
    # As everybody reads it: staff take out names and what nobody else needs.
    shown = models.TextField(_("question as it is shown"), max_length=2000, blank=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    note = models.TextField(_("why it is set aside"), max_length=1000, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=InquiryState.ANSWERED)
                | (~Q(answer="") & ~Q(shown="") & Q(answered_at__isnull=False)),
                name="an_answered_inquiry_has_its_answer",
            )
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"


class Follower(models.Model):
    """An address that follows a challenge or a proposal, once it has said so twice.

    Each kind of news (following.News) is told at most once: that is at most four letters.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="followers")
    followed = models.UUIDField()  # the uid of the challenge, or of a proposal of it
    email = models.EmailField()
    language = models.CharField(max_length=2, default="fi", choices=settings.LANGUAGES)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told: Any = models.JSONField(default=list, blank=True)  # kinds of news

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["followed", "email"], name="one_follower_per_address")
        ]

    def __str__(self) -> str:
        return f"{self.followed}"
