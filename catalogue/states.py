"""How ready a solution is, what is offered and for how much, how far a reuse has come."""

from typing import Final

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


class CostModel(models.TextChoices):
    FREE = "free", _("Free of charge")
    ONE_OFF = "one_off", _("Paid once")
    SUBSCRIPTION = "subscription", _("Yearly or monthly fee")
    BY_USE = "by_use", _("Paid by use")
    SHARED = "shared", _("Costs shared by municipalities")
    NEGOTIATED = "negotiated", _("By agreement")


class Route(models.TextChoices):
    """How a municipality gets it."""

    SMALL = "small_purchase", _("Small purchase")
    TENDER = "tender", _("Tender")
    FRAMEWORK = "framework", _("Framework agreement")
    JOINT = "joint", _("Joint procurement")
    INNOVATION = "innovation", _("Innovation partnership")
    OPEN_CODE = "open_code", _("Open source code, taken into use by oneself")
    OWN_WORK = "own_work", _("Own work")
    WITH_OWNER = "with_owner", _("Agreement with the owner")


class SizeBand(models.TextChoices):
    """Municipalities by residents; the limits are in search/documents.py."""

    UNDER_5K = "under_5k", _("under 5,000 residents")
    FROM_5K = "5k_20k", _("5,000–20,000")
    FROM_20K = "20k_100k", _("20,000–100,000")
    OVER_100K = "over_100k", _("over 100,000")


class Axis(models.TextChoices):
    """The two sides of maturity."""

    READINESS = "readiness", _("Readiness")
    OFFER = "offer", _("What is offered")


class Freshness(models.TextChoices):
    FRESH = "fresh", _("up to date")
    DUE = "due", _("due for review")
    STALE = "stale", _("may be out of date")
    ARCHIVED = "archived", _("archived")


class ReuseStage(models.TextChoices):
    INTERESTED = "interested", _("Wants to pilot")
    PLANNING = "planning", _("Planning")
    PILOTING = "piloting", _("Piloting")
    IN_USE = "in_use", _("In use")
    SCALED = "scaled", _("In use throughout")
    STOPPED = "stopped", _("Stopped")


class ReviewAnswer(models.TextChoices):
    """What the owner says when asked whether a solution is still true."""

    TRUE = "true", _("Yes, still true")
    WITHDRAWN = "withdrawn", _("No longer offered")


IN_USE = frozenset({ReuseStage.IN_USE, ReuseStage.SCALED})
ACTIVE = frozenset(set(ReuseStage) - {ReuseStage.STOPPED})
PROVING = IN_USE | {ReuseStage.PILOTING}  # far enough to tell of effects


class TargetGroup(models.TextChoices):
    """For whom a solution is: a short list, so that it can be searched by."""

    RESIDENTS = "residents", _("Residents")
    FAMILIES = "families", _("Children and families")
    YOUTH = "youth", _("Young people")
    ELDERLY = "elderly", _("Older people")
    NEWCOMERS = "newcomers", _("Newcomers to the municipality")
    BUSINESSES = "businesses", _("Businesses")
    ASSOCIATIONS = "associations", _("Associations and villages")
    VISITORS = "visitors", _("Visitors and summer residents")
    STAFF = "staff", _("Municipal staff")
    DECISION_MAKERS = "decision_makers", _("Elected representatives")


class Goal(models.IntegerChoices):
    """Sustainable development goals of the United Nations, by their short names."""

    POVERTY = 1, _("No poverty")
    HUNGER = 2, _("Zero hunger")
    HEALTH = 3, _("Good health and well-being")
    EDUCATION = 4, _("Quality education")
    EQUALITY = 5, _("Gender equality")
    WATER = 6, _("Clean water and sanitation")
    ENERGY = 7, _("Affordable and clean energy")
    WORK = 8, _("Decent work and economic growth")
    INDUSTRY = 9, _("Industry, innovation and infrastructure")
    INEQUALITY = 10, _("Reduced inequalities")
    CITIES = 11, _("Sustainable cities and communities")
    CONSUMPTION = 12, _("Responsible consumption and production")
    CLIMATE = 13, _("Climate action")
    SEA = 14, _("Life below water")
    LAND = 15, _("Life on land")
    PEACE = 16, _("Peace, justice and strong institutions")
    PARTNERSHIP = 17, _("Partnerships for the goals")


class Indicator(models.TextChoices):
    """What a claim is about. All but the last are a year's amounts, of which less is better."""

    COST = "cost", _("Costs")
    TIME = "time", _("Working time")
    DISTANCE = "distance", _("Kilometres driven")
    EMISSIONS = "emissions", _("Emissions")
    ENERGY = "energy", _("Energy use")
    OTHER = "other", _("Something else")


UNITS = {
    Indicator.COST: _("€ a year"),
    Indicator.TIME: _("hours a year"),
    Indicator.DISTANCE: _("km a year"),
    Indicator.EMISSIONS: _("kg CO₂e a year"),
    Indicator.ENERGY: _("kWh a year"),
}


class Method(models.TextChoices):
    MEASURED = "measured", _("Measured")
    ESTIMATED = "estimated", _("Estimated")
    SUPPLIER = "supplier", _("The supplier's figure")


class Evidence(models.IntegerChoices):
    """The best of what the users of a solution have told."""

    NONE = 0, _("No evidence yet")
    TEXT = 1, _("Told in words")
    FIGURES = 2, _("In figures")
    MEASURED = 3, _("Measured")
    VERIFIED = 4, _("Measured, and verified by another")


DUE_DAYS: Final = 365  # after a review the next one is due
STALE_DAYS: Final = 456  # fifteen months: nobody can be sure of it any more
# developmentStatus of publiccode.yml 0.7
DEVELOPMENT: Final = {
    Readiness.IDEA: "concept",
    Readiness.CONCEPT: "concept",
    Readiness.PROTOTYPE: "development",
    Readiness.PILOT: "beta",
    Readiness.PRODUCTION: "stable",
    Readiness.WIDELY_USED: "stable",
    Readiness.RETIRED: "obsolete",
}
