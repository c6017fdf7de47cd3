"""What ideas tell the floors below, once all models are loaded."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import registry as accounts_registry
from accounts.models import User
from accounts.registry import Card
from challenges import admin_tabs
from challenges import registry as challenges_registry
from core import healthchecks
from ideas import personal, queries, viruses


def connect() -> None:
    for tell in (personal.held, personal.said):
        if tell not in accounts_registry.held:
            accounts_registry.held.append(tell)
    if personal.erase not in accounts_registry.on_erase:
        accounts_registry.on_erase.append(personal.erase)
    challenges_registry.count_ideas_with(queries.numbers)
    challenges_registry.entrants_with(queries.addresses_of)
    if ideas_card not in accounts_registry.home_cards:
        accounts_registry.home_cards.append(ideas_card)
    if settings.CLAMAV_URL:
        healthchecks.register("virus scanner", matters=False)(viruses.health)
    admin_tabs.register_tab("proposals", _("Proposals"), "ideas_admin:proposals", 50)


def ideas_card(user: User) -> Card | None:
    """The person's drafts, proposals and invitations on their own page."""
    own, invitations = queries.own_ideas(user), queries.invitations_of(user)
    if not own and not invitations:
        return None
    return Card("ideas/home_card.html", {"ideas": own, "invitations": invitations}, order=20)
