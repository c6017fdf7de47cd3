"""Staff answer wishes for more time. Who asks and why is seen, the draft is not."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from ideas import extensions
from ideas.admin.views import StaffView
from ideas.models import Extension


class AnswerForm(forms.Form):
    until = forms.DateTimeField(
        label=gettext_lazy("Time until"),
        help_text=gettext_lazy("Empty: no more time is given."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%d.%m.%Y %H.%M"],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The writers read it, and it stays in the record."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExtensionsView(StaffView):
    """Every wish of the challenge, unanswered ones first; POST answers one (`extension`)."""

    template_name = "admin/ideas/extensions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        refused: AnswerForm | None = kwargs.get("refused")
        pk = kwargs.get("of")
        self.log_names("extensions")
        context["rows"] = [
            (
                one,
                refused
                if one.pk == pk and refused
                else AnswerForm(auto_id=f"id_{one.pk}_%s", initial={"reason": one.reason}),
            )
            for one in extensions.of_challenge(self.challenge)
        ]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number = request.POST.get("extension", "")
        found = (
            Extension.objects.filter(idea__challenge=self.challenge, pk=number).first()
            if number.isascii() and number.isdigit() and len(number) < 10
            else None
        )
        if found is None:
            raise Http404
        form = AnswerForm(request.POST, auto_id=f"id_{found.pk}_%s")
        if form.is_valid():
            try:
                extensions.answer(
                    extension=found, by=person_of(request), at=self.at, **form.cleaned_data
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The writers are told."))
                return redirect("ideas_admin:extensions", self.challenge.pk)
        context = self.get_context_data(refused=form, of=found.pk)
        return self.render_to_response(context, status=400)
