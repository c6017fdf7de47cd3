"""Public pages of a published rubric: what it says, what a correction changed, its data."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from challenges.models import Challenge
from core.canonical import canonical
from scoring import rubric_words, rubrics
from scoring.models import Rubric
from scoring.queries.rubric import published_versions


def _versions(slug: str, key: str, version: int | None) -> tuple[list[Rubric], Rubric]:
    """All published versions of a public challenge's series, newest first, and the one asked."""
    challenge = get_object_or_404(Challenge.objects.with_page(), slug=slug)
    found = published_versions(challenge, key)
    wanted = [one for one in found if version in (None, one.version)]
    if not wanted:
        raise Http404
    return found, wanted[0]


def rubric_page(
    request: HttpRequest, slug: str, key: str, version: int | None = None
) -> HttpResponse:
    """Criteria, levels, rules and the SHA-256; the newest version unless another is asked for."""
    versions, rubric = _versions(slug, key, version)
    return render(request, "scoring/rubric.html", _context(versions, rubric))


def rubric_changes(request: HttpRequest, slug: str, key: str, version: int) -> HttpResponse:
    """What the version changed of the one before it, field by field."""
    versions, rubric = _versions(slug, key, version)
    before = next((one for one in versions if one.version < version), None)
    if before is None:
        raise Http404
    context = _context(versions, rubric)
    context.update(before=before, changes=rubric_words.changes(before, rubric))
    return render(request, "scoring/rubric_changes.html", context)


def rubric_file(request: HttpRequest, slug: str, key: str, version: int) -> HttpResponse:
    """The content whose SHA-256 is published, byte for byte."""
    _found, rubric = _versions(slug, key, version)
    response = HttpResponse(canonical(rubrics.payload(rubric)), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{key}-{version}.json"'
    return response


def _context(versions: list[Rubric], rubric: Rubric) -> dict[str, Any]:
    return {
        "challenge": rubric.series.challenge,
        "series": rubric.series,
        "rubric": rubric,
        "criteria": rubrics.criteria(rubric),
        "versions": versions,
        "newest": versions[0],
        "corrects": any(one.version < rubric.version for one in versions),
    }
