"""Staff's pages of intake: a proposal typed in for somebody, and tables of them."""

import datetime as dt
import io
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges.models import Series
from challenges.recipes import helsinki
from challenges.states import SeriesKind
from core import clock
from core.errors import DomainError, Invalid
from core.forms import show_errors
from ideas import intake, intake_file
from ideas.admin.views import StaffView
from ideas.answers import one_line
from ideas.form_builder import StepForm, step_form
from ideas.models import IntakeFile
from ideas.states import Source

KEPT = dt.timedelta(days=1)  # a checked table waits for its taking in
FAULTS_SHOWN = 200


class ArrivalForm(forms.Form):
    """How and when it came, and for an organisations' series who proposes."""

    source = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=[(one.value, one.label) for one in (Source.PAPER, Source.EMAIL)],
        widget=forms.RadioSelect,
    )
    arrived = forms.DateTimeField(
        label=gettext_lazy("When it came"),
        help_text=gettext_lazy("Finnish time. It counts as the moment of handing in."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"),
        choices=[("fi", "suomi"), ("sv", "svenska"), ("en", "English")],
    )
    organisation = forms.CharField(label=gettext_lazy("Organisation"), max_length=200)
    business_id = forms.CharField(label=gettext_lazy("Business ID"), max_length=12, required=False)
    late_because = forms.CharField(
        label=gettext_lazy("Why it is taken in late"),
        help_text=gettext_lazy(
            "Only for one that came after closing: the extension's reason, kept in the record."
        ),
        max_length=500,
        required=False,
    )

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        # A question of the form may have the name of a field here.
        super().__init__(*args, **{"prefix": "arrival", **kwargs})
        if series.kind != SeriesKind.ORGANISATIONS:
            del self.fields["organisation"], self.fields["business_id"]

    @property
    def arrival(self) -> intake.Arrival:
        given = self.cleaned_data
        here = clock.local(given["arrived"])
        return intake.Arrival(
            source=given["source"],
            at=helsinki(here.date(), here.time()),
            language=given["language"],
            organisation=given.get("organisation", ""),
            business_id=given.get("business_id", ""),
            late_because=given["late_because"],
        )


class TableForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Filled table"),
        help_text=gettext_lazy("XLSX or CSV, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > intake_file.BYTES_AT_MOST:
            raise forms.ValidationError(_("The file is larger than 10 MB: give it in parts."))
        return file


class IntakeView(StaffView):
    """From where to go on: each series' form, template and table."""

    template_name = "admin/ideas/intake.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "series": self.series}


class OfSeries(StaffView):
    one: Series

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = next((one for one in self.series if one.key == kwargs["key"]), None)
        if found is None or found.form is None:
            raise Http404
        self.one = found
        self.one.challenge = self.challenge


class TypedView(OfSeries):
    """The series' questions on one page, with how and when it came before them."""

    template_name = "admin/ideas/intake_typed.html"

    def _steps(self, data: Any = None) -> list[tuple[Any, StepForm]]:
        form = self.one.form
        steps = [
            (step, step_form(step, self.challenge, data=data, files=False))
            for step in (form.parsed.steps if form else ())
        ]
        for _step, one in steps:
            one.use_required_attribute = False
        return steps

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", ArrivalForm(series=self.one, initial={"source": "paper"}))
        context.setdefault("steps", self._steps())
        context["one"] = self.one
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, steps = ArrivalForm(request.POST, series=self.one), self._steps(request.POST)
        if form.is_valid():
            typed = {key: value for _step, one in steps for key, value in one.typed.items()}
            try:
                idea = intake.take_in(
                    series=self.one,
                    answers=typed,
                    arrival=form.arrival,
                    by=person_of(request),
                    at=self.at,
                )
            except Invalid as error:
                for _step, one in steps:
                    one.add_errors(error.errors)
                asked = {key for _step, one in steps for key in one.fields}
                rest = {key: words for key, words in error.errors.items() if key not in asked}
                if rest:
                    show_errors(form, Invalid(errors=rest))
            except DomainError as error:
                show_errors(form, error)
            else:
                words = _("%(reference)s has been taken in.") % {"reference": idea.reference}
                messages.success(request, words)
                return redirect("ideas_admin:proposal", self.challenge.pk, idea.number)
        context = self.get_context_data(form=form, steps=steps)
        return self.render_to_response(context, status=400)


class TemplateFileView(OfSeries):
    """The empty table of the series' form."""

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        return intake_file.template(self.one, kwargs["kind"])


class TableIntakeView(OfSeries):
    """A table is checked first; then one press takes in what was checked."""

    template_name = "admin/ideas/intake_table.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", TableForm())
        context.update(one=self.one, columns=intake_file.columns(self.one).values())
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take" in request.POST:
            return self._take(request)
        form = TableForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            kept = IntakeFile(
                series=self.one,
                uploaded_by=person_of(request),
                name=one_line(file.name)[-200:],
                content=file.read(),
                at=self.at,
            )
            try:
                report = self._run(kept, dry_run=True)
            except (intake_file.BrokenTable, DomainError) as error:
                form.add_error("file", str(error))
            else:
                if not report.faults:
                    mine = IntakeFile.objects.filter(uploaded_by=person_of(request))
                    mine.filter(series=self.one).delete()
                    IntakeFile.objects.filter(at__lt=self.at - KEPT).delete()
                    kept.save()
                context = self.get_context_data(
                    form=TableForm(), kept=kept, report=report, faults=report.faults[:FAULTS_SHOWN]
                )
                return self.render_to_response(context, status=400 if report.faults else 200)
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _run(self, kept: IntakeFile, *, dry_run: bool) -> intake.Report:
        return intake.import_rows(
            series=self.one,
            rows=intake_file.read(io.BytesIO(bytes(kept.content)), kept.name, self.one),
            by=person_of(self.request),
            at=self.at,
            dry_run=dry_run,
        )

    def _take(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST["take"]
        mine = IntakeFile.objects.filter(series=self.one, uploaded_by=person_of(request))
        kept = mine.filter(pk=wanted).first() if wanted.isascii() and wanted.isdigit() else None
        if kept is None:
            messages.warning(request, _("The table is no longer there. Give it again."))
            return redirect("ideas_admin:intake_table", self.challenge.pk, self.one.key)
        try:
            report = self._run(kept, dry_run=False)
        except (intake_file.BrokenTable, DomainError) as error:
            messages.error(request, str(error))
            return redirect("ideas_admin:intake_table", self.challenge.pk, self.one.key)
        if report.faults:
            context = self.get_context_data(report=report, faults=report.faults[:FAULTS_SHOWN])
            return self.render_to_response(context, status=400)
        kept.delete()
        words = ngettext(
            "%(count)s proposal was taken in.", "%(count)s proposals were taken in.", report.new
        )
        messages.success(request, words % {"count": report.new})
        return redirect("ideas_admin:proposals", self.challenge.pk)
