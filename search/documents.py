"""Solutions and proposals as documents. Only what anybody may see gets into the index."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import QuerySet

from catalogue.models import Solution
from catalogue.states import ACTIVE
from challenges.definition import Definition, FieldType
from challenges.models import Theme
from challenges.states import FieldVisibility
from core import clock
from core.multilingual import languages, text
from ideas.models import Idea
from search.engine import Document
from search.registry import Source, register

AT_ONCE: Final = 500
EACH_USER, MOST_BY_USERS = 0.03, 1.15
FRESH, FRESH_DAYS = 1.05, 365
USER_BANDS: Final = ((1, "0"), (3, "1-2"), (6, "3-5"), (10**9, "6+"))
SIZE_BANDS: Final = ((5_000, "under_5k"), (20_000, "5k_20k"), (100_000, "20k_100k"))
WRITTEN: Final = frozenset({FieldType.SHORT_TEXT, FieldType.LONG_TEXT})


def solutions() -> QuerySet[Solution]:
    return (
        Solution.objects.published()
        .select_related("theme", "owner", "challenge")
        .prefetch_related("tags", "reuses__organisation")  # type: ignore[misc]
        .order_by("pk")
    )


def ideas() -> QuerySet[Idea]:
    return (
        Idea.objects.public()
        .select_related("theme", "challenge", "form", "current_version", "organisation")
        .order_by("pk")
    )


def solution_document(solution: Solution) -> Document:
    users = [reuse.organisation for reuse in solution.reuses.all() if reuse.stage in ACTIVE]
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
        "region": [solution.owner.region],
        "size": [_band(solution.owner.population, SIZE_BANDS, "over_100k")],
        "challenge": [solution.challenge.slug] if solution.challenge else [],
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
    facets = {
        "theme": [idea.theme.key] if idea.theme else [],
        "challenge": [idea.challenge.slug],
        "municipality": [idea.municipality],
        "language": [idea.language],
        "award": ["yes"] if idea.awarded else [],
    }
    whole = idea.whole_text_public
    return Document(
        uid=f"idea:{idea.pk}",
        kind="idea",
        language=idea.language,
        title=idea.title,
        body=_texts(*([idea.summary, *_public_answers(idea), idea.public_name] if whole else [])),
        others=_theme_names(idea.theme),
        facets=_facets(facets),
        payload={
            "uid": str(idea.uid),
            "reference": idea.reference,
            "title": idea.title,
            "summary": idea.summary if whole else "",
            "language": idea.language,
            "challenge": idea.challenge.slug,
        },
        changed_at=idea.submitted_at,
        area=idea.municipality,
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


def _public_answers(idea: Idea) -> Iterator[str]:
    """What was handed in and anybody may read; written answers only."""
    if idea.current_version is None:
        return
    answers = idea.current_version.payload.get("answers", {})
    for field in Definition.parse(idea.form.definition).visible(FieldVisibility.PUBLIC):
        answer = answers.get(field.key)
        if (
            field.type in WRITTEN
            and field.purpose not in ("title", "summary", "contact_name", "contact_email")
            and isinstance(answer, str)
        ):
            yield answer


def _solution_boosts(solution: Solution) -> dict[str, float]:
    boosts: dict[str, float] = {}
    if solution.users_count:
        boosts["users"] = min(1 + EACH_USER * solution.users_count, MOST_BY_USERS)
    today = clock.local(clock.now()).date()
    if solution.reviewed_on and today - solution.reviewed_on <= dt.timedelta(days=FRESH_DAYS):
        boosts["fresh"] = FRESH
    return boosts


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
