"""An organisation's proposal: who proposes, and the parts of the form as a list."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Membership, Organisation, User
from accounts.queries import memberships_of
from accounts.signed_in import person_of
from accounts.states import MembershipState
from challenges.definition import Step
from challenges.models import Series
from core.arrival import arrived_at
from core.multilingual import text
from ideas import links, queries
from ideas.actions import start_draft
from ideas.flow import Desk
from ideas.models import Idea, TeamMember
from ideas.versions import attachments_of
from ideas.views.closed import late
from ideas.views.reviewing import faults_of


def start(request: HttpRequest, series: Series) -> HttpResponse:
    """Whose proposal it is. Signed in only; POST makes the draft and opens its list of parts."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    memberships = list(memberships_of(request.user))
    chosen, error = "", ""
    if request.method == "POST":
        chosen = request.POST.get("organisation", "")
        organisation = _chosen(memberships, chosen)
        if organisation is not None:
            return redirect("ideas:own_home", _begin(request, series, organisation).uid)
        error = _("Choose the organisation that proposes.")
    active = [one for one in memberships if one.state == MembershipState.ACTIVE]
    context = {
        "challenge": series.challenge,
        "series": series,
        "organisations": [one.organisation for one in active],
        "waiting": [one.organisation for one in memberships if one not in active],
        "chosen": chosen or (active[0].organisation.uid.hex if len(active) == 1 else ""),
        "error": error,
        "drafts": queries.drafts_of(request.user, series),
        "start_token": links.new_start(),
        "next": reverse("ideas:start", args=[series.challenge.slug, series.key]),
    }
    return render(request, "ideas/company_start.html", context, status=422 if error else 200)


def _chosen(memberships: list[Membership], uid: str) -> Organisation | None:
    return next(
        (
            one.organisation
            for one in memberships
            if one.state == MembershipState.ACTIVE and one.organisation.uid.hex == uid
        ),
        None,
    )


def _begin(request: HttpRequest, series: Series, organisation: Organisation) -> Idea:
    """The draft; a second press makes no second one."""
    uid = links.read_start(request.POST.get("start", "")) or uuid.uuid4()
    known = Idea.objects.filter(uid=uid).first()
    if known is not None and known.organisation_id != organisation.pk:
        uid = uuid.uuid4()  # went back and chose another organisation
    return start_draft(
        series=series,
        language=get_language() or "fi",
        at=arrived_at(request),
        by=person_of(request),
        organisation=organisation,
        uid=uid,
    )


@dataclass(frozen=True)
class Task:
    """A part of the form in the list. `kind` is that of the tag."""

    name: str
    url: str
    status: str
    kind: str = ""
    hint: str = ""


@require_safe
def tasks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The parts of the form, in any order, and how far each is."""
    if not desk.may_write(request):
        return late(request, desk)
    files = attachments_of(desk.idea)
    faults = faults_of(desk)
    parts = [_task(desk, step, faults, files) for step in desk.steps]
    context = {
        "desk": desk,
        "idea": desk.idea,
        "challenge": desk.idea.challenge,
        "series": desk.idea.series,
        "tasks": [_organisation_task(desk), *parts, _team_task(desk)],
        "done": sum(part.kind == "ok" for part in parts),
        "count": len(parts),
        "ready": not faults,
    }
    return render(request, "ideas/tasks.html", context)


def _task(
    desk: Desk, step: Step, faults: dict[str, list[str]], files: list[dict[str, Any]]
) -> Task:
    """Not started, unfinished or done. A part that may stay empty says so."""
    there = {file["field"] for file in files}
    keys = [field.key for field in step.fields]
    answered = [key for key in keys if desk.idea.answers.get(key) or key in there]
    wrong = [key for key in keys if key in faults]
    if not answered:
        status, kind = _("Not started"), ""
    elif wrong:
        status, kind = _("Unfinished"), "now"
    else:
        status, kind = _("Done"), "ok"
    hint = ngettext(
        "%(answered)s of %(count)s question answered",
        "%(answered)s of %(count)s questions answered",
        len(keys),
    ) % {"answered": len(answered), "count": len(keys)}
    if not answered and not wrong:
        hint = _("May be left empty.")
    url = desk.paths.step(step.key)
    # What is half done opens with its faults shown; an empty part is not scolded.
    return Task(
        name=text(step.title),
        url=f"{url}?check=1" if kind == "now" else url,
        status=status,
        kind=kind,
        hint=hint,
    )


def _organisation_task(desk: Desk) -> Task:
    organisation = desk.idea.organisation
    assert organisation is not None  # noqa: S101 - only organisations have this list
    hint = organisation.name
    if organisation.business_id:
        hint = f"{hint}, {organisation.business_id}"
    url = reverse("accounts:organisation", args=[organisation.slug])
    return Task(name=_("Organisation"), url=url, status=_("Done"), kind="ok", hint=hint)


def _team_task(desk: Desk) -> Task:
    count = TeamMember.objects.filter(idea=desk.idea).count()
    words = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    hint = _("Invite colleagues to write with you, or to read.")
    return Task(name=_("Team"), url=desk.paths.team, status=words, hint=hint)
