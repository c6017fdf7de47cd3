"""Staff merge a proposal into another, or undo it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from ideas import merging
from ideas.admin import queries as read
from ideas.admin.views import OneProposalView
from ideas.models import Idea


class MergeForm(forms.Form):
    into = forms.IntegerField(
        label=gettext_lazy("Into the proposal with the number"),
        help_text=gettext_lazy("Its running number, without letters before it."),
        min_value=1,
        max_value=999_999_999,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The proposers are told these words."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MergeView(OneProposalView):
    """POST merges; with `do` = part it undoes."""

    template_name = "admin/ideas/merge.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        idea = context.setdefault("idea", None) or self._idea()
        context.setdefault("form", MergeForm())
        mine = read.delivered(self.challenge, without=self.closed)
        context.update(
            idea=idea,
            whole=mine.filter(merged=idea).first(),
            originals=list(mine.filter(merged_into=idea).order_by("number")),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        idea, by = self._idea(), person_of(request)
        form = MergeForm(request.POST)
        try:
            if request.POST.get("do") == "part":
                merging.part(idea=idea, by=by, at=self.at)
                messages.success(request, _("The merger is undone."))
                return redirect("ideas_admin:merge", self.challenge.pk, idea.number)
            if form.is_valid() and (into := self._into(form)) is not None:
                reason = form.cleaned_data["reason"]
                merging.merge(idea=idea, into=into, reason=reason, by=by, at=self.at)
                messages.success(request, _("Merged. The proposers are told."))
                return redirect("ideas_admin:merge", self.challenge.pk, idea.number)
        except DomainError as error:
            show_errors(form, error)
        return self.render_to_response(self.get_context_data(form=form, idea=idea), status=400)

    def _into(self, form: MergeForm) -> Idea | None:
        found = read.one(self.challenge, form.cleaned_data["into"], without=self.closed)
        if found is None:
            form.add_error("into", _("There is no such proposal in this challenge."))
        return found
