"""What an organisation can be, and what a person can be in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Municipality")
    COMPANY = "company", _("Company")
    ASSOCIATION = "association", _("Association")
    EDUCATION = "education", _("School or university")
    NETWORK = "network", _("Network of municipalities")


class Role(models.TextChoices):
    """Staff run their municipality's challenges in the admin; members act for the organisation."""

    ADMIN = "admin", _("Administrator")
    STAFF = "staff", _("Staff")
    MEMBER = "member", _("Member")


class MembershipState(models.TextChoices):
    REQUESTED = "requested", _("Waiting for approval")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


BACK_OFFICE_ROLES = frozenset({Role.ADMIN, Role.STAFF})
