"""The back office's tab of questions: what waits, what has been answered, the deadline."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges import inquiries
from challenges.admin_base import ChallengeAdminView
from challenges.inquiry_forms import AnswerForm, DeadlineForm, SetAsideForm
from challenges.models import Inquiry
from challenges.states import InquiryState
from core.errors import DomainError
from core.forms import show_errors


class InquiriesView(ChallengeAdminView):
    """What waits and what has been answered; POST sets until when questions are taken."""

    tab = "questions"
    template_name = "admin/challenges/inquiries.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", DeadlineForm(initial={"days": self.challenge.inquiry_days}))
        rows = Inquiry.objects.filter(challenge=self.challenge)
        context["waiting"] = inquiries.waiting(self.challenge)
        context["answered"] = inquiries.answered(self.challenge)
        context["aside"] = rows.filter(state=InquiryState.SET_ASIDE)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DeadlineForm(request.POST)
        if form.is_valid():
            try:
                inquiries.set_deadline(
                    challenge=self.challenge, days=form.cleaned_data["days"], by=person_of(request)
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("challenges_admin:inquiries", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class InquiryView(ChallengeAdminView):
    """One question: answer it to all, or set it aside (`do=aside`)."""

    tab = "questions"
    template_name = "admin/challenges/inquiry.html"
    inquiry: Inquiry

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = Inquiry.objects.filter(challenge=self.challenge, pk=kwargs["inquiry"]).first()
        if found is None:
            raise Http404
        self.inquiry = found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        one = self.inquiry
        written = {"shown": one.shown or one.text, "answer": one.answer}
        context.setdefault("form", AnswerForm(initial=written))
        context.setdefault("aside", SetAsideForm(initial={"note": one.note}))
        context["inquiry"] = one
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        aside = request.POST.get("do") == "aside"
        form = SetAsideForm(request.POST) if aside else AnswerForm(request.POST)
        name = "aside" if aside else "form"
        verb: Callable[..., Inquiry] = inquiries.set_aside if aside else inquiries.answer
        if form.is_valid():
            try:
                verb(inquiry=self.inquiry, by=person_of(request), at=self.at, **form.cleaned_data)
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("challenges_admin:inquiries", self.challenge.pk)
        return self.render_to_response(self.get_context_data(**{name: form}), status=400)
