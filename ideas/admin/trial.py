"""Staff try a form: as whoever proposes, as a juror, as the press; on a phone and on a desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.signed_in import person_of
from challenges import queries as challenges_queries
from challenges.admin_forms import SeriesFormView
from challenges.definition import BadDefinition
from challenges.states import SeriesKind
from core.arrival import arrived_at
from ideas import reader, registry, trial
from ideas.flow import Desk, Paths, keep_private
from ideas.form_builder import step_form
from ideas.models import Idea
from ideas.views import company, reviewing, writing

SESSION_KEY = "trial"
READERS = ("juror", "press")
WIDTHS = ("phone", "desk")


class TrialView(SeriesFormView):
    """The trial in a frame as wide as a phone's screen, or as wide as there is room."""

    template_name = "admin/ideas/trial.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = self.request.GET.get("as", "")
        chosen = asked if asked in READERS else "proposer"
        width = "desk" if self.request.GET.get("width") == "desk" else "phone"
        proposer = _("company") if self.series.kind == SeriesKind.ORGANISATIONS else _("citizen")
        names = {"proposer": proposer, "juror": _("juror"), "press": _("press and public")}
        page = "-start" if chosen == "proposer" else f"-{chosen}"
        context.update(
            roles=[
                {"label": label, "url": f"?as={role}&width={width}", "current": role == chosen}
                for role, label in names.items()
            ],
            widths=[
                {"label": label, "url": f"?as={chosen}&width={name}", "current": name == width}
                for name, label in (("phone", _("Phone")), ("desk", _("Computer")))
            ],
            width=width,
            frame=TrialPaths("", "", self.challenge.pk, self.series.key).page(page),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Forget what has been typed, or fill in examples."""
        kept = request.session.setdefault(SESSION_KEY, {})
        if "examples" in request.POST:
            kept[str(self.form.pk)] = trial.example_answers(
                self.form.parsed, self.challenge, self.at
            )
        else:
            kept.pop(str(self.form.pk), None)
        request.session.modified = True
        return redirect(request.get_full_path())


@dataclass(frozen=True)
class TrialPaths(Paths):
    challenge: int
    series: str

    def of(self, name: str, *args: str) -> str:
        return self.page(args[0] if name == "step" else f"-{name}")

    def page(self, name: str) -> str:
        return reverse("ideas_admin:trial_page", args=[self.challenge, self.series, name])

    @property
    def pieces(self) -> str:
        """Files are not taken."""
        return ""


class TrialDesk(Desk):
    def may_write(self, request: HttpRequest) -> bool:
        """Also before the challenge has opened."""
        return True


class TrialPage(View):
    """The pages themselves, as they will be, of a proposal that is undone with each answer."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        challenge = challenges_queries.staff_challenge(person_of(request), kwargs["pk"])
        if challenge is None:
            raise Http404
        forms = challenges_queries.newest_forms(challenge)
        series = next((one for one in challenge.series.all() if one.key == kwargs["key"]), None)
        form = forms.get(series.pk) if series else None
        if series is None or form is None:
            raise Http404
        try:
            definition = form.parsed
        except BadDefinition as error:
            raise Http404 from error
        self.kept: dict[str, Any] = request.session.setdefault(SESSION_KEY, {})
        self.form_id = str(form.pk)
        at, page = arrived_at(request), kwargs["page"]
        typed = self.kept.get(self.form_id, {})
        if page in {f"-{name}" for name in READERS}:
            typed = {**trial.example_answers(definition, challenge, at), **typed}
        with trial.tried(
            challenge=challenge,
            series=series,
            form=form,
            answers=typed,
            language=get_language() or "fi",
            at=at,
            handed_in=page in {"-submit", *(f"-{name}" for name in READERS)},
        ) as idea:
            desk = TrialDesk(idea, TrialPaths("", "", challenge.pk, series.key))
            return keep_private(self.answer(request, desk, page))

    def answer(self, request: HttpRequest, desk: Desk, page: str) -> HttpResponseBase:
        shown = PAGES.get(page)
        if shown is not None:
            return shown(request, desk)
        step = desk.step(page)
        if request.method != "POST":
            return writing.step(request, desk, step.key)
        form = step_form(step, desk.idea.challenge, data=request.POST)
        self.kept[self.form_id] = {**self.kept.get(self.form_id, {}), **form.typed}
        request.session.modified = True
        desk.idea.answers = {**desk.idea.answers, **form.typed}
        if writing.is_autosave(request):
            words = _("A trial: nothing is saved")
            url = desk.paths.step(step.key)
            told = {"saved": words, "revision": 0, "seen": "", "url": url}
            return JsonResponse({**told, "similar": desk.paths.similar})
        form.is_valid()
        if form.errors and "back" not in request.POST:
            return writing.show(request, desk, step, form, status=422)
        return redirect((desk.before(step) if "back" in request.POST else None) or desk.after(step))


def _start(request: HttpRequest, desk: Desk) -> HttpResponse:
    return redirect(desk.paths.tasks if desk.any_order else desk.paths.step(desk.steps[0].key))


def _nothing(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    return HttpResponse(status=204)


def _receipt(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return redirect(desk.paths.review)
    idea: Idea = desk.idea
    context = {
        "desk": desk,
        "idea": idea,
        "challenge": idea.challenge,
        "version": idea.current_version,
        "private_url": desk.paths.home,
    }
    return render(request, "ideas/receipt.html", context)


def _read_by(audience: reader.Audience) -> Callable[[HttpRequest, Desk], HttpResponse]:
    def read(request: HttpRequest, desk: Desk) -> HttpResponse:
        idea = desk.idea
        criteria = registry.criteria(idea.series)
        fields = idea.form.parsed.fields
        context = {
            "desk": desk,
            "idea": idea,
            "challenge": idea.challenge,
            "audience": audience,
            "proposer": reader.proposer(idea, audience),
            "rows": [
                (row, criteria.get(fields[row.key].criterion, ""))
                for row in reader.rows(idea, audience)
                if row.is_answered
            ],
            "secret": reader.secret_parts(idea, audience),
        }
        return render(request, "ideas/trial.html", context)

    return read


PAGES: dict[str, Callable[[HttpRequest, Desk], HttpResponseBase]] = {
    "-start": _start,
    "-home": _start,
    "-tasks": company.tasks,
    "-review": reviewing.review,
    "-submit": _receipt,
    "-similar": _nothing,
    "-juror": _read_by(reader.Audience.JURY),
    "-press": _read_by(reader.Audience.PUBLIC),
}
