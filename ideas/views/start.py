"""The door of a series: an empty form that stores nothing until something is sent."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from challenges.definition import Step
from challenges.models import Challenge, Series
from challenges.queries import public_challenge
from challenges.states import Act, SeriesKind
from core import ratelimit
from core.arrival import arrived_at
from core.errors import Invalid
from ideas import links
from ideas.actions import save_draft, start_draft
from ideas.answers import fingerprint
from ideas.errors import StaleDraft
from ideas.flow import Desk, Paths, keep_private
from ideas.form_builder import StepForm, step_form
from ideas.models import Idea
from ideas.trade_secrets import label_of
from ideas.views import company, files
from ideas.views.writing import (
    autosaved,
    checked_step,
    is_autosave,
    problem_words,
    show,
    step_context,
)
from ideas.views.writing import step as step_page

STARTS_PER_HOUR = 120  # from one address: a school class with its own network must fit


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str, series_key: str) -> HttpResponse:
    """GET makes nothing. POST makes the draft and goes on to its secret link."""
    challenge = public_challenge(slug)
    if challenge is None:
        raise Http404
    series = get_object_or_404(Series, challenge=challenge, key=series_key)
    series.challenge = challenge
    if not challenge.allows(Act.SUBMIT, at=arrived_at(request)):
        return keep_private(_closed(request, challenge, series))
    if series.kind == SeriesKind.ORGANISATIONS:
        return keep_private(company.start(request, series))
    if request.method == "POST":
        return keep_private(_begin(request, challenge, series))
    return keep_private(_door(request, series))


def _door(request: HttpRequest, series: Series) -> HttpResponse:
    """An empty form. Whoever comes back to it after sending it goes on with what was sent."""
    token = request.GET.get("start", "")
    uid = links.read_start(token)
    if uid is None:
        return _empty(request, series, links.new_start())
    known = Idea.objects.for_writing().filter(uid=uid, series=series, withdrawn_at=None).first()
    version = series.form
    if known is None or known.organisation_id is not None or version is None:
        return _empty(request, series, token)
    return redirect(Paths("", links.token_of(known)).step(version.parsed.steps[0].key))


def _begin(request: HttpRequest, challenge: Challenge, series: Series) -> HttpResponse:
    uid = links.read_start(request.POST.get("start", ""))
    trouble = _trouble(request, uid)
    if trouble or uid is None:
        if is_autosave(request):
            return JsonResponse({"problem": trouble}, status=429)
        start_token = request.POST.get("start", "") if uid else links.new_start()
        return _empty(request, series, start_token, trouble=trouble, status=429)
    at = arrived_at(request)
    person = request.user if isinstance(request.user, User) else None
    idea = start_draft(series=series, language=get_language() or "fi", at=at, by=person, uid=uid)
    desk = Desk(idea, Paths("", links.token_of(idea)), person)
    step = desk.definition.steps[0]
    form = step_form(step, challenge, data=request.POST)
    try:
        # The page showed an empty form: what is stored by now came from its other window.
        seen = fingerprint({}, form.fields)
        idea = save_draft(idea=idea, answers=form.typed, revision=0, seen=seen, at=at, by=person)
    except StaleDraft:
        if is_autosave(request):
            return JsonResponse({"problem": _("Your text goes on in another window.")}, status=409)
        return step_page(request, desk, step.key)
    except Invalid as refusal:
        if is_autosave(request):
            return JsonResponse({"problem": problem_words(refusal)}, status=422)
        form.is_valid()
        form.add_errors(refusal.errors)
        return _empty(request, series, request.POST["start"], form=form, status=422)
    return _go_on(request, Desk(idea, desk.paths, person), step, form)


def _go_on(request: HttpRequest, desk: Desk, step: Step, form: StepForm) -> HttpResponse:
    """The first words are kept: on to what the pressed button says."""
    if is_autosave(request):
        return autosaved(desk, step)
    taken = files.take(request, desk, step)
    if taken.errors:
        return show(request, desk, step, form, errors=taken.errors, status=422)
    if "upload" in request.POST:
        return redirect(f"{desk.paths.step(step.key)}#files")
    if "later" in request.POST:
        return redirect(desk.paths.send_link)
    checked, lacks = checked_step(desk, step, data=request.POST)
    if checked.errors or lacks:
        return redirect(f"{desk.paths.step(step.key)}?check=1")
    return redirect(desk.after(step))


def _trouble(request: HttpRequest, uid: object) -> str:
    """Why this sending is not taken, in words; "" when it is."""
    if uid is None:
        return _("The page had been open too long. Your text is here: press Continue again.")
    if request.POST.get("website"):
        return _("Leave the field “website” empty: it is there to stop robots.")
    address = ratelimit.address_of(request)
    if not ratelimit.allow("idea-start", address, limit=STARTS_PER_HOUR, seconds=3600):
        return _("Very many proposals have been begun here. Wait a while and press Continue.")
    return ""


def _empty(
    request: HttpRequest,
    series: Series,
    start_token: str,
    *,
    form: StepForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    version = series.form
    if version is None:
        raise Http404
    step = version.parsed.steps[0]
    if form is None:
        kept = request.POST if trouble else None
        form = step_form(step, series.challenge, initial=_typed(kept, step) if kept else None)
    context: dict[str, Any] = step_context(
        series.challenge, series, version.parsed.steps, step, form, number=1
    )
    context |= {
        "start_token": start_token,
        "trouble": trouble,
        "action": reverse("ideas:start", args=[series.challenge.slug, series.key]),
        "revision": 0,
    }
    return render(request, "ideas/step.html", context, status=status)


def _typed(data: Any, step: Step) -> dict[str, Any]:
    """What was sent, to be shown again as it was."""
    many = {field.key for field in step.fields if field.type == "choices"}
    return {name: data.getlist(name) if name in many else data.get(name, "") for name in step.names}


def _closed(request: HttpRequest, challenge: Challenge, series: Series) -> HttpResponse:
    """Not open: say since when or from when; give back what was sent, if anything was."""
    version = series.form
    sent = []
    if request.method == "POST" and version is not None:
        for name in version.parsed.steps[0].names:
            words = ", ".join(request.POST.getlist(name))
            if words:
                sent.append((label_of(version.parsed, name), words))
    context = {
        "challenge": challenge,
        "series": series,
        "sent": sent,
        "at": arrived_at(request),
        "has_closed": bool(challenge.closes_at and challenge.closes_at <= arrived_at(request)),
    }
    return render(request, "ideas/closed.html", context, status=200 if not sent else 409)
