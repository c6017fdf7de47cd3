"""Where higher floors add what belongs to a challenge without challenges knowing them.

They fill it in their `AppConfig.ready()`::

    registry.on_create_from_recipe(write_rubrics)      # f(challenge, recipe, by) -> None
    registry.completeness_check(rubrics_are_published) # f(challenge) -> Iterable[Item]
    registry.count_ideas_with(numbers_of_challenge)    # f(challenge) -> IdeaNumbers
    registry.count_national_with(national_numbers)     # f() -> National
    registry.entrants_with(addresses_of)               # f(challenge) -> address → language
    registry.rubric_spec_with(spec_of_newest)          # f(series) -> data of a recipe's rubric
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import User
    from challenges.completeness import Item
    from challenges.models import Challenge, Series
    from challenges.recipes import Recipe

CreateHook = Callable[["Challenge", "Recipe", "User | None"], None]
Check = Callable[["Challenge"], Iterable["Item"]]


@dataclass(frozen=True)
class IdeaNumbers:
    """How much has been proposed to a challenge, as the public may know it."""

    total: int = 0
    by_municipality: Mapping[str, int] = field(default_factory=dict)  # name → proposals
    by_theme: Mapping[int, int] = field(default_factory=dict)  # theme's pk → proposals
    by_series: Mapping[int, int] = field(default_factory=dict)  # series' pk → proposals


@dataclass(frozen=True)
class National:
    """What the home page tells of the whole country; each floor gives what it knows."""

    solutions: int = 0  # published in the catalogue
    pilots: int = 0  # uses that are being tried or in use
    by_municipality: Mapping[str, int] = field(default_factory=dict)  # name → what happens there


_create_hooks: list[CreateHook] = []
_checks: list[Check] = []
_idea_numbers: list[Callable[["Challenge"], IdeaNumbers]] = []
_rubric_spec: list[Callable[["Series"], Mapping[str, Any]]] = []
_entrants: list[Callable[["Challenge"], Mapping[str, str]]] = []
_national: list[Callable[[], National]] = []


def on_create_from_recipe(hook: CreateHook) -> CreateHook:
    """Called in the transaction that makes a challenge of a recipe, once its series are there.

    `recipe.series[n].rubric` holds the rubric's data of the series with the same key.
    """
    if hook not in _create_hooks:
        _create_hooks.append(hook)
    return hook


def completeness_check(check: Check) -> Check:
    """Gives lines to the list of what a challenge must have before it opens."""
    if check not in _checks:
        _checks.append(check)
    return check


def count_ideas_with(function: Callable[["Challenge"], IdeaNumbers]) -> None:
    """Who knows how many proposals a challenge has. In a constant number of queries, please."""
    _idea_numbers[:] = [function]


def count_national_with(function: Callable[[], National]) -> None:
    """Adds numbers of the whole country to the home page. Kept for a minute by the caller."""
    if function not in _national:
        _national.append(function)


def entrants_with(function: Callable[["Challenge"], Mapping[str, str]]) -> None:
    """Who tells address → language of everybody who has begun a proposal or handed one in."""
    _entrants[:] = [function]


def entrants(challenge: "Challenge") -> Mapping[str, str]:
    return _entrants[0](challenge) if _entrants else {}


def rubric_spec_with(function: Callable[["Series"], Mapping[str, Any]]) -> None:
    """Who tells a series' newest rubric as a recipe has it."""
    _rubric_spec[:] = [function]


def rubric_spec(series: "Series") -> Mapping[str, Any]:
    return _rubric_spec[0](series) if _rubric_spec else {}


def run_create_hooks(challenge: "Challenge", recipe: "Recipe", by: "User | None") -> None:
    for hook in _create_hooks:
        hook(challenge, recipe, by)


def checks() -> tuple[Check, ...]:
    return tuple(_checks)


def idea_numbers(challenge: "Challenge") -> IdeaNumbers:
    return _idea_numbers[0](challenge) if _idea_numbers else IdeaNumbers()


def national() -> National:
    """What all floors know, added up."""
    parts = [function() for function in _national]
    places: Counter[str] = Counter()
    for part in parts:
        places.update(part.by_municipality)
    return National(
        solutions=sum(part.solutions for part in parts),
        pilots=sum(part.pilots for part in parts),
        by_municipality=dict(sorted(places.items())),
    )
