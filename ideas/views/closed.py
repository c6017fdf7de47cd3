"""When the call has closed: what was written, and the wish for more time."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from challenges.states import Status
from core.arrival import arrived_at
from core.errors import DomainError
from core.forms import show_errors
from ideas import extensions, reader
from ideas.flow import Desk
from ideas.form_builder import StepForm
from ideas.models import Extension


class WishForm(forms.Form):
    why = forms.CharField(
        label=_("Why do you need more time?"),
        help_text=_("The municipality reads this and your address. It does not see your draft."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write why you need more time.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def more_time(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for more time. A refusal is told in the form, with what was typed."""
    if desk.may_write(request):
        return redirect(desk.paths.review)
    if request.method != "POST":
        return late(request, desk)
    form = WishForm(request.POST, auto_id="%s")
    if form.is_valid():
        try:
            extensions.ask(
                idea=desk.idea,
                why=form.cleaned_data["why"],
                by=desk.by,
                at=arrived_at(request),
            )
        except DomainError as refusal:
            show_errors(form, refusal)
        else:
            return redirect(desk.paths.more_time)
    return late(request, desk, form=form)


def late(
    request: HttpRequest,
    desk: Desk,
    sent: StepForm | None = None,
    form: WishForm | None = None,
) -> HttpResponse:
    """Closed: what is written stays here to be read, and what was just sent is shown too. One may
    ask for more time, once."""
    idea, at = desk.idea, arrived_at(request)
    rows = [r for r in reader.rows(idea, reader.Audience.TEAM, draft=True) if r.is_answered]
    typed = [(field.label, field.value()) for field in sent or () if sent and field.value()]
    context = {
        "desk": desk,
        "idea": idea,
        "challenge": idea.challenge,
        "rows": rows,
        "secret": reader.secret_parts(idea, reader.Audience.TEAM, draft=True),
        "sent": typed,
        "at": at,
        "extension": Extension.objects.filter(idea=idea).first(),
        "may_ask": idea.state in extensions.MAY_CHANGE
        and idea.challenge.status_at(at) == Status.SCORING,
        "form": form or WishForm(auto_id="%s"),
    }
    status = (422 if form else 409) if request.method == "POST" else 200
    return render(request, "ideas/late.html", context, status=status)
