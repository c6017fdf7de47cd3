"""Whose rights rest until the session has shown a second factor (adr/0016).

Every person can have one. `SECOND_FACTOR_REQUIRED_FOR` names the roles that need one: until it has
been shown in the session, the role's doors lead to where it is shown (`accounts.middleware`), and
everywhere else the rules take its rights as not there.
"""

import re
from collections.abc import Callable
from typing import Any, Final, Literal

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

Role = Literal["staff", "chair", "juror"]

# Who has the role, whatever the session has shown; filled by each app's wiring.
holders: Final[dict[Role, Callable[[Any], bool]]] = {}
# How the addresses of these roles begin, after the language.
doors: Final[set[str]] = set()

LANGUAGE = re.compile(r"^/[a-z]{2}(?=/)")


def is_shown(request: HttpRequest, user: Any) -> bool:
    """Whether the session has shown a second factor of the person: app, passkey, recovery code."""
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" for record in records)


def rests(user: Any, role: Role) -> bool:
    """Whether rights of the role rest. Never of a person who comes with no session: a job's."""
    return (
        role in settings.SECOND_FACTOR_REQUIRED_FOR
        and getattr(user, "second_factor_shown", True) is False
    )


def must_show(user: Any) -> bool:
    """Whether the person has a role whose rights rest."""
    return any(rests(user, role) and holds(user) for role, holds in holders.items())


def must_have(user: Any) -> bool:
    """Whether the person has a role that needs a second factor."""
    return any(
        role in settings.SECOND_FACTOR_REQUIRED_FOR and holds(user)
        for role, holds in holders.items()
    )


def is_door(path: str) -> bool:
    return LANGUAGE.sub("", path).startswith(tuple(doors))
