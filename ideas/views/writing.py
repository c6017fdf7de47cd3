"""Writing step by step, checking, handing in. Used by the secret link and by people signed in."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.definition import Definition, FieldType, Purpose, Step
from challenges.models import Challenge, Series
from challenges.states import FieldVisibility
from core import clock, ratelimit
from core.arrival import arrived_at
from core.errors import DomainError, Invalid
from core.multilingual import text
from ideas import reader, registry
from ideas.actions import save_draft, submit_idea, withdraw_idea
from ideas.answers import fingerprint
from ideas.errors import CallClosed, StaleDraft
from ideas.file_forms import files_form
from ideas.flow import Desk
from ideas.form_builder import StepForm, step_form
from ideas.models import Idea
from ideas.trade_secrets import clean_parts, label_of
from ideas.versions import attachments_of, check, missing_files
from ideas.views import files
from ideas.views.closed import late

FASTEST = dt.timedelta(seconds=2)  # from the first word to handing in: a robot, or a second press
SUBMITS_PER_TEN_MINUTES = 30


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
    keys = {field.key for field in this.files}
    lacks = missing_files(desk.definition, files_there) if this.files else {}
    of_files = {**wrong, **{key: words for key, words in lacks.items() if key in keys}}
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
        idea.challenge, idea.series, desk.definition, this, form, number=desk.step_number(this)
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
        **_files_context(this, form, attachments_of(idea) if this.files else [], errors),
    }
    return render(request, "ideas/step.html", context, status=status)


def step_context(
    challenge: Challenge,
    series: Series,
    definition: Definition,
    this: Step,
    form: StepForm,
    *,
    number: int,
) -> dict[str, Any]:
    """What the step's page needs, whether there is a draft yet or not."""
    titles = {text(this.title)}
    only = next(iter(form)) if len(form.fields) else None
    return {
        "challenge": challenge,
        "series": series,
        "step": this,
        "form": form,
        "number": number,
        "count": len(definition.steps),
        "bars": [position < number for position in range(len(definition.steps))],
        # A question worded as its step's title is not said twice: it is the page's heading.
        "heading_field": only if only is not None and str(only.label) in titles else None,
        "asked": list(form.fields),
        "takes_secrets": any(field.secret for field in this.fields),
        **_files_context(this, form, []),
    }


def _files_context(
    this: Step,
    form: StepForm,
    there: list[dict[str, Any]],
    errors: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    of_files = files_form(this, there, errors)
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


@require_safe
def review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Check your answers: all of them on one page, each with a way to change it."""
    if not desk.may_write(request):
        return late(request, desk)
    return _review(request, desk)


def _review(
    request: HttpRequest,
    desk: Desk,
    *,
    errors: dict[str, list[str]] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    idea = desk.idea
    rows = reader.rows(idea, reader.Audience.TEAM, draft=True)
    secret = reader.secret_parts(idea, reader.Audience.TEAM, draft=True)
    found = faults_of(desk) if errors is None else errors
    context = {
        "desk": desk,
        "idea": idea,
        "challenge": idea.challenge,
        "series": idea.series,
        "groups": [
            (step, desk.paths.step(step.key), [row for row in rows if row.step == step.key])
            for step in desk.definition.steps
        ],
        "faults": list(_faults(desk, found)),
        "show_faults": errors is not None,
        "trouble": trouble,
        "changes_version": not desk.is_draft,
    }
    if desk.any_order or secret:
        context |= preview_of(desk, rows)
        context["secret"] = [(part, desk.paths.step(part.step)) for part in secret]
        return render(request, "ideas/preview.html", context, status=status)
    return render(request, "ideas/review.html", context, status=status)


def _faults(desk: Desk, found: dict[str, list[str]]) -> Iterator[tuple[str, list[str], str]]:
    """(what it is about, what must be done, where), in the order of the form."""
    definition = desk.definition
    for field in definition.fields.values():
        for name in (field.key, field.secret_key, field.reason_key):
            if name in found:
                yield label_of(definition, name), found[name], desk.paths.step(field.step)


def faults_of(desk: Desk) -> dict[str, list[str]]:
    """Question's key → what must be done before handing in."""
    return check(desk.idea, attachments_of(desk.idea)).errors


def preview_of(desk: Desk, rows: list[reader.Row]) -> dict[str, Any]:
    """The same answers by who will see them. Who to contact is told to staff alone."""
    columns: dict[str, list[tuple[reader.Row, str]]] = {"public": [], "jury": [], "staff": []}
    for row in rows:
        column = "staff" if row.purpose in reader.CONTACT else row.visibility
        columns[column].append((row, desk.paths.step(row.step)))
    return {f"rows_{column}": found for column, found in columns.items()}


@require_POST
def submit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Hand in. Pressing twice gives the same receipt."""
    at = arrived_at(request)
    if desk.is_draft and desk.by is None and at - desk.idea.created_at < FASTEST:
        trouble = _("That was very quick. Look your answers over and press once more.")
        return _review(request, desk, trouble=trouble, status=429)
    if not ratelimit.allow(
        "idea-submit", desk.idea.uid.hex, limit=SUBMITS_PER_TEN_MINUTES, seconds=600
    ):
        trouble = _("This proposal has been sent many times in a row. Wait a few minutes.")
        return _review(request, desk, trouble=trouble, status=429)
    try:
        submit_idea(idea=desk.idea, at=at, by=desk.by)
    except CallClosed:
        return late(request, desk)
    except Invalid as refusal:
        return _review(request, desk, errors=refusal.errors, status=422)
    return redirect(desk.paths.receipt)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask once, then take the proposal back."""
    if request.method != "POST":
        return render(request, "ideas/withdraw.html", {"desk": desk, "idea": desk.idea})
    idea = withdraw_idea(idea=desk.idea, at=arrived_at(request), by=desk.by)
    return render(request, "ideas/withdrawn.html", {"idea": idea, "challenge": idea.challenge})


def saved_words(idea: Idea) -> str:
    """ "Saved at 14.32": the server's word for it."""
    return _("Saved at %(time)s") % {"time": f"{clock.local(idea.saved_at):%H.%M}"}


def _revision(request: HttpRequest) -> int:
    value = request.POST.get("revision", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1
