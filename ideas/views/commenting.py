"""Comments on a public proposal: written, confirmed, answered, reported."""

from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core import clock, robots
from core.arrival import arrived_at
from core.errors import DomainError
from core.forms import show_errors
from ideas import comments, moderation, rules
from ideas.flow import Desk, keep_private
from ideas.models import Idea
from ideas.views.public import public_or_404
from ideas.views.voices import TOO_MANY, may_be_written_to, trouble_of
from ideas.voice_forms import AnswerForm, CommentForm, ReportForm


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, uid: str) -> HttpResponse:
    """What was typed stays until the comment has been taken."""
    idea, person = public_or_404(request, uid), _person(request)
    if not rules.can_read_comments(request.user, idea):
        raise Http404
    known = {"name": person.name} if person else {}
    sent = request.POST if request.method == "POST" else None
    form, status = CommentForm(sent, signed_in=person is not None, initial=known), 200
    if sent is not None:
        status = 422
        if form.is_valid():
            if trouble := trouble_of(request, "comment"):
                form.add_error(None, trouble)
                status = TOO_MANY
            elif done := _written(request, idea, form):
                return done
    context = {
        "idea": idea,
        "form": form,
        "takes": idea.challenge.takes_comments,
        "opened": robots.opened("comment", clock.now()),
    }
    return render(request, "ideas/comment.html", context, status=status)


def _written(request: HttpRequest, idea: Idea, form: CommentForm) -> HttpResponse | None:
    """Where one goes after it has been taken; None when it was refused, with the form told why."""
    person = _person(request)
    given = {"email": "", **form.cleaned_data}
    if person is None and not may_be_written_to("comment", given["email"]):
        return redirect("ideas:letter_sent")
    try:
        made = comments.write(
            idea=idea,
            language=get_language() or "fi",
            by=person,
            at=arrived_at(request),
            **given,
        )
    except DomainError as refusal:
        show_errors(form, refusal)
        return None
    if made.confirmed_at is None:
        return redirect("ideas:letter_sent")
    return redirect(f"{idea.get_absolute_url()}#c-{made.uid.hex}")


@require_http_methods(["GET", "HEAD", "POST"])
def commented(request: HttpRequest, token: str) -> HttpResponse:
    """Where the letter leads: publish the comment, or take it away. Opening it changes nothing."""
    found = comments.of_token(token)
    if found is None or not rules.is_open_to(None, found.idea):
        raise Http404
    if request.method == "POST":
        if request.POST.get("do") == "end":
            comments.take_back(found)
            return keep_private(redirect(found.idea))
        comments.confirm(found, at=arrived_at(request))
        return keep_private(redirect("ideas:commented", token))
    context = {
        "comment": found,
        "idea": found.idea,
        "takes": found.idea.challenge.takes_comments,
    }
    return keep_private(render(request, "ideas/commented.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, uid: str, comment: str = "") -> HttpResponse:
    """Of a comment, or of the proposal itself."""
    idea = public_or_404(request, uid)
    target: moderation.Target | None = idea
    if comment:
        seen = rules.can_read_comments(request.user, idea)
        target = moderation.comment_of(idea, comment) if seen else None
    if target is None:
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        if trouble := trouble_of(request, "report"):
            form.add_error(None, trouble)
            status = TOO_MANY
        else:
            try:
                moderation.report(
                    target=target,
                    by=_person(request),
                    at=arrived_at(request),
                    **form.cleaned_data,
                )
            except DomainError as refusal:
                show_errors(form, refusal)
            else:
                return redirect("ideas:reported")
    context = {
        "idea": idea,
        "comment": target if comment else None,
        "form": form,
        "opened": robots.opened("report", clock.now()),
    }
    return render(request, "ideas/report.html", context, status=status)


@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    return render(request, "ideas/reported.html")


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, desk: Desk, comment: UUID) -> HttpResponse:
    """The proposer's answer to a comment, or its correction."""
    found = comments.published(desk.idea).filter(uid=comment, hidden_at=None).first()
    if found is None or not desk.idea.is_public:
        raise Http404
    form: Form = AnswerForm(
        request.POST if request.method == "POST" else None, initial={"text": found.answer}
    )
    if form.is_valid():
        try:
            comments.answer(
                comment=found,
                text=form.cleaned_data["text"],
                by=desk.by,
                at=arrived_at(request),
            )
        except DomainError as refusal:
            show_errors(form, refusal)
        else:
            return redirect(f"{desk.paths.home}#comments")
    context = {"desk": desk, "idea": desk.idea, "comment": found, "form": form}
    return render(request, "ideas/answer.html", context, status=422 if form.is_bound else 200)
