"""Where a person is signed in, and ending it there. allauth keeps a row per session."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock

# A part of the browser's own name → what people call it; the first that fits.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def sessions_of(user: User) -> QuerySet[UserSession]:
    """The person's sessions that still work, the newest first."""
    living = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=living)
    return found.order_by("-created_at", "-pk")


def device(user_agent: str) -> str:
    """«Firefox, Android»: what a browser says of itself, in words people know."""
    found = [
        next((name for part, name in names if part in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or _("An unknown device")


@transaction.atomic
def end_sessions(*, user: User, pk: int | None = None, keep: str | None = None) -> int:
    """End one session of the person (`pk`), or all but the one with the key `keep`; how many."""
    found = UserSession.objects.filter(user=user)
    found = found.filter(pk=pk) if pk is not None else found.exclude(session_key=keep)
    keys = list(found.values_list("session_key", flat=True))
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        found.delete()
    return len(keys)


@transaction.atomic
def forget_ended(*, at: dt.datetime) -> int:
    """Remove sessions that have run out, and what is kept of sessions that are no more (address,
    browser); how many of the latter. To be called daily: Django itself removes none.
    """
    Session.objects.filter(expire_date__lt=at).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    gone, _by_model = UserSession.objects.filter(~Exists(living)).delete()
    return int(gone)
