"""How ready a solution is, what is offered, how far a reuse has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Readiness(models.TextChoices):
    IDEA = "idea", _("Idea")
    CONCEPT = "concept", _("Concept")
    PROTOTYPE = "prototype", _("Prototype")
    PILOT = "pilot", _("Being piloted")
    PRODUCTION = "production", _("In use")
    WIDELY_USED = "widely_used", _("Widely used")
    RETIRED = "retired", _("Retired")


class Offer(models.TextChoices):
    READY_PRODUCT = "ready_product", _("Ready product")
    NEEDS_DEVELOPMENT = "needs_development", _("Needs development")
    SEEKS_PILOT = "seeks_pilot", _("Seeks a pilot")
    OPEN_CODE = "open_code", _("Open source code")
    KNOW_HOW = "know_how", _("Know-how")


class CostBand(models.TextChoices):
    FREE = "free", _("Free of charge")
    UNDER_10K = "under_10k", _("Under 10,000 €")
    FROM_10K = "10k_50k", _("10,000–50,000 €")
    OVER_50K = "over_50k", _("Over 50,000 €")


class ReuseStage(models.TextChoices):
    INTERESTED = "interested", _("Wants to pilot")
    PLANNING = "planning", _("Planning")
    PILOTING = "piloting", _("Piloting")
    IN_USE = "in_use", _("In use")
    SCALED = "scaled", _("In use throughout")
    STOPPED = "stopped", _("Stopped")


IN_USE = frozenset({ReuseStage.IN_USE, ReuseStage.SCALED})
ACTIVE = frozenset(set(ReuseStage) - {ReuseStage.STOPPED})
