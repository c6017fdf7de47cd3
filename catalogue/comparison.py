"""Solutions side by side: which facts, in what order, and which of them differ.

Pure over solutions that were read with their users (`queries.with_users`) and tags: no query. The
facts are those of a solution's own page (`facts.py`), with what stands elsewhere on it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue import facts
from catalogue.facts import Row as Fact
from catalogue.models import Solution
from catalogue.queries import users_in_words
from catalogue.states import ACTIVE, ReuseStage
from core.markup import plain


@dataclass(frozen=True)
class Cell:
    """What one solution says of a fact."""

    solution: Solution
    fact: Fact

    @property
    def foreign(self) -> bool:
        return self.solution.language != get_language()

    @property
    def language(self) -> str:
        """Of the words when they are the solution's own only; "" of what is in the reader's."""
        return self.solution.language if self.fact.own and not self.fact.value else ""

    @property
    def text(self) -> str:
        """In plain words; "" when it says nothing."""
        own = plain(self.fact.own) if self.fact.prose else self.fact.own
        links = ", ".join(link.label for link in self.fact.links)
        return "\n".join(filter(None, (self.fact.value, own.strip(), links)))

    @property
    def key(self) -> str:
        """What it is compared by: letter case and spaces are no difference."""
        return " ".join(self.text.split()).casefold()


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]

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


def compare(solutions: Sequence[Solution]) -> Comparison:
    """Facts of which none of the solutions says anything are left out."""
    groups = []
    for section in SECTIONS:
        told = [section(one) for one in solutions]
        rows = tuple(_rows(solutions, [_by_label(one) for _title, one in told]))
        if rows:
            groups.append(Group(told[0][0], rows))
    return Comparison(tuple(solutions), tuple(groups))


def _rows(solutions: Sequence[Solution], told: list[dict[str, Fact]]) -> Iterable[Row]:
    for label in dict.fromkeys(label for one in told for label in one):
        cells = tuple(
            Cell(one, found.get(label, Fact(label=label)))
            for one, found in zip(solutions, told, strict=True)
        )
        if any(cell.text for cell in cells):
            yield Row(label, cells)


def _by_label(told: Iterable[Fact]) -> dict[str, Fact]:
    """Those with the same label, as several suppliers, are one."""
    found: dict[str, Fact] = {}
    for fact in told:
        if before := found.get(fact.label):
            own = "\n".join(filter(None, (before.own, fact.own)))
            found[fact.label] = replace(fact, own=own, links=(*before.links, *fact.links))
        else:
            found[fact.label] = fact
    return found


# What is compared, by heading --------------------------------------------------------------------

Told = tuple[str, list[Fact]]


def _what(one: Solution) -> Told:
    summary = Fact(label=_("In short"), own=one.summary)
    section = facts.fit(one)
    return section.title, [summary, *section.every]


def _maturity(one: Solution) -> Told:
    section = facts.maturity(one)
    return section.title, [
        *section.every,
        Fact(label=_("In use"), value=_users(one)),
        Fact(label=_("What users have paid"), value=_paid(one)),
        Fact(label=_("Measured saving"), value=_saving(one)),
        Fact(label=_("Award"), own=one.award),
        Fact(label=_("Origin"), own=one.origin),
    ]


def _adoption(one: Solution) -> Told:
    section = facts.adoption(one)
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(one.steps, start=1))
    return section.title, [
        *section.every,
        Fact(label=_("Steps to adopt"), own=steps, prose=True),
        Fact(label=_("Risks"), own=one.risks, prose=True),
    ]


def _people(one: Solution) -> Told:
    section = facts.people(one)
    day = date_format(one.reviewed_on, "j.n.Y") if one.reviewed_on else _("Not yet")
    return section.title, [
        *section.every,
        Fact(label=_("Contact"), value=one.contact_email),
        Fact(label=_("Language"), value=str(one.get_language_display())),
        Fact(label=_("Reviewed"), value=f"{day}, {one.freshness.label}"),
    ]


def _plain(section: Callable[[Solution], facts.Section]) -> Callable[[Solution], Told]:
    def told(one: Solution) -> Told:
        made = section(one)
        return made.title, list(made.every)

    return told


SECTIONS: Final = (
    _what,
    _maturity,
    _adoption,
    _plain(facts.rights),
    _plain(facts.trust),
    _people,
    _plain(facts.classification),
)


def _users(one: Solution) -> str:
    """How many use it, then a line for each stage with the names."""
    names: dict[str, list[str]] = {}
    for use in one.reuses.all():
        if use.stage in ACTIVE:
            scope = f" ({use.scope})" if use.scope else ""
            names.setdefault(use.stage, []).append(f"{use.organisation}{scope}")
    told = (
        f"{ReuseStage(stage).label}: {', '.join(sorted(names[stage]))}"
        for stage in reversed(ReuseStage.values)
        if stage in names
    )
    return "\n".join((users_in_words(one.users_count), *told))


def _paid(one: Solution) -> str:
    """A line for each user that has told of it."""
    told = ((str(use.organisation), facts.cost_of(use)) for use in one.reuses.all())
    return "\n".join(sorted(f"{name}: {cost}" for name, cost in told if cost))


def _saving(one: Solution) -> str:
    if one.saving <= 0:
        return ""
    told = ngettext(
        "a year, told by %(n)s municipality",
        "a year, told by %(n)s municipalities",
        one.saving_told,
    ) % {"n": number_format(one.saving_told)}
    return f"{number_format(one.saving, force_grouping=True)} € {told}"
