"""What staff do with proposals: intake, checks, findings, messages, more time, compilation."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Series
from ideas.models.idea import Idea
from ideas.states import BatchAction, CompilationState


class IntakeFile(models.Model):
    """A table of proposals that a member of staff has had checked and has not yet taken in.

    Kept for the press that takes it in, a day at most; then its rows are proposals or nothing.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One press that did the same to many proposals (bulk.py); kept for a day, then the audit log
    alone tells of it. `undo_until` None: it can not be undone."""

    key = models.UUIDField(unique=True, editable=False)  # of the preview: a second press is known
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="batches")
    action = models.CharField(max_length=8, choices=BatchAction)
    words = models.TextField(blank=True)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    undo_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.challenge_id} {self.action} {self.at:%Y-%m-%d %H:%M}"


class BatchRow(models.Model):
    """One proposal of a batch. `before`: what undoing gives back; `after`: its mark (bulk.py) as
    the batch left it. `note` says why nothing was done, or why it could not be undone."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="+")
    done = models.BooleanField()
    undone = models.BooleanField(default=False)
    before: Any = models.JSONField(default=dict, blank=True)
    after = models.CharField(max_length=16, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["idea__number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "idea"], name="one_row_per_idea_of_a_batch")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.idea_id}"


class EligibilityCheck(models.Model):
    """One person's finding whether a proposal meets the rules, with the reason for the proposer.

    `gates`: the answers to the rubric's gates, key → 1 yes, 0 no, 2 to be cleared up.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="checks")
    eligible = models.BooleanField()
    reason = models.TextField(blank=True, max_length=2000)
    gates: Any = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(eligible=True) | ~Q(reason=""), name="refusal_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.eligible}"


class Message(models.Model):
    """What staff and a proposer write to each other of a delivered proposal; part of its record.

    `answer_by`: staff ask for something by then (a completion request), and `answered_at` is when
    the proposer wrote next.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="messages")
    from_staff = models.BooleanField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField(_("message"), max_length=4000, validators=[MaxLengthValidator(4000)])
    at = models.DateTimeField()
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_by=None) | Q(from_staff=True),
                name="only_staff_ask_for_an_answer",
            )
        ]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.at:%Y-%m-%d %H:%M}"

    @property
    def audit_chain(self) -> str:
        return self.idea.audit_chain


class Extension(models.Model):
    """More time for one proposal: asked by its writers after the closing, answered by staff.

    `until` None with an answer: refused. Staff see who asks and why, never the draft.
    """

    idea = models.OneToOneField(Idea, on_delete=models.CASCADE, related_name="extension")
    why = models.TextField(_("why"), max_length=1000, validators=[MaxLengthValidator(1000)])
    asked_at = models.DateTimeField()
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.TextField(
        _("reason"), max_length=1000, blank=True, validators=[MaxLengthValidator(1000)]
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(reason=""),
                name="answered_extension_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.until}"

    @property
    def audit_chain(self) -> str:
        return self.idea.audit_chain


class SecretFinding(models.Model):
    """Staff's word on one secret part of a proposal: whether it is a trade secret, and why.

    `content` is the digest of what was claimed (secret_review.py): a part that has changed since
    waits for a new finding. Findings are added, never changed.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="secret_findings")
    field_key = models.CharField(max_length=40)
    content = models.CharField(max_length=64)
    accepted = models.BooleanField()
    reason = models.TextField(blank=True, max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=True) | ~Q(reason=""), name="rejected_claim_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.field_key}: {self.accepted}"


class Compilation(models.Model):
    """All public proposals of a challenge as one document in one language; made out of the request.

    `contents`: [[proposal's key, its version's key], …] of what is in it. It is shown for as long
    as each of these is still public as it was. `body` is HTML made by our own template.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="compilations")
    language = models.CharField(max_length=2)
    state = models.CharField(
        max_length=8, choices=CompilationState, default=CompilationState.WAITING
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    contents: Any = models.JSONField(default=list, blank=True)
    body = models.TextField(blank=True)
    pdf = models.BinaryField(default=b"", blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "language"],
                condition=Q(state__in=["waiting", "reading", "printing"]),
                name="one_compilation_being_made",
            )
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id} {self.language} {self.state}"

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"
