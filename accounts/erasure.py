"""Erasing a person: the account is emptied, what the law keeps stays without the name.

The row of the person stays, with nothing in it but its number, because records point at it: audit
rows by a label without a name (adr/0015), sheets, findings, versions of proposals.
"""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import registry, rules
from accounts.models import User
from accounts.sessions import end_sessions
from accounts.states import MembershipState
from core import audit
from core.errors import NotNow
from core.models import Mail


@transaction.atomic
def erase(*, user: User, at: dt.datetime) -> None:
    """Empty the account for good. NotNow while something needs the person."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.erased_at is not None:
        return
    owners = User.objects.filter(is_superuser=True, is_active=True)
    if user.is_superuser and not owners.exclude(pk=user.pk).exists():
        raise NotNow(_("The platform needs an owner. Name another one first."))
    for empty in registry.on_erase:
        empty(user, at)
    audit.record("person.erased", user, by=user)
    _end_memberships(user)
    end_sessions(user=user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Mail.objects.filter(to__iexact=user.email).delete()
    user.groups.clear()
    user.email, user.name, user.erased_at = user.erased_email, "", at
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.save()


def _end_memberships(user: User) -> None:
    for membership in user.memberships.exclude(state=MembershipState.ENDED):
        membership.state = MembershipState.ENDED
        membership.save(update_fields=["state"])
        for tell in registry.on_membership_change:
            tell(membership)
    rules.forget(user)
