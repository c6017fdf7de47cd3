"""What ideas tell the floors below, once all models are loaded."""

from challenges import registry as challenges_registry
from ideas import queries


def connect() -> None:
    challenges_registry.count_ideas_with(queries.numbers)
