"""What anybody may read: a challenge's proposals, one proposal, and the list as a file."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from challenges.follow_views import follow_page
from challenges.models import Challenge
from challenges.queries import public_challenge
from core import printing
from core.arrival import arrived_at
from ideas import (
    asking,
    comments,
    compilation,
    downloads,
    merging,
    queries,
    reader,
    registry,
    rules,
    support,
)
from ideas.models import Comment, Compilation, Idea
from ideas.states import IdeaState

IN_HEADING = reader.ALWAYS_WITH_TITLE  # shown as the heading and its tags


def _challenge(slug: str) -> Challenge:
    found = public_challenge(slug)
    if found is None:
        raise Http404
    return found


def public_or_404(request: HttpRequest, uid: str) -> Idea:
    """A public proposal, as far as it is not closed to this reader."""
    idea = queries.public_idea(uid)
    if idea is None or not rules.is_open_to(request.user, idea):
        raise Http404
    return idea


@require_safe
@vary_on_headers("HX-Target")  # else a browser that goes back shows the part for the page
def idea_list(request: HttpRequest, slug: str) -> HttpResponse:
    challenge = _challenge(slug)
    filters = queries.Filters.of(request.GET)
    page = request.GET.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    closed = registry.closed_to(request.user)
    places = queries.places(challenge, filters, without=closed)
    context = {
        "challenge": challenge,
        "filters": filters,
        "page": queries.public_page(challenge, filters, number, without=closed),
        "themes": [(theme, count) for theme, count in queries.theme_counts(challenge) if count],
        "series": list(challenge.series.all()),
        "places": places,
        "on_map": [filters.municipality] if filters.municipality else [one.key for one in places],
        "query": request.GET.urlencode(),
        "compiled": compilation.shown(challenge, get_language() or settings.LANGUAGE_CODE),
        "at": arrived_at(request),
        "status": challenge.status_at(arrived_at(request)),
    }
    template = "ideas/_results.html" if _wants_results(request) else "ideas/list.html"
    return render(request, template, context)


def _wants_results(request: HttpRequest) -> bool:
    return (
        request.headers.get("HX-Target") == "results" and request.headers.get("HX-Boosted") is None
    )


@require_safe
def idea_page(request: HttpRequest, uid: str) -> HttpResponse:
    try:
        idea = public_or_404(request, uid)
    except Http404:
        hidden = queries.hidden_idea(uid)
        if hidden is None or not hidden.challenge.is_public:
            raise
        return render(request, "ideas/hidden.html", {"idea": hidden}, status=410)
    closed = registry.closed_to(request.user)
    rows = [
        row
        for row in reader.rows(idea, reader.Audience.PUBLIC)
        if row.is_answered and row.purpose not in IN_HEADING
    ]
    context = {
        "idea": idea,
        "proposer": reader.proposer(idea, reader.Audience.PUBLIC),
        "blind": reader.hides_proposer(idea),
        "card": reader.card(idea),
        "challenge": idea.challenge,
        "texts": [row for row in rows if row.is_long],
        "facts": [row for row in rows if not row.is_long],
        "steps": queries.trail(idea, at=arrived_at(request)),
        "titles_only": not idea.whole_text_public,
        "whole": merging.whole(idea, without=closed),
        "originals": merging.originals(idea, without=closed),
        "support": _support(request, idea),
        "takes_askers": asking.may_be_asked(idea, at=arrived_at(request)),
        "talks": rules.can_read_comments(request.user, idea),
        "comments": _comments(request, idea),
        "comments_rest": idea.challenge.takes_comments and rules.comments_rest(idea),
        "verdict": registry.verdict(idea) if idea.state == IdeaState.DECIDED else None,
    }
    return render(request, "ideas/page.html", context)


def _comments(request: HttpRequest, idea: Idea) -> list[tuple[Comment, str]]:
    """Comments, and for those that are the reader's own the address where they take them away."""
    person = request.user if isinstance(request.user, User) else None
    return [
        (
            one,
            reverse("ideas:commented", args=[comments.token_of(one)])
            if person and one.email == person.email.casefold() and not one.hidden_at
            else "",
        )
        for one in comments.shown(request.user, idea)
    ]


def _support(request: HttpRequest, idea: Idea) -> dict[str, bool]:
    """Whether it is shown and taken, and whether this person has given it."""
    person = request.user if isinstance(request.user, User) else None
    takes = idea.challenge.takes_support
    return {
        "shown": takes or idea.supporters > 0,
        "takes": takes,
        "given": bool(person and takes and support.of_person(person, idea)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, uid: str) -> HttpResponse:
    """Follow one proposal, as one follows a challenge."""
    idea = public_or_404(request, uid)
    return follow_page(request, idea.challenge, idea.uid, idea.title, idea.get_absolute_url())


@require_safe
def download(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """What the list shows, with the same filters, as CSV or XLSX."""
    challenge = _challenge(slug)
    found = queries.public_ideas(
        challenge, queries.Filters.of(request.GET), without=registry.closed_to(request.user)
    )
    return downloads.respond(challenge, found, kind)


def _compilation(request: HttpRequest, slug: str) -> Compilation:
    """The one that may be shown to this reader, or 404."""
    found = compilation.shown(_challenge(slug), get_language() or settings.LANGUAGE_CODE)
    closed = registry.closed_to(request.user)
    if found is None or any(idea in closed for idea, _version in found.contents):
        raise Http404
    return found


@require_safe
def compilation_page(request: HttpRequest, slug: str) -> HttpResponse:
    found = _compilation(request, slug)
    context = {
        "challenge": found.challenge,
        "compilation": found,
        "has_pdf": compilation.has_pdf(found),
    }
    return render(request, "ideas/compilation.html", context)


@require_safe
def compilation_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    found = _compilation(request, slug)
    if not found.pdf:
        raise Http404
    response = HttpResponse(bytes(found.pdf), content_type=printing.PDF)
    name = f"{slug}-kooste-{found.language}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
