"""A person's own details: corrected, downloaded, and where they are signed in."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import erasure, fresh_code, queries, sessions
from accounts import my_data as data
from accounts.forms import ProfileForm
from accounts.signed_in import person_of
from core import clock, ratelimit
from core.arrival import arrived_at
from core.errors import DomainError, NotNow

DOWNLOADS_PER_HOUR = 20
ERASE = "erase"


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """My details: name and language, where I am signed in, my data."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your details have been saved."))
        return redirect("accounts:home")
    rows = [
        {
            "pk": row.pk,
            "device": sessions.device(row.user_agent),
            "ip": row.ip,
            "since": row.created_at,
            "here": row.session_key == request.session.session_key,
        }
        for row in sessions.sessions_of(person_of(request))
    ]
    others = any(not row["here"] for row in rows)
    context = {
        "form": form,
        "sessions": rows,
        "others": others,
        "second_factor": queries.has_second_factor(person_of(request)),
    }
    return render(request, "accounts/profile.html", context)


@login_required
@never_cache
@require_GET
def my_data(request: HttpRequest) -> FileResponse:
    """Everything that is held of me, as a ZIP."""
    person = person_of(request)
    if not ratelimit.allow("my-data", str(person.pk), limit=DOWNLOADS_PER_HOUR, seconds=3600):
        raise NotNow(_("You have downloaded your data many times just now. Try again in an hour."))
    name = f"talkoot-{clock.local(clock.now()).date().isoformat()}.zip"
    return FileResponse(
        data.archive(person), as_attachment=True, filename=name, content_type="application/zip"
    )


@login_required
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; then a code by mail shows that it is the person who asks."""
    person, error = person_of(request), ""
    if request.method == "POST" and request.POST.get("go") == "code":
        if fresh_code.send(request, purpose=ERASE, what=_("erasing your account")):
            return redirect("accounts:erase")
        error = _("Codes have been sent several times already. Look in your mail, or wait.")
    elif request.method == "POST":
        if fresh_code.check(request, request.POST.get("code", ""), purpose=ERASE) is None:
            error = _("The code is not right, or it is too old. Look in your newest letter.")
        else:
            try:
                erasure.erase(user=person, at=arrived_at(request))
            except DomainError as refusal:
                error = str(refusal)
            else:
                logout(request)
                messages.success(request, _("Your account has been erased."))
                return redirect("/")
    waiting = fresh_code.is_waiting(request, purpose=ERASE)
    context = {"code_sent": waiting, "error": error, "email": person.email}
    return render(request, "accounts/erase.html", context, status=400 if error else 200)


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    if not sessions.end_sessions(user=person_of(request), pk=pk):
        raise Http404
    messages.success(request, _("You have been signed out there."))
    return redirect("accounts:profile")


@login_required
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End all sessions but the one in which it is asked."""
    sessions.end_sessions(user=person_of(request), keep=request.session.session_key)
    messages.success(request, _("You have been signed out everywhere else."))
    return redirect("accounts:profile")
