"""Solutions and proposals as documents. Only what anybody may see gets into the index."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import translation

from accounts.models import Organisation
from catalogue.models import Solution
from catalogue.states import ACTIVE, DUE_DAYS
from challenges.definition import Purpose
from challenges.models import Theme
from core import clock
from core.multilingual import languages, text
from ideas.models import Idea
from ideas.reader import Audience, proposer, rows, sees
from search.engine import Document
from search.registry import Source, register

AT_ONCE: Final = 500
EACH_USER, MOST_BY_USERS = 0.03, 1.15
EACH_GRADE = 0.03
FRESH: Final = 1.05
USER_BANDS: Final = ((1, "0"), (3, "1-2"), (6, "3-5"), (10**9, "6+"))
SIZE_BANDS: Final = ((5_000, "under_5k"), (20_000, "5k_20k"), (100_000, "20k_100k"))
LARGEST: Final = "over_100k"


def solutions() -> QuerySet[Solution]:
    return (
        Solution.objects.published()
        .select_related("theme", "owner", "challenge")
        .prefetch_related("tags", "reuses__organisation")  # type: ignore[misc]
        .order_by("pk")
    )


def ideas() -> QuerySet[Idea]:
    return Idea.objects.for_reading().public().order_by("pk")


def solution_document(solution: Solution) -> Document:
    users = [reuse.organisation for reuse in solution.reuses.all() if reuse.stage in ACTIVE]
    having = [solution.owner, *users]
    tags = sorted(tag.name for tag in solution.tags.all())
    facets = {
        "theme": [solution.theme.key] if solution.theme else [],
        "readiness": [solution.readiness],
        "offer": [solution.offer],
        "cost": [solution.cost_band],
        "licence": [solution.licence],
        "technology": [part.strip() for part in solution.technology.split(",")],
        "language": [solution.language],
        "municipality": [solution.municipality or solution.owner.municipality],
        "region": [one.region for one in having],
        "size": [size_of(one) for one in having],
        "target": solution.target_groups,
        "evidence": [str(solution.evidence)],
        "challenge": [solution.challenge.slug] if solution.challenge else [],
        "year": [_year(solution)],
        "award": ["yes"] if solution.award else [],
        "users": [_band(solution.users_count, USER_BANDS, "")],
        "used_by": sorted({organisation.name for organisation in users}),
        "tag": tags,
    }
    return Document(
        uid=f"solution:{solution.pk}",
        kind="solution",
        language=solution.language,
        title=solution.title,
        body=_texts(
            solution.summary,
            solution.problem,
            solution.solution,
            solution.how_it_works,
            solution.target_group,
            solution.context,
            solution.preconditions,
            solution.risks,
            solution.systems,
            solution.function,
            *_strings(solution.steps),
            solution.technology,
            solution.provider,
            solution.owner.name,
            solution.municipality,
            solution.origin,
            solution.award,
            *tags,
        ),
        others=_theme_names(solution.theme),
        facets=_facets(facets),
        boosts=_solution_boosts(solution),
        payload={
            "uid": str(solution.uid),
            "slug": solution.slug,
            "title": solution.title,
            "summary": solution.summary,
            "language": solution.language,
        },
        changed_at=solution.updated_at,
        area=solution.municipality or solution.owner.municipality,
    )


def idea_document(idea: Idea) -> Document:
    """What the proposal's public page shows, by the same rule (ideas/reader.py)."""
    fields = idea.form.parsed.purposes

    def public(purpose: Purpose) -> bool:
        return purpose in fields and sees(idea, Audience.PUBLIC, fields[purpose])

    with translation.override(idea.language):
        shown = [row.value for row in rows(idea, Audience.PUBLIC) if row.value]
    theme = idea.theme if public(Purpose.THEME) else None
    municipality = idea.municipality if public(Purpose.MUNICIPALITY) else ""
    facets = {
        "theme": [theme.key] if theme else [],
        "challenge": [idea.challenge.slug],
        "series": [idea.series.key],
        "municipality": [municipality],
        "language": [idea.language],
        "award": ["yes"] if idea.awarded else [],
    }
    return Document(
        uid=f"idea:{idea.pk}",
        kind="idea",
        language=idea.language,
        title=idea.title,
        body=_texts(
            *(value for value in shown if value != idea.title), proposer(idea, Audience.PUBLIC)
        ),
        others=_theme_names(theme),
        facets=_facets(facets),
        payload={
            "uid": str(idea.uid),
            "reference": idea.reference,
            "title": idea.title,
            "language": idea.language,
            "challenge": idea.challenge.slug,
        },
        changed_at=idea.submitted_at,
        area=municipality,
    )


def register_sources() -> None:
    register(
        Source(
            "solution",
            every=lambda: _made(solution_document, solutions()),
            some=lambda pks: map(solution_document, solutions().filter(pk__in=_numbers(pks))),
        )
    )
    register(
        Source(
            "idea",
            every=lambda: _made(idea_document, ideas()),
            some=lambda pks: map(idea_document, ideas().filter(pk__in=_numbers(pks))),
        )
    )


def _made(make: Any, rows: QuerySet[Any]) -> Iterator[Document]:
    """Documents of all rows, in portions by primary key: no long cursor, little memory."""
    last = 0
    while portion := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield from map(make, portion)
        last = portion[-1].pk


def _solution_boosts(solution: Solution) -> dict[str, float]:
    boosts: dict[str, float] = {}
    if solution.users_count:
        boosts["users"] = min(1 + EACH_USER * solution.users_count, MOST_BY_USERS)
    if solution.evidence:
        boosts["evidence"] = 1 + EACH_GRADE * solution.evidence
    today = clock.local(clock.now()).date()
    if solution.reviewed_on and today - solution.reviewed_on <= dt.timedelta(days=DUE_DAYS):
        boosts["fresh"] = FRESH
    return boosts


def size_of(organisation: Organisation) -> str:
    """Its band of residents; empty when that is not known."""
    return _band(organisation.population, SIZE_BANDS, LARGEST)


def _year(solution: Solution) -> str:
    """When its challenge was opened, else when it came into the catalogue."""
    opened = solution.challenge.opened_at if solution.challenge else None
    begun = opened or solution.first_published_at
    return str(clock.local(begun).year) if begun else ""


def _theme_names(theme: Theme | None) -> tuple[tuple[str, str], ...]:
    if theme is None:
        return ()
    return tuple((code, text(theme.name, code)) for code in languages() if theme.name.get(code))


def _texts(*texts: str) -> tuple[str, ...]:
    return tuple(filter(None, texts))


def _strings(value: Any) -> Iterator[str]:
    """Every text inside JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _facets(facets: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    kept = {name: tuple(dict.fromkeys(filter(None, values))) for name, values in facets.items()}
    return {name: values for name, values in kept.items() if values}


def _band(number: int | None, bands: tuple[tuple[int, str], ...], above: str) -> str:
    if number is None:
        return ""
    return next((name for limit, name in bands if number < limit), above)


def _numbers(pks: Iterable[str]) -> list[int]:
    return [int(pk) for pk in pks if pk.isdecimal()]
