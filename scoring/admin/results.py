"""Staff's pages of the ranking and of the decision."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges.admin_base import ChallengeAdminView, show_errors
from core import export
from core.errors import DomainError
from ideas import reader
from scoring import ranking
from scoring.actions import decision as verbs
from scoring.admin.forms import DecisionForm
from scoring.models import Decision
from scoring.queries.panel import rounds_of
from scoring.queries.ranking import rank_round
from scoring.rules import can_approve_decision
from scoring.states import DecisionState


class RankingView(ChallengeAdminView):
    """The ranking of every series, recomputed from the sheets."""

    tab = "ranking"
    template_name = "admin/scoring/ranking.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["rankings"] = [rank_round(one.round) for one in rounds_of(self.challenge)]
        return context


class RankingDownload(ChallengeAdminView):
    """The ranking as a table, or as the canonical JSON that anybody can recompute."""

    tab = "ranking"

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        rankings = [rank_round(one.round) for one in rounds_of(self.challenge)]
        name = f"{self.challenge.slug}-ranking"
        if kwargs["kind"] == "json":
            response = HttpResponse(
                ranking.canonical_json([one.result for one in rankings]),
                content_type="application/json",
            )
            response["Content-Disposition"] = f'attachment; filename="{name}.json"'
            return response
        head = [
            _("Series"),
            _("Place"),
            _("Number"),
            _("Title"),
            _("Score"),
            _("Sheets"),
            _("Missing"),
        ]
        rows = (
            [
                one.round.series.key,
                row.place.rank,
                row.idea.reference,
                row.idea.title,
                row.place.score,
                row.place.sheets,
                len(row.place.missing),
            ]
            for one in rankings
            for row in one.rows
        )
        if kwargs["kind"] == "xlsx":
            return export.xlsx_response(f"{name}.xlsx", head, rows)
        return export.csv_response(f"{name}.csv", head, rows)


class DecisionView(ChallengeAdminView):
    """The decision: winners and reasons, written by one, approved by another."""

    tab = "decision"
    template_name = "admin/scoring/decision.html"
    decision: Decision | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.decision = Decision.objects.filter(challenge=self.challenge).first()
        if self.decision:
            self.decision.challenge = self.challenge

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = self.decision
        verdicts = (
            list(
                found.verdicts.select_related("idea__series", "idea__organisation").order_by(
                    "idea__series__order", "rank", "idea__number"
                )
            )
            if found
            else []
        )
        typed = context.get("typed") or {}
        for verdict in verdicts:
            verdict.proposer = reader.proposer(verdict.idea, reader.Audience.STAFF)  # type: ignore[attr-defined]
            if typed:
                verdict.reason = typed.get(f"reason-{verdict.pk}", verdict.reason)
                verdict.awarded = f"awarded-{verdict.pk}" in typed
        context.update(
            decision=found,
            verdicts=verdicts,
            editable=bool(found and found.state == DecisionState.DRAFT),
            waiting=bool(found and found.state == DecisionState.PROPOSED),
            can_approve=bool(found and can_approve_decision(self.request.user, found)),
            without_reason=sum(not verdict.reason for verdict in verdicts),
        )
        if found:
            context.setdefault("form", DecisionForm.of(found))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        go = request.POST.get("go", "save")
        if go == "draft":
            return self._do(
                lambda: verbs.draft_decision(
                    challenge=self.challenge, by=person_of(request), at=self.at
                )
            )
        if go in ("save", "propose"):
            return self._write(self._found, propose=go == "propose")
        if go == "return":
            return self._do(
                lambda: verbs.return_decision(decision=self._found, by=person_of(request))
            )
        if go == "approve":
            return self._do(
                lambda: verbs.approve_decision(
                    decision=self._found, by=person_of(request), at=self.at
                )
            )
        raise Http404

    @property
    def _found(self) -> Decision:
        if self.decision is None:
            raise Http404
        return self.decision

    def _do(self, verb: Any) -> HttpResponse:
        try:
            verb()
        except DomainError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("Done."))
        return redirect("scoring_admin:decision", self.challenge.pk)

    def _write(self, decision: Decision, *, propose: bool) -> HttpResponse:
        """Save what was typed; on any refusal the page comes back with it."""
        posted = self.request.POST
        form = DecisionForm(posted)
        if form.is_valid():
            choices = {
                pk: verbs.Choice(awarded=f"awarded-{pk}" in posted, reason=posted[f"reason-{pk}"])
                for pk in decision.verdicts.values_list("pk", flat=True)
                if f"reason-{pk}" in posted
            }
            publish_at: dt.datetime | None = form.cleaned_data["publish_at"]
            try:
                verbs.write_decision(
                    decision=decision,
                    choices=choices,
                    statement=form.cleaned_data["statement"],
                    publish_at=publish_at,
                    by=person_of(self.request),
                )
                if propose:
                    verbs.propose_decision(
                        decision=decision, by=person_of(self.request), at=self.at
                    )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(self.request, _("The decision has been saved."))
                return redirect("scoring_admin:decision", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form, typed=posted), status=400)
