"""A series' criteria with weights and described levels; immutable once published."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Series
from core.multilingual import MultilingualField, text
from scoring.states import CommentRule, CriterionKind, NotApplicable, RubricState


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
    digest = models.CharField(max_length=64, blank=True, editable=False)
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
            models.UniqueConstraint(fields=["series", "version"], name="one_rubric_per_version")
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
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "key"], name="one_criterion_per_key"),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100), name="weight_between_0_and_100"
            ),
            models.CheckConstraint(condition=Q(high__gt=F("low")), name="scale_rises"),
        ]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")

    def __str__(self) -> str:
        return text(self.name)

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
