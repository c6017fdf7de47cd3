"""What people tell a host before and beside proposing."""

import uuid

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from challenges.states import NeedState


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
