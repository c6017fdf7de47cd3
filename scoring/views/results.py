"""The results: the page, the jury's report, the feed of decisions; an entrant's own request."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from challenges.models import Challenge
from core.arrival import arrived_at
from core.errors import Invalid, NotNow
from ideas.flow import Desk
from scoring.actions.corrections import ask_correction
from scoring.documents import as_download
from scoring.queries.results import (
    latest_decisions,
    public_report,
    published_decision,
    results_of,
)


def results(request: HttpRequest, slug: str) -> HttpResponse:
    """404 until the decision has been published at its moment."""
    challenge = get_object_or_404(
        Challenge.objects.opened().with_phases().prefetch_related("series"), slug=slug
    )
    found = results_of(challenge)
    if found is None:
        raise Http404
    context = {
        "results": found,
        "challenge": challenge,
        "report": public_report(challenge, get_language() or "fi"),
    }
    return render(request, "scoring/results.html", context)


def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The jury's public report in the page's language. 404 before publication, and while the
    file is being made in the seconds after it."""
    challenge = get_object_or_404(Challenge.objects.opened(), slug=slug)
    found = public_report(challenge, get_language() or "fi")
    if found is None or published_decision(challenge) is None:
        raise Http404
    return as_download(found)


def feed(request: HttpRequest) -> HttpResponse:
    """Atom (RFC 4287) of the newest published decisions."""
    made = Atom1Feed(
        title=str(_("Talkoot: decisions")),
        link=settings.SITE_URL + reverse("challenges:list"),
        description="",
        language=get_language(),
        feed_url=settings.SITE_URL + reverse("scoring:feed"),
    )
    for decision, winners in latest_decisions():
        challenge = decision.challenge
        words = ngettext(
            "%(count)s proposal won. Everybody's results are on the page.",
            "%(count)s proposals won. Everybody's results are on the page.",
            winners,
        )
        made.add_item(
            title=str(challenge),
            link=settings.SITE_URL + reverse("scoring:results", args=[challenge.slug]),
            description=words % {"count": winners},
            unique_id=f"urn:uuid:{challenge.uid}",
            pubdate=decision.published_at,
            updateddate=decision.published_at,
            author_name=challenge.owner.name,
        )
    return HttpResponse(
        made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


def correction(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for a correction, from the private page. On a refusal what was typed comes back."""
    error, words = "", request.POST.get("text", "")
    if request.method == "POST":
        try:
            ask_correction(idea=desk.idea, words=words, by=desk.by, at=arrived_at(request))
        except Invalid as refusal:
            error = refusal.errors["text"][0]
        except NotNow as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Your request has been received. You get the answer here."))
            return redirect(desk.paths.home)
    decision = published_decision(desk.idea.challenge)
    if decision is None or not hasattr(desk.idea, "verdict"):
        raise Http404
    context = {
        "desk": desk,
        "idea": desk.idea,
        "challenge": desk.idea.challenge,
        "decision": decision,
        "open": decision.takes_objections(arrived_at(request)),
        "words": words,
        "error": error,
    }
    return render(request, "scoring/correction.html", context, status=422 if error else 200)
