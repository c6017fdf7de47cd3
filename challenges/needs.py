"""Verbs of needs: anybody tells one, staff say what becomes of it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Organisation, User
from challenges import rules
from challenges.models import Need
from core import audit
from core.errors import Invalid, require


@transaction.atomic
def tell_need(
    *, text: str, municipality: str, email: str, language: str, by: User | None, at: dt.datetime
) -> Need:
    """Keep what somebody needs. The record of deeds has neither the words nor the address."""
    need = Need(
        text=text.replace("\x00", "").strip(),
        municipality=municipality,
        organisation=_here(municipality),
        email=email.strip(),
        language=language,
        told_at=at,
    )
    _clean(need)
    need.save()
    audit.record("need.told", need, by=by, data={"municipality": municipality})
    return need


@transaction.atomic
def sort_need(*, need: Need, state: str, note: str, by: User) -> Need:
    """Say what becomes of a need."""
    need = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    require(bool(rules.can_sort_need(by, need)))
    before = need.state
    need.state, need.note = state, note.strip()
    _clean(need)
    need.save(update_fields=["state", "note"])
    audit.record("need.sorted", need, by=by, data={"before": before, "state": state})
    return need


def _here(municipality: str) -> Organisation | None:
    """The municipality's organisation, when it is on the platform."""
    if not municipality:
        return None
    known = Organisation.objects.municipalities().filter(municipality=municipality)
    return known.order_by("-is_host", "pk").first()


def _clean(need: Need) -> None:
    try:
        need.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
