"""Staff's pages of rubrics: one per series, edited as a draft, published by a second person."""

import re
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges.models import Series
from core.errors import DomainError, Invalid, NotNow
from scoring import rubric_checks, rubric_library, rubrics
from scoring.actions.rubric import correct_rubric, refuse_when_scoring, spec_of, write_rubric
from scoring.actions.rubric_publishing import approve_rubric, propose_rubric, return_rubric
from scoring.admin import rubric_forms
from scoring.admin.base import JuryAdminView
from scoring.models import Rubric
from scoring.queries.rubric import newest_rubric, own_rubrics, second_persons
from scoring.rules import can_approve_rubric
from scoring.states import CriterionKind, RubricState

MOST_CRITERIA = 20
OF_CRITERION = re.compile(r"c(\d{1,3})-kind$")


class RubricsView(JuryAdminView):
    """The rubrics of all series, with what each lacks and what comes next."""

    tab = "rubrics"
    template_name = "admin/scoring/rubrics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = []
        for series in self.challenge.series.all():
            series.challenge = self.challenge
            rubric = newest_rubric(series)
            draft = rubric is not None and rubric.state == RubricState.DRAFT
            rows.append(
                {
                    "series": series,
                    "rubric": rubric,
                    "draft": draft,
                    "criteria": rubrics.criteria(rubric) if rubric else [],
                    "problems": list(rubric_checks.problems(rubric)) if rubric and draft else [],
                    "languages": rubric_checks.missing_languages(rubric) if rubric else [],
                    "mine": rubric is not None and rubric.proposed_by == self.request.user,
                }
            )
        context["rows"] = rows
        return context


class OfSeries(JuryAdminView):
    """What stands on the newest rubric of one series of the challenge."""

    tab = "rubrics"
    series: Series
    rubric: Rubric | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = self.challenge.series.filter(key=kwargs["key"]).first()
        if found is None:
            raise Http404
        self.series = found
        self.series.challenge = self.challenge
        self.rubric = newest_rubric(found)
        if self.rubric is not None:
            self.rubric.series = self.series

    @property
    def is_draft(self) -> bool:
        return self.rubric is None or self.rubric.state == RubricState.DRAFT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rubric = self.rubric
        context.update(
            series=self.series,
            rubric=rubric,
            draft=self.is_draft,
            criteria=rubrics.criteria(rubric) if rubric else [],
            problems=list(rubric_checks.problems(rubric)) if rubric and self.is_draft else [],
            is_correction=bool(rubric and rubric_checks.is_correction(rubric)),
        )
        return context

    def back(self) -> HttpResponse:
        return redirect("scoring_admin:rubric", self.challenge.pk, self.series.key)

    def tell(self, error: DomainError) -> None:
        """What an action refused, on top of the next page."""
        found = error.errors if isinstance(error, Invalid) else {}
        for words in [word for many in found.values() for word in many] or [str(error)]:
            messages.error(self.request, words)


class RubricView(OfSeries):
    """One rubric: a form while it is a draft, else a text."""

    template_name = "admin/scoring/rubric.html"

    def _forms(self, data: Any = None) -> dict[str, Any]:
        known = rubrics.criteria(self.rubric) if self.rubric else []
        names = [(c.key, str(c)) for c in known if c.weighs]
        made: dict[str, Any] = {}
        if data is None:
            rubric, of = self.rubric, rubric_forms
            made["form"] = of.PolicyForm(
                initial=of.PolicyForm.initial_of(rubric) if rubric else {"reviews": 3}
            )
            made["ties"] = of.TieForm(
                criteria=names,
                initial=of.TieForm.initial_of(rubric) if rubric else {"tie_1": "median"},
            )
            rows = list(rubric.rounds)[: of.MOST_STAGES] if rubric else []
            rows += [{}] * (of.MOST_STAGES - len(rows))
            made["stages"] = [
                of.StageForm(prefix=f"s{n}", initial=of.StageForm.initial_of(row))
                for n, row in enumerate(rows)
            ]
            reason = rubric.reason if rubric else {}
            made["reason"] = of.ReasonForm(
                initial={f"reason_{code}": words for code, words in reason.items()}
            )
            initial = [of.CriterionForm.initial_of(c) for c in known]
            made["criterion_forms"] = [
                of.CriterionForm(prefix=f"c{n}", initial=one) for n, one in enumerate(initial)
            ]
            made["criterion_forms"] += self._new(len(initial))
            return made
        numbers = sorted({int(m[1]) for name in data if (m := OF_CRITERION.match(name))})
        made["form"] = rubric_forms.PolicyForm(data)
        made["ties"] = rubric_forms.TieForm(data, criteria=names)
        made["stages"] = [
            rubric_forms.StageForm(data, prefix=f"s{n}") for n in range(rubric_forms.MOST_STAGES)
        ]
        made["reason"] = rubric_forms.ReasonForm(data)
        made["criterion_forms"] = [
            rubric_forms.CriterionForm(data, prefix=f"c{n}") for n in numbers[:MOST_CRITERIA]
        ]
        return made

    def _new(self, number: int) -> list[rubric_forms.CriterionForm]:
        """An empty criterion at the end when one was asked for, or there is none at all."""
        kind = self.request.GET.get("add", "")
        if kind not in CriterionKind.values:
            kind = "" if number else CriterionKind.SCALE
        if not kind or number >= MOST_CRITERIA:
            return []
        return [rubric_forms.CriterionForm(prefix=f"c{number}", initial={"kind": kind})]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "form" not in context:
            context.update(self._forms())
        found = list(rubric_checks.findings(self.rubric)) if self.rubric and self.is_draft else []
        advice = list(rubric_checks.advice(self.rubric)) if self.rubric and self.is_draft else []
        keys = {criterion.key for criterion in context["criteria"]}
        for form in context["criterion_forms"]:
            key = form["key"].value()
            form.findings = [one.words for one in found if one.where == key]
            form.advice = [one.words for one in advice if one.where == key]
        weighing = [c for c in context["criteria"] if c.weighs]
        context.update(
            findings=[one for one in found if one.where not in keys],
            advice=[one for one in advice if one.where not in keys],
            kinds=CriterionKind.choices,
            total=sum(c.weight for c in weighing),
            total_words=rubric_forms.in_words(sum((c.weight for c in weighing), Decimal(0))),
            stages_open=bool(self.rubric and self.rubric.rounds)
            or any(one.errors for one in context["stages"]),
            may_correct=self._may_correct(),
        )
        return context

    def _may_correct(self) -> bool:
        if self.rubric is None or not self.rubric.is_published:
            return False
        try:
            refuse_when_scoring(self.series, at=self.at)
        except NotNow:
            return False
        return True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_draft:
            messages.error(request, _("The rubric is no draft any more: nothing was changed."))
            return self.back()
        made = self._forms(request.POST)
        several = [made["form"], made["ties"], made["reason"], *made["stages"]]
        several += [form for form in made["criterion_forms"] if not form.is_removed]
        if not made["criterion_forms"]:
            made["form"].add_error(None, _("The criteria did not arrive: save again."))
        valid = [form.is_valid() for form in several]  # all of them are marked
        if all(valid):
            try:
                write_rubric(series=self.series, spec=self._spec(made), by=person_of(request))
            except (Invalid, NotNow) as error:
                self.tell(error)
            else:
                messages.success(request, _("The rubric has been saved as a draft."))
                return self._after_saving(request)
        else:
            messages.error(request, _("Nothing was saved yet: correct what is marked below."))
        return self.render_to_response(self.get_context_data(**made), status=400)

    def _after_saving(self, request: HttpRequest) -> HttpResponse:
        adding = request.POST.get("add", "")
        response = self.back()
        if adding in CriterionKind.values:
            response["Location"] += f"?add={adding}#new"
        elif request.POST.get("then") == "publish":
            return redirect("scoring_admin:publish", self.challenge.pk, self.series.key)
        return response

    def _spec(self, made: dict[str, Any]) -> dict[str, Any]:
        policy = dict(made["form"].cleaned_data)
        kept = [
            form for form in made["criterion_forms"] if not form.is_blank and not form.is_removed
        ]
        criteria: list[dict[str, Any]] = []
        taken: list[str] = [str(form.cleaned_data.get("key") or "") for form in kept]
        for form in rubric_forms.ordered(kept):
            key = form.cleaned_data.get("key") or form.new_key([t for t in taken if t])
            taken.append(key)
            criteria.append(form.spec(key))
        weighing = {one["key"] for one in criteria if one["kind"] in rubric_forms.WEIGHING}
        rows = [form.row() for form in made["stages"]]
        return {
            **policy,
            "ties": [
                name
                for name in made["ties"].names()
                if name in weighing or name in ("median", "lowest", "lot")
            ],
            "rounds": [row for row in rows if row],
            "reason": made["reason"].words(),
            "criteria": criteria,
        }


class StartView(OfSeries):
    """Begin from the library, or from a rubric of one's own earlier challenge."""

    template_name = "admin/scoring/rubric_start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["library"] = rubric_library.entries()
        context["own"] = own_rubrics(person_of(self.request), but=self.series)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, _colon, name = request.POST.get("source", "").partition(":")
        spec: Any = None
        if kind == "library" and (entry := rubric_library.find(name)) is not None:
            spec = dict(entry.spec)
        elif kind == "own":
            known = {str(one.pk): one for one in own_rubrics(person_of(request), but=self.series)}
            spec = spec_of(known[name]) if name in known else None
        if spec is None:
            messages.error(request, _("Choose what to start from."))
            return redirect("scoring_admin:rubric_start", self.challenge.pk, self.series.key)
        if self.rubric is not None and rubric_checks.is_correction(self.rubric):
            spec["blind"] = self.series.blind
        try:
            write_rubric(series=self.series, spec=spec, by=person_of(request))
        except (Invalid, NotNow) as error:
            self.tell(error)
        else:
            messages.success(request, _("The draft has been made. Change what you like."))
        return self.back()


class PublishView(OfSeries):
    """Propose, then approve or send back: what happens is said before the button."""

    template_name = "admin/scoring/publish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rubric = self.rubric
        if rubric is None:
            raise Http404
        person = person_of(self.request)
        if rubric.state == RubricState.DRAFT:
            rubric.proposed_by = person  # who would propose it
        context.update(
            seconds=list(second_persons(rubric)),
            may_approve=bool(can_approve_rubric(person, rubric)),
            languages=rubric_checks.missing_languages(rubric),
            advice=list(rubric_checks.advice(rubric)),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.rubric is None:
            raise Http404
        by, done = person_of(request), ""
        try:
            if request.POST.get("do") == "return":
                return_rubric(rubric=self.rubric, reason=request.POST.get("reason", ""), by=by)
                done = _("The rubric is a draft again.")
            elif self.is_draft:
                propose_rubric(rubric=self.rubric, by=by, at=self.at)
                done = _("The rubric waits for a second person, who has been sent a letter.")
            else:
                approve_rubric(rubric=self.rubric, by=by, at=self.at)
                done = _("The rubric has been published.")
        except Invalid as error:
            self.tell(error)
            return (
                self.back()
                if self.is_draft
                else self.render_to_response(
                    self.get_context_data(reason=request.POST.get("reason", "")), status=400
                )
            )
        except NotNow as error:
            self.tell(error)
            return redirect("scoring_admin:publish", self.challenge.pk, self.series.key)
        messages.success(request, done)
        return self.back()


class CorrectView(OfSeries):
    """Begin a correction of what has been published."""

    template_name = "admin/scoring/rubric_correct.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            correct_rubric(series=self.series, by=person_of(request))
        except NotNow as error:
            self.tell(error)
        else:
            messages.success(
                request, _("A draft of the correction has been made. The old version still counts.")
            )
        return self.back()


class PreviewView(OfSeries):
    """The rubric as a juror or an entrant will see it, also while it is a draft."""

    template_name = "admin/scoring/rubric_preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.rubric is None:
            raise Http404
        context = super().get_context_data(**kwargs)
        if self.kwargs["eyes"] == "juror" and rubrics.gates_in_check(self.rubric):
            context["criteria"] = [one for one in context["criteria"] if not one.is_gate]
        return context
