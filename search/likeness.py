"""What is like what: beside the writer of a proposal, and on a solution's page."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.models import Solution
from catalogue.queries import published_by_pk, users_in_words
from core import clock
from ideas import asking
from ideas.models import Idea
from ideas.registry import Similar, SimilarQuery
from search.engine import SearchUnavailable
from search.similar import similar_ideas, similar_solutions


def find_similar(query: SimilarQuery) -> list[Similar]:
    """Solutions first (somebody has solved it), then proposals; all of them public. Never raises:
    without an index there is nothing to show, and writing goes on."""
    half = max(1, query.limit // 2)
    try:
        solutions = similar_solutions(
            query.title, query.text, area=query.area, lang=query.language, limit=half
        )
        ideas = similar_ideas(
            query.title,
            query.text,
            area=query.area,
            lang=query.language,
            limit=query.limit - len(solutions),
            without=query.without | ({query.exclude_idea} if query.exclude_idea else set()),
        )
    except SearchUnavailable:
        return []
    return _solutions([int(hit.pk) for hit in solutions]) + _ideas([int(hit.pk) for hit in ideas])


def find_related(solution: Solution, limit: int) -> Sequence[int]:
    """Primary keys of solutions like this one. Never raises: without an index there are none."""
    try:
        hits = similar_solutions(
            solution.title,
            " ".join((solution.summary, solution.problem, solution.solution)),
            lang=solution.language,
            limit=limit,
            without=[solution.pk] if solution.pk else (),
        )
    except SearchUnavailable:
        return ()
    return [int(hit.pk) for hit in hits]


def _solutions(pks: list[int]) -> list[Similar]:
    found = published_by_pk(pks)
    return [
        Similar(
            kind="solution",
            title=one.title,
            url=reverse("catalogue:solution", args=[one.slug]),
            seed=one.uid.hex,
            note=_("solution, in use: %(users)s") % {"users": users_in_words(one.users_count)}
            if one.users_count
            else _("solution"),
            family=one.theme.key if one.theme else None,
            language="" if one.language == get_language() else one.language,
        )
        for one in (found[pk] for pk in pks if pk in found)
    ]


def _ideas(pks: list[int]) -> list[Similar]:
    at = clock.now()
    found = Idea.objects.public().select_related("theme", "challenge", "series").in_bulk(pks)
    return [
        Similar(
            kind="idea",
            title=one.title,
            url=one.get_absolute_url(),
            seed=one.uid.hex,
            note=", ".join(part for part in (_("proposal"), one.municipality) if part),
            family=one.theme.key if one.theme else None,
            language="" if one.language == get_language() else one.language,
            support_url=reverse("ideas:support", args=[one.uid.hex])
            if one.challenge.takes_support
            else "",
            join_url=reverse("ideas:ask", args=[one.uid.hex])
            if asking.may_be_asked(one, at=at)
            else "",
        )
        for one in (found[pk] for pk in pks if pk in found)
    ]
