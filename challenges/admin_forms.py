"""The form editor of the back office: steps and questions as lists, one question per page."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges import actions, form_correction, form_editing, queries, registry
from challenges.admin_base import ChallengeAdminView
from challenges.definition import BadDefinition, Definition
from challenges.form_editing import NotThere, Raw
from challenges.models import FormVersion, Series
from challenges.question_forms import QuestionForm, StepForm
from challenges.states import Act, ChallengeState
from core.errors import Invalid, NotNow
from core.forms import show_errors
from core.multilingual import text


class FormsView(ChallengeAdminView):
    """Which form each series has."""

    tab = "forms"
    template_name = "admin/challenges/forms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        newest = queries.newest_forms(self.challenge)
        context["rows"] = [
            {"series": one, "form": form, "definition": _parsed(form)}
            for one in self.challenge.series.all()
            if (form := newest.get(one.pk))
        ]
        return context


def _parsed(form: FormVersion) -> Definition | None:
    try:
        return form.parsed
    except BadDefinition:
        return None


class SeriesFormView(ChallengeAdminView):
    """What all views of one series' form stand on."""

    tab = "forms"
    series: Series
    form: FormVersion

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = next((s for s in self.challenge.series.all() if s.key == kwargs["key"]), None)
        form = queries.newest_forms(self.challenge).get(found.pk) if found else None
        if found is None or form is None:
            raise Http404
        self.series, self.form = found, form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.update(
            series=self.series,
            version=self.form,
            frozen=bool(self.form.frozen_at),
            serving=None if self.form.frozen_at else self.serving,
            may_correct=self.challenge.allows(Act.SUBMIT, at=self.at),
        )
        return context

    @property
    def serving(self) -> FormVersion | None:
        """The version that proposals are begun with, while another is being corrected."""
        self.series.challenge = self.challenge
        return self.series.form if self.challenge.state != ChallengeState.PREPARING else None

    def based_on(self) -> int:
        """The version that the person was looking at."""
        number = self.request.POST.get("number", "")
        return int(number) if number.isdecimal() else 0

    def save(self, change: Callable[[Raw], Raw]) -> FormVersion:
        """Raises Invalid, NotNow, Http404."""
        try:
            definition = change(self.form.definition)
        except NotThere as error:
            raise Http404 from error
        return actions.save_form(
            series=self.series,
            definition=definition,
            based_on=self.based_on(),
            by=person_of(self.request),
        )

    def back(self) -> HttpResponse:
        return redirect("challenges_admin:form", self.challenge.pk, self.series.key)


CHANGES: dict[str, Callable[[Raw, str], Raw]] = {
    "up": lambda definition, key: form_editing.move_question(definition, key, -1),
    "down": lambda definition, key: form_editing.move_question(definition, key, 1),
    "remove": form_editing.remove_question,
    "step_up": lambda definition, key: form_editing.move_step(definition, key, -1),
    "step_down": lambda definition, key: form_editing.move_step(definition, key, 1),
    "step_remove": form_editing.remove_step,
}


class EditorView(SeriesFormView):
    """Steps and questions of a series; each button is a small form of its own."""

    template_name = "admin/challenges/form_editor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["definition"] = _parsed(self.form)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb, _colon, key = request.POST.get("change", "").partition(":")
        if verb not in CHANGES:
            raise Http404
        try:
            self.save(lambda definition: CHANGES[verb](definition, key))
        except (Invalid, NotNow) as error:
            messages.error(request, str(error))
        return self.back()


class CorrectionView(EditorView):
    """POST begins a correction of an open challenge's form; `do` = part publishes or drops it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = person_of(request)
        self.series.challenge = self.challenge
        try:
            if request.POST.get("do") == "publish":
                form_correction.publish(
                    series=self.series, reason=request.POST.get("reason", ""), by=by, at=self.at
                )
                messages.success(request, _("Done. Everybody who has begun is told."))
            elif request.POST.get("do") == "drop":
                form_correction.drop(series=self.series, by=by)
                messages.success(request, _("The form stays as it is."))
            else:
                form_correction.begin(series=self.series, by=by, at=self.at)
        except (Invalid, NotNow) as error:
            words = [one for group in getattr(error, "errors", {}).values() for one in group]
            told = {"reason": request.POST.get("reason", ""), "trouble": words or [str(error)]}
            return self.render_to_response(self.get_context_data(**told), status=400)
        return self.back()


class PreviewView(SeriesFormView):
    """The questions as they will be asked, in the language of the admin."""

    template_name = "admin/challenges/form_preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["definition"] = _parsed(self.form)
        return context


class QuestionView(SeriesFormView):
    """Add or change one question."""

    template_name = "admin/challenges/question.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key: str = kwargs.get("question", "")
        self.question: Raw | None = None
        self.step = request.GET.get("step", "")
        if self.key:
            try:
                step, self.question = form_editing.find_question(self.form.definition, self.key)
            except NotThere as error:
                raise Http404 from error
            self.step = step["key"]

    def question_form(self, data: Any = None) -> QuestionForm:
        criteria = [
            (one["key"], text(one["name"]))
            for one in registry.rubric_spec(self.series).get("criteria", ())
        ]
        return QuestionForm.of(self.form.definition, self.question, self.step, data, criteria)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", self.question_form())
        context["is_new"] = not self.key
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.question_form(request.POST)
        if form.is_valid():
            try:
                self.save(
                    lambda definition: form_editing.put_question(
                        definition,
                        step=form.cleaned_data["step"],
                        question=form.question,
                        key=self.key,
                    )
                )
            except (Invalid, NotNow) as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The question was saved."))
                return self.back()
        return self.render_to_response(self.get_context_data(form=form))


class StepView(SeriesFormView):
    """Add a step, or change its words."""

    template_name = "admin/challenges/step.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key: str = kwargs.get("step", "")
        self.initial: Raw = {}
        if self.key:
            try:
                self.initial = form_editing.find_step(self.form.definition, self.key)
            except NotThere as error:
                raise Http404 from error

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", StepForm(initial=self.initial))
        context["is_new"] = not self.key
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StepForm(request.POST)
        if form.is_valid():
            try:
                self.save(
                    lambda definition: form_editing.put_step(
                        definition,
                        title=form.cleaned_data["title"],
                        intro=form.cleaned_data["intro"],
                        key=self.key,
                    )
                )
            except (Invalid, NotNow) as error:
                show_errors(form, error)
            else:
                return self.back()
        return self.render_to_response(self.get_context_data(form=form))
