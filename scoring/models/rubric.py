"""A series' criteria with weights and described levels; immutable once published."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Series
from core.multilingual import MultilingualField, text
from scoring.states import (
    CalibrationUse,
    CommentRule,
    CriterionKind,
    NotApplicable,
    Profile,
    RubricState,
    ShowEntrants,
    ShowOthers,
)

FORMAT = 2  # of the content that is hashed; 1: rubrics of before rounds and policies


def default_tie_chain() -> list[dict[str, str]]:
    return [{"by": "criterion", "key": "*"}, {"by": "median"}, {"by": "lot"}]


class RubricIsFrozen(TypeError):
    """A published rubric is what was promised to entrants: nobody changes or deletes it."""


class FrozenQuerySet(models.QuerySet[Any]):
    """Refuses in bulk what the models refuse one by one."""

    def update(self, **kwargs: Any) -> int:
        self._refuse_when_published()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_when_published()
        return super().delete()

    def published(self) -> "FrozenQuerySet":
        return self.filter(**{self.model.rubric_state: RubricState.PUBLISHED})

    def _refuse_when_published(self) -> None:
        state = self.model.rubric_state
        if self.filter(**{state: RubricState.PUBLISHED}).exists():
            raise RubricIsFrozen("published rubrics are not changed")


class _Frozen(models.Model):
    """Refuses what would change a published rubric. The database refuses it as well."""

    rubric_state = "rubric__state"
    objects = FrozenQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_when_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_when_published()
        return super().delete(*args, **kwargs)

    def _rubric_pk(self) -> int | None:
        raise RubricIsFrozen(type(self).__name__)

    def _refuse_when_published(self) -> None:
        pk = self._rubric_pk()
        if pk and Rubric.objects.filter(pk=pk, state=RubricState.PUBLISHED).exists():
            raise RubricIsFrozen(f"rubric {pk} is published")


class Rubric(_Frozen):
    rubric_state = "state"
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="rubrics")
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=RubricState, default=RubricState.DRAFT)
    reviews = models.PositiveSmallIntegerField(
        _("reviews per proposal"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    comment_rule = models.CharField(
        _("comment to the proposer"),
        max_length=10,
        choices=CommentRule,
        default=CommentRule.OPTIONAL,
    )
    not_applicable = models.CharField(
        _("when a juror cannot say"),
        max_length=10,
        choices=NotApplicable,
        default=NotApplicable.REFUSE,
    )
    tie_chain: Any = models.JSONField(_("order of breaking ties"), default=default_tie_chain)
    format = models.PositiveSmallIntegerField(default=FORMAT, editable=False)
    profile = models.CharField(_("profile"), max_length=10, choices=Profile, default=Profile.OPEN)
    blind = models.BooleanField(_("jurors do not see who proposes"), default=False)
    internal_comment_rule = models.CharField(
        _("comment to the jury and staff"),
        max_length=10,
        choices=CommentRule,
        default=CommentRule.OFF,
    )
    # Levels, of any criterion, at which the comment to the proposer is required.
    comment_levels: Any = models.JSONField(
        _("levels that need a comment"), default=list, blank=True
    )
    show_others = models.CharField(
        _("what jurors see of each other"),
        max_length=12,
        choices=ShowOthers,
        default=ShowOthers.NEVER,
    )
    show_entrants = models.CharField(
        _("what entrants see of their own proposal"),
        max_length=10,
        choices=ShowEntrants,
        default=ShowEntrants.TOTAL,
    )
    calibration = models.CharField(
        _("calibrated scores"),
        max_length=10,
        choices=CalibrationUse,
        default=CalibrationUse.SHOWN,
    )
    # scoring.stages tells the shape; empty: one round of scoring.
    rounds: Any = models.JSONField(_("rounds"), default=list, blank=True)
    # Why this version takes the place of the one before it; public.
    reason = MultilingualField(_("reason of the correction"), blank=True, max_length=1000)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    returned = models.CharField(max_length=1000, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        ordering = ["series", "version"]
        constraints = [
            models.UniqueConstraint(fields=["series", "version"], name="one_rubric_per_version"),
            models.UniqueConstraint(
                fields=["series"],
                condition=~Q(state=RubricState.PUBLISHED),
                name="one_unpublished_rubric_per_series",
            ),
            # An erased person leaves the row with one name or none.
            models.CheckConstraint(
                condition=~Q(state=RubricState.PUBLISHED)
                | Q(proposed_by__isnull=True)
                | Q(published_by__isnull=True)
                | ~Q(proposed_by=F("published_by")),
                name="rubric_published_by_a_second_person",
            ),
        ]
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")

    def __str__(self) -> str:
        return f"{self.series} v{self.version}"

    @property
    def audit_chain(self) -> str:
        return self.series.audit_chain

    @property
    def is_published(self) -> bool:
        return self.state == RubricState.PUBLISHED

    def _rubric_pk(self) -> int | None:
        return self.pk


class Criterion(_Frozen):
    """One question to the juror. `Score.value` is a level on low…high; of a gate 0 no, 1 yes,
    2 to be clarified (`GateAnswer`). An info without levels takes free text and no value.
    """

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=CriterionKind, default=CriterionKind.SCALE)
    name = MultilingualField(_("name"))
    question = MultilingualField(_("question to the juror"), blank=True, default=dict)
    weight = models.DecimalField(
        _("weight, %"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    low = models.PositiveSmallIntegerField(default=1)
    high = models.PositiveSmallIntegerField(default=5)
    # Of a threshold: a proposal whose mean is lower is not placed.
    minimum = models.PositiveSmallIntegerField(_("minimum"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "key"], name="one_criterion_per_key"),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100), name="weight_between_0_and_100"
            ),
            models.CheckConstraint(condition=Q(high__gt=F("low")), name="scale_rises"),
            models.CheckConstraint(
                condition=Q(kind__in=[CriterionKind.SCALE, CriterionKind.THRESHOLD]) | Q(weight=0),
                name="only_scales_weigh",
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True)
                | Q(kind=CriterionKind.THRESHOLD, minimum__gte=F("low"), minimum__lte=F("high")),
                name="minimum_of_a_threshold_on_its_scale",
            ),
        ]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")

    def __str__(self) -> str:
        return text(self.name)

    @property
    def weighs(self) -> bool:
        """Whether its levels are points of the total."""
        return self.kind in (CriterionKind.SCALE, CriterionKind.THRESHOLD)

    @property
    def is_gate(self) -> bool:
        return self.kind == CriterionKind.GATE

    @property
    def is_text(self) -> bool:
        """Answered in words: for information, without levels."""
        return self.kind == CriterionKind.INFO and not self.levels.all()

    @property
    def is_required(self) -> bool:
        """A sheet cannot be submitted without an answer (or "cannot say" where allowed)."""
        return self.kind != CriterionKind.INFO

    def _rubric_pk(self) -> int | None:
        return self.rubric_id


class Level(_Frozen):
    """What a value on the scale means, in words."""

    rubric_state = "criterion__rubric__state"
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="levels")
    value = models.PositiveSmallIntegerField()
    description = MultilingualField(_("description"))

    class Meta:
        ordering = ["value"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "value"], name="one_level_per_value")
        ]

    def __str__(self) -> str:
        return f"{self.value} = {text(self.description)}"

    def _rubric_pk(self) -> int | None:
        return self.criterion.rubric_id
