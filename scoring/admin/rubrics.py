"""Staff's pages of rubrics: one per series, edited as a draft, published once."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges.admin_base import ChallengeAdminView
from challenges.models import Series
from core.errors import Invalid, NotNow
from scoring import rubrics
from scoring.actions.rubric import publish_rubric, write_rubric
from scoring.admin.forms import CriterionForm, RubricForm, criterion_initial, initial_of
from scoring.models import Rubric
from scoring.queries.rubric import newest_rubric

MOST_CRITERIA = 20
SPARE = 1  # an empty criterion at the end, to add one


class RubricsView(ChallengeAdminView):
    """The rubrics of all series, with what each lacks."""

    tab = "rubrics"
    template_name = "admin/scoring/rubrics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = []
        for series in self.challenge.series.all():
            rubric = newest_rubric(series)
            rows.append(
                {
                    "series": series,
                    "rubric": rubric,
                    "criteria": rubrics.criteria(rubric) if rubric else [],
                    "problems": list(rubrics.problems(rubric))
                    if rubric and not rubric.is_published
                    else [],
                    "languages": rubrics.missing_languages(rubric) if rubric else [],
                }
            )
        context["rows"] = rows
        return context


class RubricView(ChallengeAdminView):
    """One rubric: a form while it is a draft, a text once it is published."""

    tab = "rubrics"
    template_name = "admin/scoring/rubric.html"
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

    def _forms(self, data: Any = None) -> tuple[RubricForm, list[CriterionForm]]:
        if data is not None:
            given = data.get("criteria", "")
            count = min(int(given), MOST_CRITERIA) if given.isdecimal() and len(given) < 5 else 0
            forms = [CriterionForm(data, prefix=f"c{n}") for n in range(count)]
            kept = [
                f
                for f in forms
                if data.get(f"{f.prefix}-key") and not data.get(f"{f.prefix}-remove")
            ]
            return RubricForm(data), kept
        if self.rubric is None:
            return RubricForm(initial={"reviews": 3, "ties": "median, lot"}), [
                CriterionForm(prefix="c0")
            ]
        found = rubrics.criteria(self.rubric)
        forms = [
            CriterionForm(prefix=f"c{n}", initial=criterion_initial(c)) for n, c in enumerate(found)
        ]
        forms += [CriterionForm(prefix=f"c{len(found) + n}") for n in range(SPARE)]
        return RubricForm(initial=initial_of(self.rubric)), forms

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "form" not in context:
            context["form"], context["criterion_forms"] = self._forms()
        published = bool(self.rubric and self.rubric.is_published)
        context.update(
            series=self.series,
            rubric=self.rubric,
            published=published,
            criteria=rubrics.criteria(self.rubric) if self.rubric else [],
            problems=list(rubrics.problems(self.rubric)) if self.rubric and not published else [],
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, criterion_forms = self._forms(request.POST)
        valid = [form.is_valid(), *[one.is_valid() for one in criterion_forms]]
        if all(valid):
            given = form.cleaned_data
            spec = {
                "reviews": given["reviews"],
                "comment_rule": given["comment_rule"],
                "not_applicable": given["not_applicable"],
                "ties": [n.strip() for n in given["ties"].split(",") if n.strip()],
                "criteria": [one.spec() for one in criterion_forms],
            }
            try:
                write_rubric(series=self.series, spec=spec, by=person_of(request))
            except (Invalid, NotNow) as error:
                words = getattr(error, "errors", {}).get("") or [str(error)]
                for message in words:
                    form.add_error(None, message)
            else:
                messages.success(request, _("The rubric has been saved as a draft."))
                return redirect("scoring_admin:rubric", self.challenge.pk, self.series.key)
        return self.render_to_response(
            self.get_context_data(form=form, criterion_forms=criterion_forms), status=400
        )


class PublishView(RubricView):
    """Freeze the rubric: what happens is said before the button."""

    template_name = "admin/scoring/publish.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.rubric is None:
            raise Http404
        try:
            publish_rubric(rubric=self.rubric, by=person_of(request), at=self.at)
        except Invalid as error:
            for words in error.errors.get("", []):
                messages.error(request, words)
            return redirect("scoring_admin:rubric", self.challenge.pk, self.series.key)
        messages.success(request, _("The rubric has been published."))
        return redirect("scoring_admin:rubrics", self.challenge.pk)
