"""What the catalogue tells the floors below, once all models are loaded."""

from typing import Any

from wagtail.permissions import register_permission_policy

from accounts import registry as accounts_registry
from accounts.models import Organisation
from accounts.registry import Card
from catalogue import personal, queries, signals, views
from catalogue.actions import add_winners
from catalogue.approval import SolutionPermissionPolicy
from catalogue.models import Solution, solution_preview
from challenges import registry as challenges_registry
from challenges.registry import National
from scoring import publication


def connect() -> None:
    register_permission_policy(Solution, SolutionPermissionPolicy())
    if add_winners not in publication.on_publish:
        publication.on_publish.append(add_winners)
    if reuses_card not in accounts_registry.organisation_cards:
        accounts_registry.organisation_cards.append(reuses_card)
    filled: list[tuple[Any, list[Any]]] = [
        (personal.held, accounts_registry.held),
        (personal.erase, accounts_registry.on_erase),
        (personal.follow_membership, accounts_registry.on_membership_change),
    ]
    for fill, known in filled:
        if fill not in known:
            known.append(fill)
    challenges_registry.count_national_with(national)
    solution_preview[:] = [views.page_of]
    signals.connect()


def reuses_card(organisation: Organisation) -> Card | None:
    """What a municipality uses, on its page."""
    reuses = list(queries.reuses_of(organisation))
    return (
        Card("catalogue/organisation_card.html", {"reuses": reuses}, order=20) if reuses else None
    )


def national() -> National:
    """What the home page tells of the catalogue."""
    found = queries.numbers()
    return National(
        solutions=found.solutions, pilots=found.uses, by_municipality=queries.uses_by_municipality()
    )
