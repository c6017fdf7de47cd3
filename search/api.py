"""`/api/v1`: the shared catalogue for programs. Only what everybody may read, only to be read.

Errors are problems as RFC 9457 has them, in English: they are for who writes the program.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page
from ninja import NinjaAPI, Query
from ninja.decorators import decorate_view
from ninja.errors import ValidationError

from catalogue.beside import with_beside
from catalogue.exchange import PUBLIC, row_of, with_names
from catalogue.models import Solution
from catalogue.queries import published_by_pk
from core import ratelimit
from core.export import CONTROL
from search import service
from search.api_schemas import Asked, ResultsOut, SolutionOut
from search.engine import MAX_OFFSET, Results, SearchUnavailable, Sort
from search.engine import Query as Search
from search.facets import FACETS, labels
from search.harvest import changes

TITLES: Final = {
    400: "The request cannot be understood",
    404: "There is no such solution",
    429: "Too many requests",
    503: "The search does not answer",
}
NUMBERS: Final = ("trl", "cost_once", "cost_yearly", "staff_days")
PROBLEM: Final = "application/problem+json"
_cursors = signing.Signer(salt="talkoot.api.cursor")


class Problem(Exception):
    """What is answered instead; `errors` says which parameter and why."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = dict(errors or {}), dict(headers or {})


def _problems(*statuses: int) -> dict[str, Any]:
    """The errors of an operation, for its description."""
    schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "const": "about:blank"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["parameter", "detail"],
                    "properties": {
                        "parameter": {"type": "string"},
                        "detail": {"type": "string"},
                    },
                },
            },
        },
    }
    return {
        "responses": {
            status: {"description": TITLES[status], "content": {PROBLEM: {"schema": schema}}}
            for status in statuses
        }
    }


api = NinjaAPI(
    title="Talkoot",
    version="1",
    description="Solutions that municipalities share, as open data.",
    urls_namespace="api",
    docs_url=None,  # its pages load scripts from elsewhere
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES[error.status],
        "status": error.status,
        "detail": error.detail,
    }
    if error.errors:
        body["errors"] = [{"parameter": name, "detail": why} for name, why in error.errors.items()]
    return JsonResponse(
        body,
        status=error.status,
        content_type=PROBLEM,
        headers={"Cache-Control": "no-store", **error.headers},
    )


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = {}
    for fault in error.errors:
        names = [str(part) for part in fault["loc"] if part in Asked.model_fields]
        errors[names[0] if names else "request"] = str(fault["msg"])
    return _problem(request, _wrong(errors))


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Django will not read the request: it has more parameters than any search."""
    return _problem(request, Problem(400, "This is not a request that can be read."))


@api.exception_handler(SearchUnavailable)
def _down(request: HttpRequest, error: SearchUnavailable) -> HttpResponse:
    return _problem(request, Problem(503, "Try again in a while.", headers={"Retry-After": "15"}))


def _wrong(errors: Mapping[str, str]) -> Problem:
    return Problem(400, f"Wrong: {', '.join(errors)}.", errors)


def _for_everybody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Counted by address; read by pages of other sites too; kept by nobody without asking.

    HEAD is answered as GET is: the server leaves the body out.
    """

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        most, method = settings.API_PER_MINUTE, request.method
        if ratelimit.allow("api", ratelimit.address_of(request), limit=most, seconds=60):
            request.method = "GET"
            try:
                response = conditional_page(view)(request, *args, **kwargs)
            finally:
                request.method = method
        else:
            rest = {"Retry-After": "60", "RateLimit": '"api";r=0;t=60'}
            response = _problem(request, Problem(429, "Wait a minute.", headers=rest))
        response["RateLimit-Policy"] = f'"api";q={most};w=60'
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After, RateLimit, RateLimit-Policy"
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return response

    return answer


def _preflight() -> HttpResponse:
    """A browser asks whether a page of another site may send If-None-Match."""
    return HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
            "Access-Control-Allow-Headers": "If-None-Match",
            "Access-Control-Max-Age": "86400",
        },
    )


@api.api_operation(["OPTIONS"], "/solutions", url_name="solutions", include_in_schema=False)
def solutions_preflight(request: HttpRequest) -> HttpResponse:
    return _preflight()


@api.api_operation(["OPTIONS"], "/solutions/{uid}", url_name="solution", include_in_schema=False)
def solution_preflight(request: HttpRequest, uid: str) -> HttpResponse:
    return _preflight()


@api.api_operation(["HEAD"], "/solutions", response=ResultsOut, include_in_schema=False)
@api.get(
    "/solutions",
    response=ResultsOut,
    url_name="solutions",
    summary="Search the catalogue, or ask what has changed",
    openapi_extra=_problems(400, 429, 503),
)
@decorate_view(_for_everybody)
def solutions(request: HttpRequest, response: HttpResponse, asked: Query[Asked]) -> dict[str, Any]:
    """Results in the order of rank, with the counts of every facet; or, with `updated_since`,
    every change in the order of time.
    """
    with translation.override(asked.lang):
        response["Content-Language"] = asked.lang
        known = labels()
        filters = _filters(request, asked, known)
        if asked.updated_since:
            return _changes(asked, asked.updated_since)
        start = _read_cursor(asked.cursor, _search_of(asked, filters)) or 0
        found = service.search(
            Search(
                text=asked.q,
                language=asked.lang,
                filters=filters,
                facets=tuple(FACETS),
                offset=start,
                limit=asked.limit,
                sort=Sort.TITLE if asked.sort == "relevance" and not asked.q else Sort(asked.sort),
            )
        )
        return _results(asked, filters, start, found, known)


@api.api_operation(["HEAD"], "/solutions/{uid}", response=SolutionOut, include_in_schema=False)
@api.get(
    "/solutions/{uid}",
    response=SolutionOut,
    url_name="solution",
    summary="One solution",
    openapi_extra=_problems(404, 429),
)
@decorate_view(_for_everybody)
def solution(request: HttpRequest, uid: str) -> dict[str, Any]:
    """All that its page tells."""
    try:
        wanted = uuid.UUID(uid)
    except ValueError:
        raise Problem(404, "This is not the uid of a solution.") from None
    one = with_beside(with_names(Solution.objects.published())).filter(uid=wanted).first()
    if one is None:
        raise Problem(404, "No public solution has this uid.")
    with translation.override(one.language):
        return {
            **row_of(one, PUBLIC),
            **_brief(one),
            **{name: getattr(one, name) for name in NUMBERS},
            "challenge": one.challenge.slug if one.challenge else None,
            "reviewed_on": one.reviewed_on,
            "due_on": None if one.archived_at else one.due_on,
            "freshness": one.freshness.value,
            "archived_at": one.archived_at,
            "published_at": one.first_published_at,
        }


def _filters(
    request: HttpRequest, asked: Asked, known: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, ...]]:
    """What is chosen of each facet. What cannot be meant is said, not passed over."""
    errors = dict.fromkeys(set(request.GET) - set(Asked.model_fields), "unknown parameter")
    errors |= {
        name: "given twice"
        for name in ("q", "lang", "limit", "cursor", "sort", "updated_since")
        if len(request.GET.getlist(name)) > 1
    }
    if CONTROL.search(asked.q):
        errors["q"] = "has a control character"
    filters = {name: tuple(values) for name in FACETS if (values := getattr(asked, name))}
    if asked.updated_since:
        beside = set(request.GET) & {"q", "sort", *FACETS}
        errors |= dict.fromkeys(beside, "cannot be given with updated_since")
    for name, values in filters.items():
        if any(CONTROL.search(value) or len(value) > 100 for value in values):
            errors[name] = "is not a value"
        elif name in known and (odd := [v for v in values if v not in known[name]]):
            errors[name] = f"{odd[0]!r} is not one of {', '.join(known[name])}"
    if errors:
        raise _wrong({CONTROL.sub("", name)[:60]: why for name, why in sorted(errors.items())})
    return filters


def _search_of(asked: Asked, filters: Mapping[str, tuple[str, ...]]) -> str:
    """The search that a cursor belongs to."""
    whole = repr((asked.q, asked.lang, asked.sort, sorted(filters.items())))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _read_cursor(cursor: str, search: str) -> Any:
    """Where the page begins; None: at the beginning."""
    if not cursor:
        return None
    try:
        start, of = _cursors.unsign_object(cursor)
    except (signing.BadSignature, ValueError, TypeError):
        raise _wrong({"cursor": "is not a cursor of ours"}) from None
    if of != search:
        raise _wrong({"cursor": "is of another search"})
    return start


def _changes(asked: Asked, since: dt.datetime) -> dict[str, Any]:
    search = since.isoformat()
    start = _read_cursor(asked.cursor, search)
    after = (dt.datetime.fromisoformat(start[0]), start[1]) if start else None
    found = changes(since, limit=asked.limit, after=after)
    last = found.after and [found.after[0].isoformat(), found.after[1]]
    return {
        "total": found.total,
        "results": [{**_brief(one), "near": False} for one in found.public],
        "removed": [{"uid": one.uid, "removed_at": one.updated_at} for one in found.removed],
        "facets": {},
        "near_misses": False,
        "suggestion": "",
        "truncated": False,
        "partial": False,
        "next_cursor": _cursors.sign_object([last, search]) if last else None,
    }


def _results(
    asked: Asked,
    filters: Mapping[str, tuple[str, ...]],
    start: int,
    found: Results,
    known: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    public = published_by_pk(int(hit.pk) for hit in found.hits)
    after = start + asked.limit
    more = after < found.total and after + asked.limit <= MAX_OFFSET
    return {
        "total": service.public_total(found, public),
        "results": [
            {**_brief(public[int(hit.pk)]), "near": hit.near}
            for hit in found.hits
            if int(hit.pk) in public
        ],
        "facets": {
            name: [
                {"value": value, "label": known.get(name, {}).get(value, value), "count": count}
                for value, count in found.facets.get(name, ())
            ]
            for name in FACETS
        },
        "near_misses": found.near_misses,
        "suggestion": found.suggestion,
        "truncated": found.truncated,
        "partial": found.partial,
        "next_cursor": (
            _cursors.sign_object([after, _search_of(asked, filters)]) if more else None
        ),
    }


def _brief(one: Solution) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "title": one.title,
        "summary": one.summary,
        "language": one.language,
        "url": settings.SITE_URL + reverse("catalogue:solution", args=[one.slug]),
        "api_url": settings.SITE_URL + reverse("api:solution", args=[one.uid]),
        "owner": {"name": one.owner.name, "slug": one.owner.slug},
        "provider": one.provider,
        "municipality": one.municipality,
        "theme": one.theme.key if one.theme else "",
        "readiness": one.readiness,
        "offer": one.offer,
        "cost_band": one.cost_band,
        "licence": one.licence,
        "award": one.award,
        "users": one.users_count,
        "updated_at": one.updated_at,
    }
