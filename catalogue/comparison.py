"""Solutions side by side: which facts, in what order, and which of them differ.

Pure over solutions that were read with their users (`queries.with_users`): no query.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.models import Solution
from catalogue.queries import users_in_words
from catalogue.shapes import TRUST, trust_rows
from catalogue.states import ACTIVE, Evidence, ReuseStage, SizeBand, TargetGroup

Read = Callable[[Solution], str]


@dataclass(frozen=True)
class Cell:
    """What one solution says; "" when it says nothing. `language`: of what its people wrote."""

    solution: Solution
    text: str
    language: str = ""

    @property
    def key(self) -> str:
        """What it is compared by: letter case and spaces are no difference."""
        return " ".join(self.text.split()).casefold()


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    is_prose: bool = False  # small markdown, or has addresses of the web

    @property
    def differs(self) -> bool:
        """Whether any two say something else."""
        return len({cell.key for cell in self.cells}) > 1

    @property
    def marked(self) -> list[tuple[Cell, bool]]:
        """Each cell, and whether it stands out: says other than what most say, if most agree."""
        counts = Counter(cell.key for cell in self.cells).most_common()
        agreed = len(counts) == 1 or counts[0][1] > counts[1][1]
        return [(cell, not (agreed and cell.key == counts[0][0])) for cell in self.cells]


@dataclass(frozen=True)
class Group:
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    solutions: tuple[Solution, ...]
    groups: tuple[Group, ...]
    left_out: int = 0  # facts that are the same and not shown

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def total(self) -> int:
        return len(self.rows) + self.left_out

    @property
    def differing(self) -> int:
        return sum(row.differs for row in self.rows)

    @property
    def in_words(self) -> str:
        """How much differs, for a reader who sees no colours."""
        words = ngettext(
            "%(differing)s of %(n)s fact differs: it has the mark “Differs”.",
            "%(differing)s of %(n)s facts differ: they have the mark “Differs”.",
            self.total,
        ) % {"differing": self.differing, "n": self.total}
        return f"{words} {_('Only these are shown.')}" if self.left_out else words

    def only_differences(self) -> "Comparison":
        groups = (
            replace(one, rows=tuple(row for row in one.rows if row.differs)) for one in self.groups
        )
        return replace(
            self,
            groups=tuple(one for one in groups if one.rows),
            left_out=self.total - self.differing,
        )


@dataclass(frozen=True)
class Field:
    """A fact that is compared. `told`: its people's own words, in the solution's language."""

    label: Any
    read: Read
    told: bool = False
    is_prose: bool = False
    always: bool = False  # shown even when nobody says anything


def compare(solutions: Sequence[Solution]) -> Comparison:
    """Facts of which none of the solutions says anything are left out."""
    groups = (Group(str(label), tuple(_rows(fields, solutions))) for label, fields in FIELDS)
    return Comparison(tuple(solutions), tuple(one for one in groups if one.rows))


def _rows(fields: Iterable[Field], solutions: Sequence[Solution]) -> Iterable[Row]:
    for field in fields:
        cells = tuple(
            Cell(one, field.read(one).strip(), one.language if field.told else "")
            for one in solutions
        )
        if field.always or any(cell.text for cell in cells):
            yield Row(
                capfirst(str(field.label)),
                cells,
                is_prose=field.is_prose,
            )


# What is read ------------------------------------------------------------------------------------


def _own(name: str, label: Any = None, **more: Any) -> Field:
    """A text of the solution's own."""
    heading = label or Solution._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return Field(heading, lambda one: str(getattr(one, name)), told=True, **more)


def _choice(name: str, label: Any = None) -> Field:
    heading = label or Solution._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return Field(heading, lambda one: str(getattr(one, f"get_{name}_display")()))


def _money(name: str) -> Field:
    heading = Solution._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return Field(heading, lambda one: _number(getattr(one, name), " €"))


def _number(value: Decimal | int | None, unit: str = "") -> str:
    if value is None:
        return ""
    whole = int(value) if value == int(value) else value
    return f"{number_format(whole, force_grouping=True)}{unit}"


def _target(one: Solution) -> str:
    labels = dict(TargetGroup.choices)
    return ", ".join(str(labels.get(group, group)) for group in one.target_groups)


def _sizes(one: Solution) -> str:
    labels = dict(SizeBand.choices)
    return ", ".join(str(labels.get(size, size)) for size in one.fits_sizes)


def _users(one: Solution) -> str:
    """How many use it, then a line for each stage with the names."""
    names: dict[str, list[str]] = {}
    for use in one.reuses.all():
        if use.stage in ACTIVE:
            names.setdefault(use.stage, []).append(str(use.organisation))
    told = (
        f"{ReuseStage(stage).label}: {', '.join(sorted(names[stage]))}"
        for stage in reversed(ReuseStage.values)
        if stage in names
    )
    return "\n".join((users_in_words(one.users_count), *told))


def _evidence(one: Solution) -> str:
    return str(Evidence(one.evidence).label)


def _saving(one: Solution) -> str:
    if one.saving <= 0:
        return ""
    told = ngettext(
        "a year, told by %(n)s municipality",
        "a year, told by %(n)s municipalities",
        one.saving_told,
    ) % {"n": number_format(one.saving_told)}
    return f"{_number(one.saving, ' €')} {told}"


def _trust(name: str) -> Read:
    def read(one: Solution) -> str:
        fact = next(fact for fact in trust_rows(one.trust) if fact["name"] == name)
        return "\n".join(filter(None, (fact["answer"], fact["note"], fact["url"])))

    return read


def _suppliers(one: Solution) -> str:
    return "\n".join(supplier.get("name", "") for supplier in one.suppliers)


def _reviewed(one: Solution) -> str:
    day = date_format(one.reviewed_on, "j.n.Y") if one.reviewed_on else _("Not yet")
    return f"{day}, {one.freshness.label}"


FIELDS: Final = (
    (
        gettext_lazy("What it is"),
        (
            _own("summary", gettext_lazy("In short")),
            Field(gettext_lazy("Theme"), lambda one: str(one.theme or "")),
            _own("target_group", gettext_lazy("For whom")),
            Field(gettext_lazy("target groups"), _target),
            _own("context", gettext_lazy("Where it works"), is_prose=True),
            Field(gettext_lazy("fits municipalities of the size"), _sizes),
            Field(gettext_lazy("fits regions"), lambda one: ", ".join(one.fits_regions)),
        ),
    ),
    (
        gettext_lazy("How ready and how well proven"),
        (
            _choice("readiness", gettext_lazy("Readiness")),
            _choice("offer"),
            Field(gettext_lazy("In use"), _users),
            Field(gettext_lazy("Evidence"), _evidence),
            Field(gettext_lazy("Measured saving"), _saving),
            _own("award", gettext_lazy("Award")),
            _own("origin", gettext_lazy("Origin")),
        ),
    ),
    (
        gettext_lazy("What adopting it takes"),
        (
            _choice("cost_band", gettext_lazy("Cost of a pilot")),
            _choice("cost_model"),
            _money("cost_once"),
            _money("cost_yearly"),
            _own("cost_basis"),
            _own("cost", gettext_lazy("Price")),
            Field(gettext_lazy("own staff's days"), lambda one: _number(one.staff_days)),
            _own("duration", gettext_lazy("Time")),
            _choice("procurement_route"),
            _own("procurement", gettext_lazy("Procurement")),
            _own("preconditions", gettext_lazy("What it requires"), is_prose=True),
            _own("systems"),
            Field(
                gettext_lazy("Steps to adopt"),
                lambda one: "\n".join(f"{n}. {step}" for n, step in enumerate(one.steps, start=1)),
                told=True,
                is_prose=True,
            ),
            _own("risks", is_prose=True),
        ),
    ),
    (
        gettext_lazy("Technology and trust"),
        (
            _own("technology", gettext_lazy("Technology")),
            _own("licence", gettext_lazy("Licence")),
            _own("repository", gettext_lazy("Source code"), is_prose=True),
            *(
                Field(label, _trust(name), is_prose=True, always=True)
                for name, label in TRUST.items()
            ),
        ),
    ),
    (
        gettext_lazy("Who answers for it"),
        (
            Field(gettext_lazy("Provided by"), lambda one: one.provider or one.owner.name),
            Field(gettext_lazy("Kept up by"), lambda one: one.owner.name),
            Field(gettext_lazy("suppliers"), _suppliers),
            Field(gettext_lazy("Contact"), lambda one: one.contact_email),
            _own("website", gettext_lazy("Website"), is_prose=True),
            Field(gettext_lazy("Language"), lambda one: str(one.get_language_display())),
            Field(gettext_lazy("Reviewed"), _reviewed, always=True),
        ),
    ),
)
