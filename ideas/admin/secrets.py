"""Staff's page of a proposal's trade secrets: opening it is recorded, then a finding on each."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from ideas import rules, secret_review
from ideas.admin.views import OneProposalView
from ideas.models import Idea
from ideas.reader import Audience


class FindingForm(forms.Form):
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    content = forms.CharField(max_length=64, widget=forms.HiddenInput)
    accepted = forms.ChoiceField(
        label=_("Is it a trade secret?"),
        choices=[
            ("yes", _("Yes: it is kept secret")),
            ("no", _("No: the proposer is told why and what follows")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The proposer reads this. Needed when it is not one."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SecretsView(OneProposalView):
    template_name = "admin/ideas/secrets.html"

    def _open(self) -> Idea:
        idea = self._idea()
        if not rules.can_review_secrets(self.request.user, idea, at=self.at):
            raise Http404
        return idea

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        idea = context.setdefault("idea", None) or self._open()
        sent: FindingForm | None = context.get("form")
        secret_review.read(idea, Audience.STAFF, by=person_of(self.request), page="review")
        claims = secret_review.claims_of(idea)
        context.update(
            idea=idea,
            claims=[(claim, self._form(claim, sent)) for claim in claims],
        )
        return context

    @staticmethod
    def _form(claim: secret_review.Claim, sent: FindingForm | None) -> FindingForm:
        key = claim.part.key
        if sent is not None and sent.data.get(f"{key}-key") == key:
            return sent
        found = claim.finding
        return FindingForm(
            prefix=key,
            initial={
                "key": key,
                "content": secret_review.content_of(claim.part),
                "accepted": ("yes" if found.accepted else "no") if found else None,
                "reason": found.reason if found else "",
            },
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        idea = self._open()
        form = FindingForm(request.POST, prefix=request.POST.get("question", ""))
        if form.is_valid():
            try:
                secret_review.review_claim(
                    idea=idea,
                    key=form.cleaned_data["key"],
                    accepted=form.cleaned_data["accepted"] == "yes",
                    reason=form.cleaned_data["reason"],
                    content=form.cleaned_data["content"],
                    by=person_of(request),
                    at=self.at,
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The finding is kept and the proposer is told of it."))
                return redirect("ideas_admin:secrets", self.challenge.pk, idea.number)
        context = self.get_context_data(form=form, idea=idea)
        return self.render_to_response(context, status=400)
