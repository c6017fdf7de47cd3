"""The private pages: where one is, what was received, the link to oneself."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import mail, ratelimit
from core.arrival import arrived_at
from core.errors import Invalid, NotNow
from core.forms import show_errors
from ideas import comments, correspondence, links, queries, reader, registry, rules, secret_review
from ideas.answers import clean_email
from ideas.flow import Desk
from ideas.states import IdeaState
from ideas.versions import attachments_of, same_content

MESSAGES = 20  # an hour, of one proposal


class LinkForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("We use it only to send this link."),
        max_length=254,
        error_messages={
            "required": gettext_lazy("Write your e-mail address here. Example: name@example.org")
        },
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def clean_email(self) -> str:
        return clean_email(self.cleaned_data["email"])


class MessageForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write the message here.")},
    )


@require_safe
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A draft goes on where it was left; what was handed in shows its status. Who only reads reads
    the draft as it is now."""
    if desk.is_draft and not desk.writes:
        return render(request, "ideas/reading.html", _draft(desk))
    if desk.is_draft and desk.any_order:
        return redirect(desk.paths.tasks)
    if desk.is_draft:
        for step in desk.steps:
            keys = [field.key for field in step.fields if field.required and not field.is_file]
            if any(key not in desk.idea.answers for key in keys):
                return redirect(desk.paths.step(step.key))
        return redirect(desk.paths.review)
    return render(request, "ideas/status.html", _status(request, desk))


def _draft(desk: Desk) -> dict[str, object]:
    rows = reader.rows(desk.idea, reader.Audience.TEAM, draft=True)
    return {
        "desk": desk,
        "idea": desk.idea,
        "challenge": desk.idea.challenge,
        "rows": [row for row in rows if row.is_answered],
        "secret": reader.secret_parts(desk.idea, reader.Audience.TEAM, draft=True),
    }


def _status(request: HttpRequest, desk: Desk) -> dict[str, object]:
    idea, at = desk.idea, arrived_at(request)
    check = queries.latest_check(idea)
    refusal = check.reason if check and idea.state == IdeaState.INELIGIBLE else ""
    current = idea.current_version
    may_answer = desk.writes and idea.challenge.takes_comments and not rules.comments_rest(idea)
    return {
        "desk": desk,
        "idea": idea,
        "challenge": idea.challenge,
        "steps": queries.trail(idea, at=at, refused_because=refusal),
        "rows": reader.rows(idea, reader.Audience.TEAM),
        "claims": secret_review.claims_of(idea),
        "versions": list(idea.versions.order_by("-number")),
        "may_write": desk.may_write(request),
        "may_withdraw": desk.writes and idea.state in (IdeaState.SUBMITTED, IdeaState.ELIGIBLE),
        "unsent": bool(current and not same_content(current, idea, attachments_of(idea))),
        "verdict": registry.verdict(idea) if idea.state == IdeaState.DECIDED else None,
        "after": registry.after_decision(idea) if idea.state == IdeaState.DECIDED else None,
        "check": check,
        "correspondence": correspondence.conversation(idea),
        "comments": [
            (one, desk.paths.answer(one.uid) if may_answer else "")
            for one in comments.published(idea).filter(hidden_at=None)
        ]
        if idea.is_public
        else [],
        "form": MessageForm(auto_id="%s"),
        "at": at,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A message to the municipality; what was typed stays when it cannot be sent."""
    if request.method != "POST" or desk.is_draft:
        return redirect(desk.paths.home)
    form = MessageForm(request.POST, auto_id="%s")
    if form.is_valid():
        if not ratelimit.allow("idea-message", desk.idea.uid.hex, limit=MESSAGES, seconds=3600):
            form.add_error("text", _("Very many messages have been sent. Wait a while."))
        else:
            try:
                correspondence.write_to_staff(
                    idea=desk.idea,
                    text=form.cleaned_data["text"],
                    by=desk.by,
                    at=arrived_at(request),
                )
            except (Invalid, NotNow) as refusal:
                show_errors(form, refusal)
            else:
                return redirect(f"{desk.paths.home}#messages")
    return render(
        request, "ideas/status.html", {**_status(request, desk), "form": form}, status=422
    )


@require_http_methods(["GET", "HEAD", "POST"])
def send_link(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The secret link by mail, to go on with another device. Three in an hour at most."""
    kept = desk.idea.contact_email
    form = LinkForm(request.POST or None, initial={"email": kept}, auto_id="%s")
    sent = False
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if ratelimit.allow("idea-link", desk.idea.uid.hex, limit=3, seconds=3600) and (
            ratelimit.allow("idea-link-to", address, limit=5, seconds=3600)
        ):
            _post_link(desk, address)
            sent = True
        else:
            form.add_error(
                "email",
                ValidationError(
                    _("The link has been sent several times already. Look in your mail, or wait.")
                ),
            )
    context = {"desk": desk, "idea": desk.idea, "form": form, "sent": sent}
    return render(request, "ideas/send_link.html", context, status=422 if form.errors else 200)


def _post_link(desk: Desk, address: str) -> None:
    mail.send(
        to=address,
        template="idea_link",
        language=get_language() or desk.idea.language,
        context={
            "idea": desk.idea,
            "challenge": desk.idea.challenge,
            "closes_at": desk.idea.challenge.closes_at,
            "private_url": links.absolute(desk.paths.home),
        },
        about=desk.idea,
    )
