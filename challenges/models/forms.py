"""Forms as data: versions of a series' questions, frozen once answered to; a host's recipes."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from challenges.definition import Definition
from challenges.models.challenge import Series
from core.multilingual import MultilingualField, text

KEPT = 200
_frozen: dict[str, Definition] = {}  # by digest


class FormIsFrozen(TypeError):
    """A frozen form is what people answered to: nobody changes or deletes it."""


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    def update(self, **kwargs: Any) -> int:
        if self.filter(frozen_at__isnull=False).exists():
            raise FormIsFrozen("frozen forms are not changed")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.filter(frozen_at__isnull=False).exists():
            raise FormIsFrozen("frozen forms are not deleted")
        return super().delete()


class FormVersion(models.Model):
    """The questions of a series, as data (definition.py tells the shape). Frozen ones never change.

    The database refuses to change a frozen row as well (see the migration with the triggers).
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="forms")
    number = models.PositiveSmallIntegerField(default=1)
    definition: Any = models.JSONField(_("questions"))
    digest = models.CharField(max_length=64, blank=True, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        ordering = ["series", "number"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="one_form_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.series} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_when_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_when_frozen()
        return super().delete(*args, **kwargs)

    @property
    def audit_chain(self) -> str:
        return self.series.audit_chain

    @cached_property
    def parsed(self) -> Definition:
        """The definition as objects; raises BadDefinition when it cannot be used.

        A frozen one is parsed once by a process: its digest says what it holds.
        """
        if not self.digest:
            return Definition.parse(self.definition)
        known = _frozen.get(self.digest)
        if known is None:
            if len(_frozen) >= KEPT:
                _frozen.clear()
            known = _frozen[self.digest] = Definition.parse(self.definition)
        return known

    def _refuse_when_frozen(self) -> None:
        if self.pk and type(self).objects.filter(pk=self.pk, frozen_at__isnull=False).exists():
            raise FormIsFrozen(f"form {self.pk} is frozen")


class SavedRecipe(models.Model):
    """A host's own recipe, as recipe_book.py tells; made of its challenge or taken from a file."""

    owner = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="recipes", verbose_name=_("host")
    )
    name = MultilingualField(_("name"))
    data: Any = models.JSONField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("recipe")
        verbose_name_plural = _("recipes")

    def __str__(self) -> str:
        return text(self.name)
