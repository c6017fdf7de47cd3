"""Staff's pages of the decision: writing, reasons, approval, who signs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from ideas import reader
from scoring.actions import decision as verbs
from scoring.actions.signing import excuse_signer
from scoring.admin.base import JuryAdminView
from scoring.models import Decision, Juror, Verdict
from scoring.queries import decision as read
from scoring.rules import can_approve_decision
from scoring.states import DECISION_OPEN, DECISION_STANDS, DecisionState


class DecisionForm(forms.Form):
    statement = forms.CharField(
        label=gettext_lazy("Statement of the jury"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    publish_at = forms.DateTimeField(
        label=gettext_lazy("Published at"),
        required=False,
        help_text=gettext_lazy(
            "Finnish time. Pages, letters, the report and the catalogue change at that minute."
        ),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H.%M"],
    )
    objection_days = forms.IntegerField(
        label=gettext_lazy("Days for asking for a correction"),
        required=False,
        min_value=0,
        max_value=60,
        help_text=gettext_lazy("From the publication; 0 if no correction can be asked for."),
    )
    needs_signatures = forms.BooleanField(
        label=gettext_lazy("The jury signs before publication"),
        required=False,
        help_text=gettext_lazy("In the formal profile the jury always signs."),
    )

    @classmethod
    def of(cls, decision: Decision) -> "DecisionForm":
        names = ("statement", "publish_at", "objection_days", "needs_signatures")
        return cls(initial={name: getattr(decision, name) for name in names})


class DecisionView(JuryAdminView):
    """The decision: winners and reasons, written by one, approved by another, signed."""

    tab = "decision"
    template_name = "admin/scoring/decision.html"
    decision: Decision | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.decision = (
            Decision.objects.filter(challenge=self.challenge)
            .select_related("drafted_by", "approved_by")
            .first()
        )
        if self.decision:
            self.decision.challenge = self.challenge

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = self.decision
        context["decision"] = found
        if found is None:
            return context
        every = self._verdicts(found, context.get("typed") or {})
        verdicts = [verdict for verdict in every if verdict.idea_id not in self.closed]
        lacks = read.lacks(every)
        stands = found.state in DECISION_STANDS
        context.update(
            verdicts=verdicts,
            hidden=any(reader.hides_proposer(verdict.idea) for verdict in verdicts),
            editable=found.state in DECISION_OPEN,
            waiting=found.state == DecisionState.PROPOSED,
            stands=stands,
            can_approve=bool(can_approve_decision(self.request.user, found)),
            without_reason=len(lacks.reasons),
            without_deviation=len(lacks.deviations),
            orders=read.orders_in_words(found),
            formal=read.is_formal_decision(found),
            signatures=list(read.standing_signatures(found)),
            unsigned=read.unsigned(found) if found.needs_signatures and stands else [],
        )
        context.setdefault("form", DecisionForm.of(found))
        return context

    def _verdicts(self, decision: Decision, typed: Any) -> list[Verdict]:
        """With what was typed in them; nobody is named before an anonymous decision is out."""
        verdicts = list(
            decision.verdicts.select_related(
                "idea__challenge", "idea__series", "idea__organisation"
            ).order_by("idea__series__order", F("rank").asc(nulls_last=True), "idea__number")
        )
        for verdict in verdicts:
            verdict.proposer = (  # type: ignore[attr-defined]
                ""
                if reader.hides_proposer(verdict.idea)
                else reader.proposer(verdict.idea, reader.Audience.STAFF)
            )
            if typed:
                verdict.reason = typed.get(f"reason-{verdict.pk}", verdict.reason)
                verdict.deviation = typed.get(f"deviation-{verdict.pk}", verdict.deviation)
                verdict.awarded = f"awarded-{verdict.pk}" in typed
        departs = read.departing(verdicts)
        for verdict in verdicts:
            verdict.departs = verdict.pk in departs  # type: ignore[attr-defined]
        return verdicts

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        go, by = request.POST.get("go", "save"), person_of(request)
        if go == "draft":
            return self._do(
                lambda: verbs.draft_decision(challenge=self.challenge, by=by, at=self.at)
            )
        if go in ("save", "propose", "assemble"):
            return self._write(self._found, go)
        if go == "return":
            reason = request.POST.get("returned_because", "")
            return self._do(
                lambda: verbs.return_decision(decision=self._found, by=by, reason=reason)
            )
        if go == "approve":
            return self._do(lambda: verbs.approve_decision(decision=self._found, by=by, at=self.at))
        raise Http404

    @property
    def _found(self) -> Decision:
        if self.decision is None:
            raise Http404
        return self.decision

    def _do(self, verb: Callable[[], object]) -> HttpResponse:
        try:
            verb()
        except DomainError as error:
            messages.error(self.request, words_of(error))
        else:
            messages.success(self.request, _("Done."))
        return redirect("scoring_admin:decision", self.challenge.pk)

    def _write(self, decision: Decision, go: str) -> HttpResponse:
        """Save what was typed; on any refusal the page comes back with it."""
        posted, by = self.request.POST, person_of(self.request)
        form = DecisionForm(posted)
        if form.is_valid():
            choices = {
                pk: verbs.Choice(
                    awarded=f"awarded-{pk}" in posted,
                    reason=posted[f"reason-{pk}"],
                    deviation=posted.get(f"deviation-{pk}", ""),
                )
                for pk in decision.verdicts.exclude(idea__in=self.closed).values_list(
                    "pk", flat=True
                )
                if f"reason-{pk}" in posted
            }
            publish_at: dt.datetime | None = form.cleaned_data["publish_at"]
            try:
                verbs.write_decision(
                    decision=decision,
                    choices=choices,
                    statement=form.cleaned_data["statement"],
                    publish_at=publish_at,
                    objection_days=form.cleaned_data["objection_days"],
                    needs_signatures=form.cleaned_data["needs_signatures"],
                    by=by,
                )
                if go == "assemble":
                    filled = verbs.assemble_reasons(decision=decision, by=by)
                if go == "propose":
                    verbs.propose_decision(decision=decision, by=by, at=self.at)
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(
                    self.request,
                    ngettext(
                        "%(count)s reason was assembled. Read it before you go on.",
                        "%(count)s reasons were assembled. Read them before you go on.",
                        filled,
                    )
                    % {"count": filled}
                    if go == "assemble"
                    else _("The decision has been saved."),
                )
                return redirect("scoring_admin:decision", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form, typed=posted), status=400)


class ExcuseView(DecisionView):
    """Go on without one juror's signature, with a reason."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("scoring_admin:decision", self.challenge.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        juror = get_object_or_404(Juror, challenge=self.challenge, pk=kwargs["juror"])
        return self._do(
            lambda: excuse_signer(
                decision=self._found,
                juror=juror,
                reason=request.POST.get("reason", ""),
                by=person_of(request),
                at=self.at,
            )
        )


def words_of(error: DomainError) -> str:
    """The refusal in one line, with what is wrong in each field."""
    errors = getattr(error, "errors", None)
    return " ".join(word for words in errors.values() for word in words) if errors else str(error)
