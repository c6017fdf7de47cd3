"""Writing step by step. Used by the secret link and by people signed in."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges.definition import Definition, FieldType, Purpose, Step
from challenges.models import Challenge, Series
from challenges.states import FieldVisibility
from core import clock
from core.arrival import arrived_at
from core.errors import DomainError, Invalid
from core.multilingual import text
from ideas import registry
from ideas.actions import save_draft
from ideas.answers import fingerprint
from ideas.errors import CallClosed, StaleDraft
from ideas.file_forms import files_form
from ideas.flow import Desk
from ideas.form_builder import StepForm, step_form
from ideas.models import Idea
from ideas.trade_secrets import clean_parts, label_of
from ideas.versions import attachments_of, missing_files
from ideas.views import files
from ideas.views.closed import late


def is_autosave(request: HttpRequest) -> bool:
    return request.headers.get("X-Autosave") == "1"


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """One step: shown, saved as it is typed, and checked when one wants to go on."""
    this = desk.step(key)
    if request.method == "POST":
        return _save_step(request, desk, this)
    if not desk.may_write(request):
        return late(request, desk)
    form = step_form(this, desk.idea.challenge, initial=desk.idea.written)
    missing: dict[str, list[str]] = {}
    if "check" in request.GET:
        form, missing = checked_step(desk, this)
    return show(request, desk, this, form, errors=missing)


def _save_step(request: HttpRequest, desk: Desk, this: Step) -> HttpResponse:
    form = step_form(this, desk.idea.challenge, data=request.POST)
    taken = files.Taken()
    try:
        if not is_autosave(request):
            taken = files.take(request, desk, this)
        idea = save_draft(
            idea=desk.idea,
            answers=form.typed,
            revision=_revision(request),
            seen=request.POST.get("seen"),
            at=arrived_at(request),
            by=desk.by,
        )
    except (StaleDraft, CallClosed, Invalid) as refusal:
        return _not_saved(request, desk, this, form, refusal, taken)
    desk = Desk(idea, desk.paths, desk.by)
    if is_autosave(request):
        return autosaved(desk, this)
    if not desk.may_write(request):
        return late(request, desk)
    return _go_on(request, desk, this, taken)


def _not_saved(
    request: HttpRequest,
    desk: Desk,
    this: Step,
    form: StepForm,
    refusal: StaleDraft | CallClosed | Invalid,
    taken: files.Taken,
) -> HttpResponse:
    """Say why, and give back what was typed."""
    if is_autosave(request):
        status = 422 if isinstance(refusal, Invalid) else 409
        return JsonResponse({"problem": problem_words(refusal)}, status=status)
    if isinstance(refusal, StaleDraft):
        fresh = Desk(refusal.idea, desk.paths, desk.by)
        return _both_texts(request, fresh, this, form, refusal, taken)
    if isinstance(refusal, CallClosed):
        return late(request, desk, sent=form)
    form.is_valid()
    form.add_errors(refusal.errors)
    return show(request, desk, this, form, errors=taken.errors, status=422)


def problem_words(refusal: DomainError) -> str:
    if isinstance(refusal, Invalid) and refusal.errors:
        return " ".join(message for group in refusal.errors.values() for message in group)
    return str(refusal.message)


def _go_on(request: HttpRequest, desk: Desk, this: Step, taken: files.Taken) -> HttpResponse:
    """What was typed is kept. Back and later are free; forward the step must be right."""
    if taken.errors:
        form = step_form(this, desk.idea.challenge, initial=desk.idea.written)
        return show(request, desk, this, form, errors=taken.errors, status=422)
    if {"upload", "remove"} & set(request.POST):
        return redirect(f"{request.get_full_path()}#files")
    if "back" in request.POST:
        return redirect(desk.before(this) or desk.paths.step(this.key))
    if "later" in request.POST and desk.by_link:
        return redirect(desk.paths.send_link)
    checked, missing = checked_step(desk, this, data=request.POST)
    if checked.errors or missing:
        return show(request, desk, this, checked, errors=missing, status=422)
    if request.GET.get("to") == "review":
        return redirect(desk.paths.review)
    return redirect(desk.after(this))


def autosaved(desk: Desk, this: Step) -> JsonResponse:
    """The server's word that what was sent is kept, and when."""
    idea = desk.idea
    return JsonResponse(
        {
            "saved": saved_words(idea),
            "revision": idea.revision,
            "seen": fingerprint(idea.written, this.names),
            "url": desk.paths.step(this.key),
            "similar": desk.paths.similar,
        }
    )


def checked_step(desk: Desk, this: Step, data: Any = None) -> tuple[StepForm, dict[str, list[str]]]:
    """The step's form with what is wrong in it, and what is wrong with its files."""
    written = desk.idea.written
    form = step_form(this, desk.idea.challenge, data=data if data is not None else written)
    form.is_valid()
    files_there = attachments_of(desk.idea) if this.files else []
    _kept, wrong = clean_parts(this.fields, written, files_there)
    form.add_errors({key: words for key, words in wrong.items() if key in form.fields})
    of_files = {**wrong, **missing_files(this.files, files_there)}
    return form, {key: words for key, words in of_files.items() if key not in form.fields}


def _both_texts(
    request: HttpRequest,
    desk: Desk,
    this: Step,
    form: StepForm,
    stale: StaleDraft,
    taken: files.Taken,
) -> HttpResponse:
    """Somebody saved other words in between: the sent ones stay in the form, the stored beside."""
    others = [
        (label_of(desk.definition, key), ", ".join(value) if isinstance(value, list) else value)
        for key, value in stale.stored.items()
    ]
    return show(request, desk, this, form, others=others, errors=taken.errors, status=409)


def show(
    request: HttpRequest,
    desk: Desk,
    this: Step,
    form: StepForm,
    *,
    others: list[tuple[str, str]] | None = None,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    idea = desk.idea
    context = step_context(
        idea.challenge, idea.series, desk.steps, this, form, number=desk.step_number(this)
    )
    to = "?to=review" if request.GET.get("to") == "review" else ""
    context |= {
        "desk": desk,
        "idea": idea,
        "action": desk.paths.step(this.key) + to,
        "back": desk.before(this),
        "revision": idea.revision,
        "seen": fingerprint(idea.written, form.fields),
        "saved": saved_words(idea) if idea.revision else "",
        "similar": similar_to(request, idea, desk.definition),
        "similar_url": desk.paths.similar,
        "others": others or [],
        **_files_context(
            this,
            form,
            attachments_of(idea) if this.files else [],
            evidence_in(this, idea.series),
            errors,
        ),
    }
    return render(request, "ideas/step.html", context, status=status)


def step_context(
    challenge: Challenge,
    series: Series,
    steps: Sequence[Step],
    this: Step,
    form: StepForm,
    *,
    number: int,
) -> dict[str, Any]:
    """What the step's page needs, whether there is a draft yet or not."""
    criteria = evidence_in(this, series)
    form.tell_evidence(criteria)
    titles = {text(this.title)}
    only = next(iter(form)) if len(form.fields) else None
    return {
        "challenge": challenge,
        "series": series,
        "step": this,
        "form": form,
        "number": number,
        "count": len(steps),
        "bars": [position < number for position in range(len(steps))],
        # A question worded as its step's title is not said twice: it is the page's heading.
        "heading_field": only if only is not None and str(only.label) in titles else None,
        "asked": list(form.fields),
        "takes_secrets": any(field.secret for field in this.fields),
        **_files_context(this, form, [], criteria),
    }


def evidence_in(this: Step, series: Series) -> dict[str, str]:
    asks = any(field.criterion for field in this.fields)
    return registry.criteria(series) if asks else {}


def _files_context(
    this: Step,
    form: StepForm,
    there: list[dict[str, Any]],
    criteria: Mapping[str, str],
    errors: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    of_files = files_form(this, there, errors)
    if of_files:
        of_files.tell_evidence(criteria)
    return {
        "files_form": of_files,
        "files_asked": list(of_files.questions(form)) if of_files else [],
    }


@require_safe
def similar(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The fragment that htmx puts beside the text."""
    context = {"similar": similar_to(request, desk.idea, desk.definition)}
    return render(request, "ideas/_similar.html", context)


def similar_to(request: HttpRequest, idea: Idea, definition: Definition) -> list[registry.Similar]:
    """Public ideas and solutions like what has been written so far."""
    words = []
    for field in definition.visible(FieldVisibility.PUBLIC):
        value = idea.answers.get(field.key)
        if isinstance(value, str) and (
            field.type == FieldType.LONG_TEXT or field.purpose in (Purpose.TITLE, Purpose.SUMMARY)
        ):
            words.append(value)
    return registry.similar(
        registry.SimilarQuery(
            text="\n".join(words)[:4000],
            language=idea.language,
            challenge_id=idea.challenge_id,
            exclude_idea=idea.pk,
            title=idea.title,
            area=idea.municipality,
            without=registry.closed_to(request.user),
        )
    )


def saved_words(idea: Idea) -> str:
    """ "Saved at 14.32": the server's word for it."""
    return _("Saved at %(time)s") % {"time": f"{clock.local(idea.saved_at):%H.%M}"}


def _revision(request: HttpRequest) -> int:
    value = request.POST.get("revision", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1
