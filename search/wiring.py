"""What the search tells the floors below, once all models are loaded."""

from wagtail.permissions import register_permission_policy

from accounts.permissions import BackOfficePermissionPolicy
from catalogue import registry as catalogue_registry
from ideas import registry as ideas_registry
from search import documents, health
from search.likeness import find_related, find_similar
from search.models import SynonymGroup


def connect() -> None:
    documents.register_sources()
    health.register_check()
    ideas_registry.similar_with(find_similar)
    catalogue_registry.related_with(find_related)
    register_permission_policy(SynonymGroup, BackOfficePermissionPolicy(SynonymGroup))
