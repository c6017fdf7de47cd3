"""What a solution's page tells beside its long texts: rows of label and words, by heading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue.licences import licence_of, pages_of
from catalogue.models import Reuse, Solution
from catalogue.shapes import trust_rows
from catalogue.states import Goal, SizeBand, TargetGroup


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """`value` is in the reader's language, `own` are the solution's words in its own; with `prose`
    they are small Markdown."""

    label: str
    value: str = ""
    own: str = ""
    prose: bool = False
    links: Sequence[Link] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    key: str
    title: str
    every: Sequence[Row]

    @property
    def rows(self) -> list[Row]:
        """Those that say something."""
        return [row for row in self.every if row.value or row.own or row.links]


def fit(solution: Solution) -> Section:
    """For whom it is, and where it works."""
    return _section(
        "fit",
        _("For whom and where"),
        [
            Row(label=_("For whom"), own=solution.target_group),
            Row(
                label=_("Target groups"),
                value=_listed(TargetGroup.choices, solution.target_groups),
            ),
            Row(label=_("Where it works"), own=solution.context, prose=True),
            Row(
                label=_("Size of municipality"),
                value=_listed(SizeBand.choices, solution.fits_sizes),
            ),
            Row(label=_("Regions"), own=", ".join(map(str, solution.fits_regions))),
            Row(label=_("Systems needed"), own=solution.systems),
            Row(label=_("What it requires"), own=solution.preconditions, prose=True),
        ],
    )


def adoption(solution: Solution) -> Section:
    """Time, money and the way of procurement."""
    return _section(
        "adoption",
        _("What adopting it takes"),
        [
            Row(label=_("Price"), own=solution.cost),
            Row(label=_("How it is paid"), value=_choice(solution, "cost_model")),
            Row(label=_("Cost of a pilot"), value=_choice(solution, "cost_band")),
            Row(label=_("One-off cost"), value=_euros(solution.cost_once)),
            Row(label=_("Cost in a year"), value=_euros(solution.cost_yearly)),
            Row(label=_("Basis of the cost"), own=solution.cost_basis),
            Row(label=_("Own staff's days"), value=_number(solution.staff_days)),
            Row(label=_("Time"), own=solution.duration),
            Row(label=_("Procurement route"), value=_choice(solution, "procurement_route")),
            Row(label=_("Procurement"), own=solution.procurement),
        ],
    )


def maturity(solution: Solution) -> Section:
    """Both axes of maturity as they are now; their history is `solution.maturity_changes`."""
    level = _("%(level)s of 9") % {"level": solution.trl} if solution.trl else ""
    return _section(
        "maturity",
        _("How far it is"),
        [
            Row(label=_("Readiness"), value=_choice(solution, "readiness")),
            Row(label=_("What is offered"), value=_choice(solution, "offer")),
            Row(label=_("Technology readiness level (TRL)"), value=level),
            Row(
                label=_("How well it is proven"),
                value=str(solution.get_evidence_display()),
            ),
        ],
    )


def rights(solution: Solution) -> Section:
    """What it is made of, and what one may do with it."""
    return _section(
        "rights",
        _("Technology and rights"),
        [
            Row(label=_("Technology"), own=solution.technology),
            _licence(_("Licence"), solution.licence),
            _licence(_("Licence of the texts"), solution.text_licence),
            _address(_("Source code"), solution.repository),
            _publiccode(solution),
            _address(_("Website"), solution.website),
        ],
    )


def trust(solution: Solution) -> Section:
    """Every fact is there: what nobody has told is said not to be known."""
    return _section(
        "trust",
        _("Accessibility, data protection and security"),
        [
            Row(
                label=fact["label"],
                value=fact["answer"],
                own=fact["note"],
                links=_links(fact["url"]),
            )
            for fact in trust_rows(solution.trust)
        ],
    )


def classification(solution: Solution) -> Section:
    """Where it belongs."""
    theme = solution.theme
    listing = reverse("search:catalogue")
    tags = sorted(tag.name for tag in solution.tags.all())
    return _section(
        "classification",
        _("Subjects"),
        [
            Row(
                label=_("Theme"),
                links=[Link(label=str(theme), url=f"{listing}?theme={theme.key}")] if theme else (),
            ),
            Row(label=_("Municipal function"), own=solution.function),
            Row(label=_("Tags"), own=", ".join(tags)),
            Row(
                label=_("Sustainable development goals"),
                value=", ".join(
                    f"{goal.value}. {goal.label}" for goal in Goal if goal in solution.sdgs
                ),
            ),
        ],
    )


def people(solution: Solution) -> Section:
    """Who makes it and who sells it."""
    owner = solution.owner
    return _section(
        "people",
        _("Who is behind it"),
        [
            Row(label=_("Provided by"), own=solution.provider or owner.name),
            Row(
                label=_("Kept up by"),
                links=[
                    Link(label=owner.name, url=reverse("accounts:organisation", args=[owner.slug]))
                ],
            ),
            *(
                Row(
                    label=_("Supplier"),
                    own=", ".join(filter(None, (one["name"], one.get("business_id", "")))),
                    links=_links(one.get("url", "")),
                )
                for one in solution.suppliers
            ),
            Row(label=_("Municipality of origin"), own=solution.municipality),
        ],
    )


def use(reuse: Reuse) -> Section:
    """What a municipality has told of its use, beside its own words."""
    person = reuse.contact
    asked = [Link(label=_named(person), url=f"mailto:{person.email}")] if person else []
    return _section(
        f"use-{reuse.pk}",
        str(reuse.organisation),
        [
            Row(label=_("How widely"), own=reuse.scope),
            Row(label=_("What was changed"), own=reuse.changes, prose=True),
            Row(label=_("Supplier"), own=reuse.supplier),
            Row(label=_("Cost there"), value=cost_of(reuse)),
            Row(label=_("Whom to ask"), links=asked),
        ],
    )


def cost_of(reuse: Reuse) -> str:
    """What the municipality has paid once, and pays in a year."""
    once, yearly = _euros(reuse.cost_once), _euros(reuse.cost_yearly)
    by_year = _("%(amount)s a year") % {"amount": yearly} if yearly else ""
    return ", ".join(filter(None, (once, by_year)))


def _named(person: User) -> str:
    return ", ".join(filter(None, (person.name, person.email)))


def _section(key: str, title: str, rows: Iterable[Row]) -> Section:
    return Section(key=key, title=title, every=tuple(rows))


def _choice(solution: Solution, name: str) -> str:
    field: Any = Solution._meta.get_field(name)
    value = getattr(solution, name)
    return str(dict(field.flatchoices).get(value, value))


def _listed(choices: Iterable[tuple[Any, Any]], chosen: Sequence[str]) -> str:
    return ", ".join(str(label) for value, label in choices if value in chosen)


def _number(value: Any) -> str:
    """In the reader's way of writing numbers, without idle decimals."""
    return "" if value is None else str(floatformat(value, "-2g"))


def _euros(value: Any) -> str:
    return f"{_number(value)}\N{NO-BREAK SPACE}€" if value is not None else ""


def _links(url: str) -> list[Link]:
    """Addresses of the web only, whatever got past the forms."""
    return [Link(label=url, url=url)] if url.startswith(("https://", "http://")) else []


def _address(label: str, url: str) -> Row:
    return Row(label=label, links=_links(url))


def _licence(label: str, words: str) -> Row:
    """The licence's own page when it has a name known to SPDX; else the words as they are."""
    pages = [Link(label=name, url=url) for name, url in pages_of(words)]
    alone = len(pages) == 1 and licence_of(words) == pages[0].label
    return Row(label=label, own="" if alone else words, links=pages)


def _publiccode(solution: Solution) -> Row:
    """The owner's own file, and the one that is made here."""
    links = _links(solution.publiccode_url)
    if solution.live and solution.repository and licence_of(solution.licence):
        path = reverse("catalogue:publiccode", args=[solution.slug])
        links.append(Link(label=_("publiccode.yml of this page"), url=settings.SITE_URL + path))
    return Row(label="publiccode.yml", links=links)
