"""Providers of OpenID Connect, and what a session has shown by one of them (adr/0017)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from core import clock

KEY: Final = "identified"
LASTS: Final = dt.timedelta(hours=1)  # how long after identification one can hand in


@dataclass(frozen=True)
class Provider:
    """`acr`: its levels of assurance that count as strong."""

    key: str
    label: str
    acr: tuple[str, ...]
    sign_in: bool


@dataclass(frozen=True)
class Identified:
    """Strongly, by whom. `subject` tells people apart and says nothing of who they are."""

    provider: str
    acr: str
    subject: str
    at: dt.datetime


def providers() -> list[Provider]:
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [
        Provider(
            app["provider_id"],
            app["name"],
            tuple(app["settings"]["acr"]),
            app["settings"]["sign_in"],
        )
        for app in apps
    ]


def find(key: str) -> Provider | None:
    return next((one for one in providers() if one.key == key), None)


def for_sign_in() -> list[Provider]:
    return [one for one in providers() if one.sign_in]


def strong() -> list[Provider]:
    """Those that identify strongly."""
    return [one for one in providers() if one.acr]


def remember(request: HttpRequest, *, provider: str, acr: str, subject: str) -> None:
    """The session has identified strongly just now."""
    at = clock.now().isoformat()
    request.session[KEY] = {"provider": provider, "acr": acr, "subject": subject, "at": at}


def identified(request: HttpRequest) -> Identified | None:
    """What the session has shown within the hour, by a provider that still counts as strong."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    found = Identified(
        kept["provider"], kept["acr"], kept["subject"], dt.datetime.fromisoformat(kept["at"])
    )
    provider = find(found.provider)
    if provider is None or found.acr not in provider.acr or found.at + LASTS < clock.now():
        return None
    return found
