"""What the search tells the floors below, once all models are loaded."""

from wagtail.permissions import register_permission_policy

from accounts import registry as accounts_registry
from accounts.permissions import BackOfficePermissionPolicy
from catalogue import registry as catalogue_registry
from ideas import registry as ideas_registry
from search import documents, health, saved
from search.likeness import find_related, find_similar
from search.models import SynonymGroup


def connect() -> None:
    if saved.card not in accounts_registry.home_cards:
        accounts_registry.home_cards.append(saved.card)
    if saved.held not in accounts_registry.held:
        accounts_registry.held.append(saved.held)
    if saved.erase not in accounts_registry.on_erase:
        accounts_registry.on_erase.append(saved.erase)
    documents.register_sources()
    health.register_check()
    ideas_registry.similar_with(find_similar)
    catalogue_registry.related_with(find_related)
    register_permission_policy(SynonymGroup, BackOfficePermissionPolicy(SynonymGroup))
