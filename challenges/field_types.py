"""What kinds of questions there are, what their answers may serve as, and their limits."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FieldType(models.TextChoices):
    SHORT_TEXT = "short_text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    CHOICE = "choice", _("Choice of one")
    CHOICES = "choices", _("Choice of several")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money, €")
    FILE = "file", _("File")
    LINK = "link", _("Link")
    EMAIL = "email", _("E-mail")
    DATE = "date", _("Date")
    PLACE = "place", _("Place on the map")
    BUSINESS_ID = "business_id", _("Business ID")
    TEAM = "team", _("Team, a person on each line")
    CONSENT = "consent", _("Consent")


class Purpose(models.TextChoices):
    TITLE = "title", _("Title of the proposal")
    SUMMARY = "summary", _("Summary")
    THEME = "theme", _("Theme")
    MUNICIPALITY = "municipality", _("Municipality")
    CONTACT_EMAIL = "contact_email", _("E-mail of the proposer")
    CONTACT_NAME = "contact_name", _("Name of the proposer")
    NAME_PUBLIC = "name_public", _("May the name be shown")


OPTION_SOURCES = ("themes", "municipalities")
FILE_TYPES = (
    "pdf",
    "docx",
    "xlsx",
    "pptx",
    "odt",
    "ods",
    "odp",
    "png",
    "jpg",
    "webp",
    "txt",
    "csv",
)
LIMITS = {"short_text": 200, "long_text": 10_000, "link": 500, "email": 254, "team": 2_000}
TEAM_AT_MOST = 20  # persons
MAX_FILES, MAX_MEGABYTES = 10, 50
# Whose answers may have a secret part: what is said freely, not what the platform must know.
SECRET_TYPES = ("short_text", "long_text", "number", "money", "link", "file")
SECRET_LIMIT, REASON_LIMIT = 4_000, 300  # characters of the secret text and of its reason
YES = "yes"  # the answer to a consent
