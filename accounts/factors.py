"""Verbs about a person's second factors: each leaves an audit row and a letter to the person.

allauth makes and removes the factor itself, in the transaction in which the view calls these.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import Organisation, User
from accounts.sessions import end_sessions
from core import audit, mail
from core.errors import require

TOLD = {
    "added": _("a second step of sign-in was added"),
    "removed": _("a second step of sign-in was removed"),
    "codes_made": _("new recovery codes were made, and the older ones died"),
    "code_used": _("a recovery code was used to sign in"),
    "reset": _("your second step of sign-in was removed by an administrator"),
}


@transaction.atomic
def tell(what: str, *, user: User, by: User | None, **data: Any) -> None:
    """Record a change in the second factors of `user`, and let them know of it by mail."""
    audit.record(f"second_factor.{what}", user, by=by, data=data)
    mail.send(
        to=user.email,
        template="second_factor",
        language=user.language,
        context={"what": TOLD[what]},
    )


def with_factors(organisation: Organisation, *, by: User) -> frozenset[int]:
    """Primary keys of the organisation's people whose second factors `by` may reset."""
    have = Authenticator.objects.values("user")
    found = rules.people_to_reset(by).filter(memberships__organisation=organisation, pk__in=have)
    return frozenset(found.values_list("pk", flat=True))


@transaction.atomic
def reset(*, user: User, by: User | None) -> int:
    """Remove all second factors of a person who has lost them, and end their sessions; how many.

    `by` is None when the installation does it.
    """
    require(by is None or rules.can_reset_factors(by, user))
    factors = Authenticator.objects.select_for_update().filter(user=user)
    number = len(factors)
    if number:
        factors.delete()
        end_sessions(user=user)
        tell("reset", user=user, by=by, factors=number)
    return number
