"""Verbs: teach the search words that mean the same, forget them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from core import audit, outbox
from search.models import SynonymGroup
from search.service import forget_synonyms


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
