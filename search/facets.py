"""The catalogue's facets as questions: what can be chosen, and how many there are of each."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.states import CostBand, Evidence, Offer, Readiness, SizeBand, TargetGroup
from challenges.models import Challenge, Theme
from core.multilingual import text

MOST_VALUES: Final = 12  # of a facet, shown or chosen
MOST_REGIONS: Final = 20  # Finland has nineteen

Labels = Mapping[str, Mapping[str, str]]

# As questions, in the order of the page. The names are the engine's.
FACETS: Final = {
    "theme": gettext_lazy("What is it about?"),
    "readiness": gettext_lazy("How ready?"),
    "offer": gettext_lazy("How do I get it?"),
    "size": gettext_lazy("What size of municipality has it?"),
    "evidence": gettext_lazy("How well is it proven?"),
    "cost": gettext_lazy("What does a pilot cost?"),
    "target": gettext_lazy("For whom?"),
    "users": gettext_lazy("How many use it?"),
    "region": gettext_lazy("In which region?"),
    "municipality": gettext_lazy("From which municipality?"),
    "licence": gettext_lazy("Under which licence?"),
    "technology": gettext_lazy("With which technology?"),
    "language": gettext_lazy("In which language?"),
    "challenge": gettext_lazy("From which challenge?"),
    "year": gettext_lazy("From which year?"),
    "award": gettext_lazy("Has it won?"),
}
# Always shown; the rest once they are asked for or something of theirs is chosen.
FIRST: Final = ("theme", "readiness", "size", "evidence", "offer", "cost")
SIZES: Final = dict(SizeBand.choices)
USERS: Final = {
    "0": gettext_lazy("nobody yet"),
    "1-2": gettext_lazy("1–2 municipalities"),
    "3-5": gettext_lazy("3–5 municipalities"),
    "6+": gettext_lazy("6 or more"),
}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    chosen: bool

    @property
    def key(self) -> str:
        """For the input's id: the same after the next search, so that the focus stays."""
        return hashlib.blake2s(self.value.encode(), digest_size=5).hexdigest()


@dataclass(frozen=True)
class Facet:
    name: str
    question: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)

    @property
    def first(self) -> bool:
        return self.name in FIRST


def asked_for(filters: Iterable[str], *, more: bool) -> tuple[str, ...]:
    """The facets that a page shows: only these are counted."""
    shown = set(FACETS) if more else {*FIRST, *filters}
    return tuple(name for name in FACETS if name in shown)


def labels() -> dict[str, dict[str, str]]:
    """Words for the engine's values; a value without any is shown as it is."""
    return {
        "theme": {theme.key: text(theme.name) for theme in Theme.objects.all()},
        "challenge": {
            slug: text(name)
            for slug, name in Challenge.objects.opened().values_list("slug", "name")
        },
        "readiness": {value: str(label) for value, label in Readiness.choices},
        "offer": {value: str(label) for value, label in Offer.choices},
        "cost": {value: str(label) for value, label in CostBand.choices},
        "size": {value: str(label) for value, label in SIZES.items()},
        "evidence": {str(value): str(label) for value, label in reversed(Evidence.choices)},
        "target": {value: str(label) for value, label in TargetGroup.choices},
        "users": {value: str(label) for value, label in USERS.items()},
        "language": {code: str(name) for code, name in settings.LANGUAGES},
        "award": {"yes": _("Award winner")},
    }


def facets_of(
    filters: Mapping[str, tuple[str, ...]],
    counted: Mapping[str, tuple[tuple[str, int], ...]],
    labels: Labels,
) -> tuple[Facet, ...]:
    """The counted facets that have anything to choose."""
    facets = []
    for name, question in FACETS.items():
        if name not in counted:
            continue
        chosen, counts = filters.get(name, ()), dict(counted[name])
        values = _in_order(name, [*chosen, *counts], labels.get(name, {}))
        most = MOST_REGIONS if name == "region" else MOST_VALUES
        options = tuple(
            Option(
                value=value,
                label=labels.get(name, {}).get(value, value),
                count=counts.get(value, 0),
                chosen=value in chosen,
            )
            for value in values[: most + len(chosen)]
        )
        if options:
            facets.append(Facet(name=name, question=str(question), options=options))
    return tuple(facets)


def _in_order(name: str, values: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """Steps of a scale as they follow one another, years from the newest, others by number."""
    unique = list(dict.fromkeys(values))
    if name == "year":
        return sorted(unique, reverse=True)
    order = {value: place for place, value in enumerate(labels)}
    if not order or name == "challenge":
        return unique
    return sorted(unique, key=lambda value: order.get(value, len(order)))
