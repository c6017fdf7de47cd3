"""Staff's pages of results: raw beside calibrated, other weights, signs."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import sanitize_separators
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from accounts.signed_in import person_of
from core import export
from core.multilingual import text
from ideas import reader
from scoring import ranking, rubrics
from scoring.actions import signs as verbs
from scoring.admin.base import JuryAdminView
from scoring.models import Decision, Round
from scoring.queries import standing as read
from scoring.queries.dashboard import signs_of
from scoring.queries.decision import promises_calibration
from scoring.queries.ranking import rank_round
from scoring.queries.rounds import deciding_rounds, scored_rounds
from scoring.states import CriterionKind, DecisionState

LONGEST_PK = 18  # digits
MOST_WEIGHT = 1000


def chosen_round(rounds: list[Round], asked: str | None) -> Round | None:
    """The one asked for by its pk, else the first of those that decide."""
    return next((one for one in rounds if str(one.pk) == asked), rounds[0] if rounds else None)


class RankingView(JuryAdminView):
    """A round's results from stored figures, a window at a time."""

    tab = "ranking"
    template_name = "admin/scoring/ranking.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rounds = list(scored_rounds(self.challenge))
        deciding = {one.pk for one in deciding_rounds(self.challenge)}
        rounds.sort(key=lambda one: one.pk not in deciding)
        chosen = chosen_round(rounds, self.request.GET.get("round"))
        context["rounds"] = rounds
        if chosen is not None:
            context.update(
                hidden=reader.hides_proposers(self.challenge, [one.series for one in rounds]),
                promised=promises_calibration(chosen.rubric),
                results=read.results_of(
                    chosen, page=self.request.GET.get("page"), without=self.closed
                ),
                missing=chosen.sheets_wanted - chosen.sheets_submitted,
                unanswered=chosen.signs.filter(standing=True, answered_at=None).count(),
            )
        return context


class OfRound(JuryAdminView):
    """A page of one round of the challenge."""

    tab = "ranking"
    round: Round

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = get_object_or_404(scored_rounds(self.challenge), pk=kwargs["round"])
        self.round.series.challenge = self.challenge

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "round": self.round}


class WeightsView(OfRound):
    """What other weights would change. Asked by GET: nothing of it is stored."""

    template_name = "admin/scoring/weights.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["locked"] = Decision.objects.filter(
            challenge=self.challenge,
            state__in=[DecisionState.APPROVED, DecisionState.PUBLISHED],
        ).exists()
        if context["locked"]:
            return context
        asked = self.request.GET
        fields, weights = [], {}
        for criterion in rubrics.published_criteria(self.round.rubric):
            if criterion.kind not in (CriterionKind.SCALE, CriterionKind.THRESHOLD):
                continue
            field, published = f"w-{criterion.key}", f"{criterion.weight.normalize():f}"
            typed = asked.get(field, published).strip()
            weight = weight_of(typed)
            fields.append(
                {
                    "field": field,
                    "name": text(criterion.name),
                    "value": typed,
                    "published": published,
                    "error": ""
                    if weight is not None
                    else _("Write a number from 0 to %(most)s.") % {"most": MOST_WEIGHT},
                }
            )
            weights[criterion.key] = weight
        context["fields"] = fields
        played = any(one["field"] in asked for one in fields)
        if played and all(weight is not None for weight in weights.values()):
            self._play(context, {key: str(weight) for key, weight in weights.items()})
        return context

    def _play(self, context: dict[str, Any], weights: dict[str, str]) -> None:
        if not any(Decimal(weight) for weight in weights.values()):
            context["problem"] = _("Some criterion needs a weight above zero.")
            return
        play = read.play_weights(self.round, weights, without=self.closed)
        context["play"] = play
        context["page"] = Paginator(play.moves, read.PER_PAGE).get_page(
            self.request.GET.get("page")
        )


def weight_of(typed: str) -> Decimal | None:
    """A weight as it was typed, None when it is no number from 0 to `MOST_WEIGHT`."""
    try:
        weight = Decimal(str(sanitize_separators(typed.replace(",", "."))))
    except InvalidOperation:
        return None
    if not weight.is_finite() or not 0 <= weight <= MOST_WEIGHT:
        return None
    return weight if len(typed) <= 8 else None


class SignsView(JuryAdminView):
    """Signs in the scores; jurors are asked for reasons here."""

    tab = "ranking"
    template_name = "admin/scoring/signs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rounds = list(scored_rounds(self.challenge))
        chosen = chosen_round(rounds, self.request.GET.get("round"))
        found = signs_of(chosen, without=self.closed) if chosen else []
        context.update(
            rounds=rounds,
            round=chosen,
            signs=found,
            unasked=sum(sign.asked_at is None for sign in found),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = request.POST.getlist("signs")
        asked = request.POST.get("round", "")
        pk = int(asked) if _is_pk(asked) else 0
        round_ = get_object_or_404(scored_rounds(self.challenge), pk=pk)
        round_.series.challenge = self.challenge
        shown = {sign.pk for sign in signs_of(round_, without=self.closed)}
        letters = verbs.ask_for_reasons(
            round_=round_,
            signs=[pk for pk in map(int, filter(_is_pk, chosen)) if pk in shown],
            by=person_of(request),
            at=self.at,
        )
        if letters:
            messages.success(
                request,
                ngettext("%(n)s letter is on its way.", "%(n)s letters are on their way.", letters)
                % {"n": letters},
            )
        else:
            messages.warning(request, _("Choose what to ask about."))
        response = redirect("scoring_admin:signs", self.challenge.pk)
        response["Location"] += f"?round={round_.pk}"
        return response


def _is_pk(given: str) -> bool:
    return given.isdecimal() and len(given) <= LONGEST_PK


class RankingDownload(JuryAdminView):
    """The ranking as a table, or as the canonical JSON that anybody can recompute.

    The latter is whole or not at all: it is not there for whom a tie closes a part of it.
    """

    tab = "ranking"

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if kwargs["kind"] == "json" and self.closed:
            raise Http404
        rankings = [rank_round(one) for one in deciding_rounds(self.challenge)]
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
            if row.idea.pk not in self.closed
        )
        if kwargs["kind"] == "xlsx":
            return export.xlsx_response(f"{name}.xlsx", head, rows)
        return export.csv_response(f"{name}.csv", head, rows)
