"""Staff's page of the record: corrections that entrants ask for, the report, the audit package."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from scoring.actions.corrections import answer_correction
from scoring.actions.documents import note_download, order_package
from scoring.admin.base import JuryAdminView
from scoring.admin.decision import words_of
from scoring.documents import as_download
from scoring.models import Correction, Decision, Document, Round
from scoring.rules import can_audit
from scoring.states import CorrectionOutcome, DocumentState

KEPT = 20  # documents in the list


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What follows"), choices=CorrectionOutcome, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to the proposer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RecordView(JuryAdminView):
    tab = "record"
    template_name = "admin/scoring/record.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        refused: tuple[int, AnswerForm] | None = context.get("refused")
        rows = []
        for correction in Correction.objects.filter(
            decision__challenge=self.challenge
        ).select_related("idea", "answered_by", "decision"):
            form = None
            if correction.answered_at is None:
                form = AnswerForm(prefix=str(correction.pk))
                if refused and refused[0] == correction.pk:
                    form = refused[1]
            rows.append((correction, form))
        decision = Decision.objects.filter(challenge=self.challenge).first()
        context.update(
            rows=rows,
            decision=decision,
            begun=Round.objects.filter(series__challenge=self.challenge).exists(),
            documents=list(
                Document.objects.filter(challenge=self.challenge).defer("content")[:KEPT]
            ),
            waiting=Document.objects.filter(
                challenge=self.challenge, state=DocumentState.WAITING
            ).exists(),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("go") == "package":
            try:
                order_package(challenge=self.challenge, by=person_of(request), at=self.at)
            except DomainError as error:
                messages.error(request, words_of(error))
            else:
                messages.success(request, _("The package is being made. Look again in a moment."))
            return redirect("scoring_admin:record", self.challenge.pk)
        pk = request.POST.get("correction", "")
        correction = get_object_or_404(
            Correction.objects.select_related("decision__challenge__owner"),
            decision__challenge=self.challenge,
            pk=int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 10 else 0,
        )
        form = AnswerForm(request.POST, prefix=str(correction.pk))
        if form.is_valid():
            try:
                answer_correction(
                    correction=correction, by=person_of(request), at=self.at, **form.cleaned_data
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The answer has been sent."))
                return redirect("scoring_admin:record", self.challenge.pk)
        context = self.get_context_data(refused=(correction.pk, form))
        return self.render_to_response(context, status=400)


class DocumentView(JuryAdminView):
    """One document as a file; that it was taken is noted."""

    tab = "record"

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        found = Document.objects.filter(
            challenge=self.challenge, pk=kwargs["document"], state=DocumentState.READY
        ).first()
        if found is None or self.closed or not can_audit(request.user, self.challenge):
            raise Http404
        note_download(document=found, by=person_of(request))
        return as_download(found)
