"""Who uses a solution, and what it has done for them."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from catalogue.models.solution import MONEY, NOT_NEGATIVE, Solution
from catalogue.states import (
    UNITS,
    Indicator,
    Method,
    ReuseStage,
)


class Reuse(models.Model):
    """One organisation's use of one solution, told by the organisation itself."""

    solution = models.ForeignKey(Solution, on_delete=models.CASCADE, related_name="reuses")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reuses")
    stage = models.CharField(_("stage"), max_length=12, choices=ReuseStage)
    since = models.DateField(_("since"), null=True, blank=True)
    note = models.TextField(_("in our own words"), blank=True, max_length=1000)
    scope = models.CharField(_("how widely"), blank=True, max_length=200)
    changes = models.TextField(_("what was changed in it"), blank=True, max_length=1000)
    supplier = models.CharField(_("supplier"), blank=True, max_length=120)
    cost_once = models.DecimalField(_("one-off cost, €"), validators=[NOT_NEGATIVE], **MONEY)
    cost_yearly = models.DecimalField(_("yearly cost, €"), validators=[NOT_NEGATIVE], **MONEY)
    # Whom to ask: a person who has said so themselves, by name and address of their account.
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact=None) | Q(consented_at__isnull=False),
                name="reuse_contact_has_consented",
            ),
            models.UniqueConstraint(
                fields=["solution", "organisation"],
                condition=~Q(stage=ReuseStage.STOPPED),
                name="one_active_reuse_per_organisation",
            ),
        ]
        verbose_name = _("use of a solution")
        verbose_name_plural = _("uses of solutions")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.solution}"

    @property
    def audit_chain(self) -> str:
        return "catalogue"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def standing(self) -> "ClaimQuerySet":
        """Not taken back, of uses that go on."""
        return self.filter(withdrawn_at=None).exclude(reuse__stage=ReuseStage.STOPPED)


class Claim(models.Model):
    """An effect of a reuse, told by the reusing organisation itself: before, after, and how known.

    Only another organisation verifies it. A new word on the same indicator takes the place of the
    old one, and has to be verified anew.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reuse = models.ForeignKey(Reuse, on_delete=models.CASCADE, related_name="claims")
    # The reuse's, here too so that the database can refuse verification by oneself.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="claims")
    indicator = models.CharField(_("what has changed"), max_length=12, choices=Indicator)
    name = models.CharField(_("what it is"), max_length=80, blank=True)
    own_unit = models.CharField(_("unit"), max_length=30, blank=True)
    baseline = models.DecimalField(_("before"), max_digits=14, decimal_places=2)
    result = models.DecimalField(_("after"), max_digits=14, decimal_places=2)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    method = models.CharField(_("how it is known"), max_length=10, choices=Method)
    basis = models.TextField(_("how it was reckoned"), max_length=1000)
    basis_url = models.URLField(_("report or calculation"), blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    told_at = models.DateTimeField()
    verified_by = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "-told_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reuse", "indicator", "name"],
                condition=Q(withdrawn_at=None),
                name="one_standing_claim_per_indicator",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("organisation")),
                name="claim_verified_by_another",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="claim_ends_after_it_starts"
            ),
        ]
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.title}"

    @property
    def title(self) -> str:
        return self.name or str(self.get_indicator_display())

    @property
    def unit(self) -> str:
        return self.own_unit or str(UNITS.get(Indicator(self.indicator), ""))

    @property
    def saved(self) -> Any:
        """How much less there is of it: a decimal number, below zero when there is more."""
        return self.baseline - self.result

    @property
    def audit_chain(self) -> str:
        return "catalogue"
