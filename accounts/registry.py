"""What higher floors show on a person's or an organisation's page, told in their ready()."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models.fields.files import FieldFile

from accounts.models import Membership, Organisation, User


@dataclass(frozen=True)
class Card:
    """A section of a page: the template that shows it, what it needs, where it stands."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 100


@dataclass(frozen=True)
class Held:
    """What an app holds of a person: `data` fit for JSON; `files`: path in the archive → file."""

    key: str
    data: Any
    files: dict[str, FieldFile] = field(default_factory=dict)


home_cards: list[Callable[[User], Card | None]] = []
organisation_cards: list[Callable[[Organisation], Card | None]] = []
# What each app holds of a person, for their own download.
held: list[Callable[[User], Held]] = []
# Called in the transaction that erases a person, before their row is emptied; may raise NotNow.
on_erase: list[Callable[[User, dt.datetime], None]] = []
# Called in the transaction that changes a membership.
on_membership_change: list[Callable[[Membership], None]] = []
# Called in the transaction in which an organisation begins to publish challenges.
on_host: list[Callable[[Organisation], object]] = []


def cards_for_home(user: User) -> list[Card]:
    return _sorted([make(user) for make in home_cards])


def cards_for_organisation(organisation: Organisation) -> list[Card]:
    return _sorted([make(organisation) for make in organisation_cards])


def _sorted(cards: list[Card | None]) -> list[Card]:
    return sorted((card for card in cards if card), key=lambda card: card.order)
