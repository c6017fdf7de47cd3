"""Staff's page of the grey zone: what the scores leave open, who would help, the round."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from scoring.actions import assign, rounds
from scoring.admin.dashboard import number_of
from scoring.admin.decision import words_of
from scoring.admin.results import OfRound
from scoring.models import Juror
from scoring.queries import standing as read
from scoring.queries.assigning import Plan
from scoring.queries.rounds import candidates
from scoring.states import JurorState


class GreyView(OfRound):
    """The proposals that the scores leave open, and the jurors who would help most.

    Both come ticked. Showing who would read what, asked by GET, writes nothing; opening the round
    does what was shown, or shows again what has changed.
    """

    template_name = "admin/scoring/grey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        unclear = read.grey_zone(self.round, without=self.closed)
        standing = getattr(self.round, "standing", None)
        context.update(
            unclear=unclear,
            used=bool(standing and standing.used),
            reason=standing.reason if standing else "",
        )
        try:
            grey = rounds.grey_round(self.round)
        except DomainError as refusal:
            context["closed"] = str(refusal)
            return context
        asked = self.request.POST or self.request.GET
        chosen = "extra" in asked
        context.update(
            ideas=self._numbers("ideas") if chosen else {one.standing.idea_id for one in unclear},
            asked=self._numbers("jurors") if chosen else _helping(unclear),
            extra=asked.get("extra", str(grey.reviews)),
            jurors=self._jurors(),
        )
        if chosen and not kwargs.get("problem"):
            try:
                context["plan"] = self._plan()
            except DomainError as refusal:
                context["problem"] = words_of(refusal)
            else:
                context["pairs"] = _by_idea(context["plan"])
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            made = rounds.open_grey_round(
                **self._choice(),
                by=person_of(request),
                at=self.at,
                expected=request.POST.get("plan", ""),
            )
        except assign.PlanHasChanged as change:
            messages.warning(request, str(change))
            return self.render_to_response(self.get_context_data(), status=409)
        except DomainError as refusal:
            problem = words_of(refusal)
            return self.render_to_response(self.get_context_data(problem=problem), status=400)
        messages.success(
            request,
            _("%(count)s reviews have been given out.") % {"count": len(made.result.added)},
        )
        return redirect("scoring_admin:rounds", self.challenge.pk)

    def _numbers(self, name: str) -> set[int]:
        asked = self.request.POST or self.request.GET
        found = (number_of(given) for given in asked.getlist(name))
        return {number for number in found if number is not None}

    def _jurors(self) -> list[Juror]:
        found = Juror.objects.filter(series=self.round.series_id, state=JurorState.ACCEPTED)
        return list(found.order_by("name", "email", "pk"))

    def _choice(self) -> dict[str, Any]:
        asked = self.request.POST or self.request.GET
        of_round = candidates(rounds.grey_round(self.round)).exclude(pk__in=self.closed)
        chosen = self._numbers("jurors")
        return {
            "round_": self.round,
            "ideas": list(of_round.filter(pk__in=self._numbers("ideas")).order_by("number")),
            "extra": number_of(asked.get("extra", "")) or 0,
            "jurors": [one for one in self._jurors() if one.pk in chosen],
        }

    def _plan(self) -> Plan:
        choice = self._choice()
        rounds.check_grey_choice(
            ideas=choice["ideas"], extra=choice["extra"], jurors=choice["jurors"]
        )
        return rounds.plan_grey_round(**choice)


def _helping(unclear: list[read.Unclear]) -> set[int]:
    return {helper.juror.pk for one in unclear for helper in one.helpers}


def _by_idea(plan: Plan) -> list[tuple[Any, list[Juror]]]:
    """Each proposal with those who would read it."""
    jurors = {juror.pk: juror for juror in plan.jurors}
    ideas = {idea.pk: idea for idea in plan.ideas}
    found: dict[int, list[Juror]] = {}
    for idea, juror in plan.pairs():
        found.setdefault(idea, []).append(jurors[juror])
    return [(ideas[pk], readers) for pk, readers in found.items()]
