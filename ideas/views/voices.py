"""What anybody may say of a public proposal: support it.

Nobody needs an account: whoever has none signs by the link in a letter, as with following.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core import clock, ratelimit, robots
from core.arrival import arrived_at
from core.errors import Invalid, NotNow
from core.forms import show_errors
from ideas import rules
from ideas import support as supporting
from ideas.flow import keep_private
from ideas.views.public import public_or_404
from ideas.voice_forms import SupportForm

PER_HOUR = 30  # of one kind from one address on the net
TO_ONE = 5  # letters to one mailbox
TOO_MANY = 429


@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, uid: str) -> HttpResponse:
    """Signed in: a press. Others: an address, and a press in the letter."""
    idea = public_or_404(request, uid)
    person = request.user if isinstance(request.user, User) else None
    if request.method != "POST":
        form, status = SupportForm(), 200
    elif person is not None:
        if request.POST.get("do") != "end":
            supporting.give(idea=idea, by=person, at=arrived_at(request))
        elif given := supporting.of_person(person, idea):
            supporting.take_back(given, by=person)
        return redirect(f"{idea.get_absolute_url()}#support")
    else:
        form, status = SupportForm(request.POST), 422
        if form.is_valid():
            email = form.cleaned_data["email"]
            if trouble := trouble_of(request, "support"):
                form.add_error(None, trouble)
                status = TOO_MANY
            else:
                try:
                    if may_be_written_to("support", email):
                        supporting.ask(
                            idea=idea,
                            email=email,
                            language=get_language() or "fi",
                            at=arrived_at(request),
                        )
                except (Invalid, NotNow) as refusal:
                    show_errors(form, refusal)
                else:
                    return redirect("ideas:letter_sent")
    context = {
        "idea": idea,
        "form": form,
        "takes": idea.challenge.takes_support,
        "given": supporting.of_person(person, idea) if person else None,
        "opened": robots.opened("support", clock.now()),
    }
    return render(request, "ideas/support.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def supporting_page(request: HttpRequest, token: str) -> HttpResponse:
    """Where the letter leads. Opening it changes nothing: programs open links too."""
    found = supporting.of_token(token)
    if found is None or not rules.is_open_to(None, found.idea):
        raise Http404
    if request.method == "POST":
        if request.POST.get("do") == "end":
            supporting.take_back(found)
            return redirect(found.idea)
        supporting.confirm(found, at=arrived_at(request))
        return keep_private(redirect("ideas:supporting", token))
    context = {"support": found, "idea": found.idea, "takes": found.idea.challenge.takes_support}
    return keep_private(render(request, "ideas/supporting.html", context))


@require_safe
def letter_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "ideas/letter_sent.html")


def trouble_of(request: HttpRequest, form: str) -> str:
    """Why a sending is not taken, "" when it is. Who is signed in is counted as a person, others by
    their address on the net."""
    if trouble := robots.trouble(form, request.POST, arrived_at(request)):
        return trouble
    person = request.user if isinstance(request.user, User) else None
    sender = person.email if person else ratelimit.address_of(request)
    if not ratelimit.allow(form, sender, limit=PER_HOUR, seconds=3600):
        return _("Very much has been sent from here. Wait a while and send it again.")
    return ""


def may_be_written_to(form: str, email: str) -> bool:
    """A mailbox gets few such letters, whoever asks; whose it is not learns nothing of it."""
    return ratelimit.allow(f"{form}-to", email, limit=TO_ONE, seconds=3600)
