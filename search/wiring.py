"""What the search tells the floors below, once all models are loaded."""

from search import documents, health


def connect() -> None:
    documents.register_sources()
    health.register_check()
