"""Verbs: teach the search words that mean the same, forget them; keep a search, let it go."""

import datetime as dt
from typing import Final
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from core.errors import Denied, Invalid, NotNow
from search.models import SavedSearch, SynonymGroup
from search.service import forget_synonyms

MOST_SAVED: Final = 20  # searches of a person
MOST_QUERY: Final = 2000  # characters of an address


@transaction.atomic
def teach(*, group: SynonymGroup, by: AbstractBaseUser | None) -> SynonymGroup:
    """Save the group; searches know it at once here, within a second in other processes."""
    group.full_clean()
    verb = "synonyms.changed" if group.pk else "synonyms.taught"
    group.save()
    _told(verb, group, by)
    return group


@transaction.atomic
def forget(*, group: SynonymGroup, by: AbstractBaseUser | None) -> None:
    _told("synonyms.forgotten", group, by)
    group.delete()


def _told(verb: str, group: SynonymGroup, by: AbstractBaseUser | None) -> None:
    audit.record(verb, group, by=by, data={"words": group.words})
    outbox.emit("synonyms.changed", group=group.pk)
    transaction.on_commit(forget_synonyms)


# What a person keeps for themselves is no deed of office: it is not in the audit log, which keeps
# everything.


@transaction.atomic
def save_search(*, by: User, name: str, query: str, mail: bool, at: dt.datetime) -> SavedSearch:
    """Keep the search of the address `query` ("?q=…") under a name; with `mail`, tell of new
    solutions that it finds."""
    User.objects.select_for_update().get(pk=by.pk)
    if SavedSearch.objects.filter(user=by).count() >= MOST_SAVED:
        raise NotNow(
            _("You have %(n)s searches, which is the most. Remove one first.") % {"n": MOST_SAVED}
        )
    if len(query) > MOST_QUERY:
        raise NotNow(_("The search has too many choices to be kept. Take some of them off."))
    kept = SavedSearch(user=by, name=" ".join(name.split()), query=query, mail=mail, told_at=at)
    try:
        kept.full_clean()
    except ValidationError as error:
        messages = error.message_dict
        raise Invalid(errors={"name": messages.pop("__all__", []), **messages}) from error
    kept.save()
    return kept


@transaction.atomic
def remove_search(*, by: User, uid: UUID) -> None:
    kept = SavedSearch.objects.filter(user=by, uid=uid).first()
    if kept is None:
        raise Denied
    kept.delete()
