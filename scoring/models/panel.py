"""Who reads what: jurors, their ties, rounds and assignments."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Series, Theme
from ideas.models import Idea
from ideas.states import IN_JURY
from scoring.models.rubric import Rubric
from scoring.models.terms import Terms
from scoring.states import (
    ROUND_DONE,
    AssignmentState,
    DeclarationKind,
    JurorState,
    RoundKind,
    RoundState,
)

if TYPE_CHECKING:
    from accounts.models import User


class Juror(models.Model):
    """A person's place in a challenge's panel."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="jurors")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    title = models.CharField(_("title and organisation"), max_length=200, blank=True)
    user: "models.ForeignKey[User | None]" = models.ForeignKey(  # type: ignore[assignment]
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="juries",
    )
    series = models.ManyToManyField(Series, blank=True, related_name="jurors")
    expertise = models.ManyToManyField(Theme, blank=True, related_name="+")
    chair = models.BooleanField(_("chair"), default=False)
    terms: "models.ForeignKey[Terms | None]" = models.ForeignKey(  # type: ignore[assignment]
        Terms, on_delete=models.PROTECT, null=True, blank=True, related_name="accepted_by"
    )
    terms_at = models.DateTimeField(null=True)
    capacity = models.PositiveSmallIntegerField(_("proposals, at most"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=JurorState, default=JurorState.INVITED)
    invited_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Counted in the transactions that change them, so that the dashboard adds nothing up.
    to_read = models.PositiveIntegerField(default=0)
    submitted = models.PositiveIntegerField(default=0)
    undeclared = models.PositiveIntegerField(default=0)
    recused = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "email"], name="one_place_per_juror")
        ]
        verbose_name = _("juror")
        verbose_name_plural = _("jurors")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def language(self) -> str:
        """Of letters to the juror: Finnish until they have an account that says otherwise."""
        return self.user.language if self.user else "fi"

    @property
    def missing(self) -> int:
        """Sheets still awaited from the juror."""
        return self.to_read - self.submitted

    @property
    def audit_chain(self) -> str:
        return f"challenge:{self.challenge_id}"


class Declaration(models.Model):
    """A juror's word on ties to one proposal, given before its content is shown."""

    juror = models.ForeignKey(Juror, on_delete=models.CASCADE, related_name="declarations")
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="declarations")
    kind = models.CharField(max_length=10, choices=DeclarationKind)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["juror", "idea"], name="one_declaration_per_idea")
        ]

    def __str__(self) -> str:
        return f"{self.juror} – {self.idea}: {self.get_kind_display()}"

    @property
    def audit_chain(self) -> str:
        return self.juror.audit_chain


class Round(models.Model):
    """One pass of a series' proposals through the jury, against one published rubric.

    `stage` is the place in the rubric's frozen plan of rounds; `advance` and `carry_over` are
    copied from it when the round is planned.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="rounds")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RoundKind, default=RoundKind.SCREENING)
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=RoundState, default=RoundState.PLANNED)
    seed = models.PositiveIntegerField(default=1)
    reviews = models.PositiveSmallIntegerField(_("reviews per proposal"))
    assigned_at = models.DateTimeField(null=True)
    assignment_report: Any = models.JSONField(default=dict)
    stage = models.PositiveSmallIntegerField(default=0)
    advance: Any = models.JSONField(default=dict, blank=True)
    carry_over = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        default=0,
        help_text="Weight of the earlier rounds' score, 0–1.",
    )
    live = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    advanced_at = models.DateTimeField(null=True)
    anchors: "models.ManyToManyField[Idea, Idea]" = models.ManyToManyField(
        Idea, blank=True, related_name="+", help_text="Read by the whole jury."
    )
    # Counted in the transaction that changes them, so that the dashboard reads one row.
    sheets_wanted = models.PositiveIntegerField(default=0)
    sheets_submitted = models.PositiveIntegerField(default=0)

    # Filled in as the round goes on; empty when it is planned.
    LATER = ("assignment_report", "assigned_at", "closed_at", "advanced_at")

    class Meta:
        ordering = ["series", "number"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="one_round_per_number"),
            models.CheckConstraint(
                condition=models.Q(carry_over__gte=0, carry_over__lte=1),
                name="carry_over_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=models.Q(advanced_at__isnull=True)
                | ~models.Q(state__in=[RoundState.PLANNED, RoundState.OPEN]),
                name="advanced_only_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}, {self.get_kind_display()} {self.number}"

    @property
    def is_done(self) -> bool:
        """No more scores are taken."""
        return self.state in ROUND_DONE

    @property
    def audit_chain(self) -> str:
        return self.series.audit_chain


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def of_juror(self, user: Any) -> "AssignmentQuerySet":
        """What the person may open at the desk: their own, accepted, not recused.

        A conflict told in a later round closes what they read in an earlier one too.
        """
        conflicts = Declaration.objects.filter(
            juror=models.OuterRef("juror"),
            idea=models.OuterRef("idea"),
            kind=DeclarationKind.CONFLICT,
        )
        return self.filter(
            ~models.Exists(conflicts),
            juror__user=user,
            juror__state=JurorState.ACCEPTED,
            state=AssignmentState.CONFIRMED,
            idea__state__in=IN_JURY,
        ).exclude(round__state=RoundState.PLANNED)


class Assignment(models.Model):
    """juror × idea × round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="assignments")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="assignments")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(
        max_length=10, choices=AssignmentState, default=AssignmentState.CONFIRMED
    )
    order = models.PositiveSmallIntegerField(default=0)
    declared = models.CharField(
        max_length=10,
        choices=DeclarationKind,
        blank=True,
        help_text="Copy of the juror's declaration; empty until given.",
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "juror", "idea"], name="one_assignment_per_round"
            ),
            models.CheckConstraint(
                condition=~models.Q(declared=DeclarationKind.CONFLICT)
                | models.Q(state=AssignmentState.RECUSED),
                name="no_assignment_against_a_conflict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.juror} × {self.idea}"

    @property
    def audit_chain(self) -> str:
        return self.juror.audit_chain
