"""Staff's pages of rounds: where each series is, who advances, the grey zone, runs, pitches."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges.models import Series
from core.errors import DomainError, Invalid, NotNow
from ideas import reader
from ideas.models import Idea
from scoring.actions import assign, moves, rounds
from scoring.admin.base import JuryAdminView
from scoring.models import Assignment, Juror, Round
from scoring.queries import assigning
from scoring.queries import rounds as read
from scoring.queries.panel import Progress
from scoring.stages import BEST, THRESHOLD
from scoring.states import AssignmentState, JurorState, RoundState, SheetState

PER_PAGE = 50
MOST_DIGITS = 9


def numbers(written: str) -> list[int] | None:
    """Numbers with commas or spaces between; None when something else is among them."""
    parts = written.replace(",", " ").split()
    if all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in parts):
        return sorted({int(part) for part in parts})
    return None


class SeriesView(JuryAdminView):
    """A page about one series' rounds. `self.series`; `self.latest` may be None."""

    tab = "rounds"
    series: Series
    latest: Round | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.series = get_object_or_404(self.challenge.series, key=kwargs["key"])
        self.series.challenge = self.challenge
        self.latest = read.latest_round(self.series)
        if self.latest:
            self.latest.series = self.series

    @property
    def round(self) -> Round:
        if self.latest is None:
            raise Http404
        return self.latest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(series=self.series, **{"round": self.latest, **kwargs})

    def back(self) -> HttpResponse:
        return redirect("scoring_admin:rounds", self.challenge.pk)

    def refuse(self, error: DomainError) -> None:
        words = [text for texts in getattr(error, "errors", {}).values() for text in texts]
        for text in words or [str(error)]:
            messages.error(self.request, text)


class RoundsView(JuryAdminView):
    """Where every series is, what is next, one press."""

    tab = "rounds"
    template_name = "admin/scoring/rounds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        standings = []
        for series in self.challenge.series.all():
            series.challenge = self.challenge
            standings.append(read.standing_of(series))
        context["standings"] = standings
        return context


class StepView(SeriesView):
    """The presses of the page of rounds that need no page of their own."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = person_of(request)
        go = request.POST.get("go", "")
        try:
            if go == "eligibility":
                rounds.close_eligibility(series=self.series, by=by, at=self.at)
            elif go == "moderate":
                rounds.begin_moderation(round_=self.round, by=by, at=self.at)
            elif go == "certify":
                rounds.certify_round(round_=self.round, by=by, at=self.at)
            elif go == "undo":
                rounds.undo_advance(round_=self.round, by=by)
            else:
                raise Http404
        except DomainError as error:
            self.refuse(error)
        else:
            messages.success(request, _("Done."))
        return self.back()


class AssignView(SeriesView):
    """The assignment of a series' round, shown before it is confirmed. Showing writes nothing."""

    template_name = "admin/scoring/assign.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "anchors" in request.POST:
            return self._anchors(request)
        try:
            with_round = assign.ensure_round(series=self.series, by=person_of(request))
            made = assign.assign_round(
                round_=with_round,
                by=person_of(request),
                at=self.at,
                expected=request.POST.get("plan", ""),
            )
        except assign.PlanHasChanged as error:
            messages.warning(request, str(error))
            return self._show(status=409)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("%(count)s reviews have been given out.") % {"count": len(made.result.added)},
            )
        return self.back()

    def _show(self, status: int = 200, **more: Any) -> HttpResponse:
        try:
            found = read.round_to_assign(self.series)
        except NotNow as error:
            messages.error(self.request, str(error))
            return self.back()
        made = assigning.plan(found)
        anchors = found.anchors.order_by("number") if found.pk else []
        context = {
            "round": found,
            "plan": made,
            "anchors": ", ".join(str(idea.number) for idea in anchors),
            **more,
        }
        return self.render_to_response(self.get_context_data(**context), status=status)

    def _anchors(self, request: HttpRequest) -> HttpResponse:
        typed = request.POST["anchors"]
        chosen = numbers(typed)
        error = _("Write numbers of proposals with commas between, for example 3, 17, 42.")
        try:
            if chosen is None:
                raise Invalid(errors={"anchors": [error]})
            found = assign.ensure_round(series=self.series, by=person_of(request))
            ideas = list(read.candidates(found).filter(number__in=chosen))
            missing = sorted(set(chosen) - {idea.number for idea in ideas})
            if missing:
                words = _("These are not among the proposals of the round: %(numbers)s.")
                given = {"numbers": ", ".join(map(str, missing))}
                raise Invalid(errors={"anchors": [words % given]})
            rounds.set_anchors(round_=found, ideas=ideas, by=person_of(request), at=self.at)
        except Invalid as refusal:
            shown = {"anchors": typed, "anchor_errors": refusal.errors.get("anchors", [])}
            return self._show(status=400, **shown)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.back()
        messages.success(request, _("The anchor proposals have been saved."))
        return redirect("scoring_admin:assign", self.challenge.pk, self.series.key)


class CloseView(SeriesView):
    """Close a series' round, after saying what is missing."""

    template_name = "admin/scoring/close.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(progress=Progress(self.round), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            rounds.close_round(round_=self.round, by=person_of(request), at=self.at)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Scoring is closed."))
        return self.back()


class AdvanceView(SeriesView):
    """Who would advance by the frozen rule, before it is done."""

    template_name = "admin/scoring/advance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        made = rounds.advancing(self.round)
        shown = [one for one in made.rows if one[0].idea.pk not in self.closed]
        page = Paginator(shown, PER_PAGE).get_page(self.request.GET.get("page"))
        context.update(
            advancing=made,
            page=page,
            cut=made.cut,
            best=made.rule.by == BEST,
            threshold=made.rule.by == THRESHOLD,
            may=self.round.is_done
            and self.round.advanced_at is None
            and read.next_stage(self.round) is not None,
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            made = rounds.advance_round(
                round_=self.round,
                by=person_of(request),
                at=self.at,
                expected=request.POST.get("plan", ""),
            )
        except assign.PlanHasChanged as error:
            messages.warning(request, str(error))
            return self.render_to_response(self.get_context_data(), status=409)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            words = _("%(count)s proposals advance. It may be undone until the next round opens.")
            messages.success(request, words % {"count": made.cut})
        return self.back()


class RunsView(SeriesView):
    """Every run of the assignment of the series, made again from its inputs and compared."""

    template_name = "admin/scoring/runs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = Round.objects.filter(series=self.series).order_by("number")
        context["replays"] = [
            (one, [assigning.replay(run) for run in assigning.runs_of(one)]) for one in found
        ]
        return context


class PitchView(SeriesView):
    """The turns of the live final."""

    template_name = "admin/scoring/pitch.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.latest is None or not self.latest.live:
            raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        typed = context.get("typed") or {}
        rows = list(
            self.round.scores.select_related("idea__organisation").order_by("pitch", "idea__number")
        )
        context["rows"] = [
            (row, typed.get(f"turn-{row.idea_id}", row.pitch or turn))
            for turn, row in enumerate(rows, start=1)
        ]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = self.round.scores.values_list("idea_id", flat=True)
        typed = {pk: request.POST.get(f"turn-{pk}", "") for pk in wanted}
        order = {
            pk: int(turn)
            for pk, turn in typed.items()
            if turn.isascii() and turn.isdigit() and len(turn) <= MOST_DIGITS
        }
        try:
            if len(order) != len(typed):
                raise Invalid(errors={"": [_("Give each proposal a turn of its own, from 1 on.")]})
            rounds.set_pitches(round_=self.round, order=order, by=person_of(request))
        except DomainError as error:
            self.refuse(error)
            context = self.get_context_data(typed=request.POST)
            return self.render_to_response(context, status=400)
        messages.success(request, _("The order of the pitches has been saved."))
        return redirect("scoring_admin:pitch", self.challenge.pk, self.series.key)


class ScreenView(PitchView):
    """The projector: who pitches now and who is next; no scores, no proposer in a blind round."""

    template_name = "admin/scoring/screen.html"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [row for row, _turn in context["rows"]]
        asked = self.request.GET.get("turn", "1")
        turn = int(asked) if asked.isdecimal() and len(asked) <= MOST_DIGITS else 1
        turn = min(max(turn, 1), max(len(rows), 1))
        context.update(
            turn=turn,
            turns=len(rows),
            now=rows[turn - 1] if rows else None,
            following=rows[turn] if turn < len(rows) else None,
            blind=reader.hides_proposers(self.challenge, [self.series]),
        )
        return context


class ReadersView(SeriesView):
    """One proposal: its way through the rounds, who reads it, and moves by hand."""

    template_name = "admin/scoring/readers.html"
    idea: Idea

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.idea = get_object_or_404(
            Idea.objects.delivered()
            .filter(series=self.series)
            .exclude(pk__in=self.closed)
            .select_related("series"),
            number=kwargs["number"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        given = assigning.readers(self.latest, self.idea) if self.latest else {}
        is_open = self.latest is not None and self.latest.state == RoundState.OPEN
        mine = self.latest is not None and read.candidates(self.latest).filter(pk=self.idea.pk)
        loads = assigning.loads_by_juror(self.latest) if self.latest else {}
        jurors = self.series.jurors.filter(state=JurorState.ACCEPTED).prefetch_related("expertise")
        rows = []
        for juror in jurors:
            one = given.get(juror.pk)
            holds = one is not None and one.state == AssignmentState.CONFIRMED
            sheet = getattr(one, "sheet", None) if one else None
            rows.append(
                {
                    "juror": juror,
                    "assignment": one,
                    "holds": holds,
                    "sheet": sheet,
                    "movable": holds and (sheet is None or sheet.state == SheetState.DRAFT),
                    "load": loads.get(juror.pk, 0),
                    "knows": self.idea.theme_id in {theme.pk for theme in juror.expertise.all()},
                    "against": ""
                    if holds or not self.latest
                    else moves.why_not(self.latest, self.idea, juror),
                }
            )
        context.update(
            idea=self.idea,
            blind=reader.hides_proposer(self.idea),
            rows=rows,
            may_move=bool(is_open and mine and mine.exists()),
            path=read.path_of(self.idea),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = person_of(request)
        try:
            if give := request.POST.get("give"):
                moves.give_to(
                    round_=self.round, idea=self.idea, juror=self._juror(give), by=by, at=self.at
                )
            elif take := request.POST.get("take"):
                moves.take_off(assignment=self._assignment(take), by=by, at=self.at)
            else:
                raise Http404
        except DomainError as error:
            self.refuse(error)
        else:
            messages.success(request, _("Done."))
        return redirect(
            "scoring_admin:readers", self.challenge.pk, self.series.key, self.idea.number
        )

    def _juror(self, pk: str) -> Juror:
        return get_object_or_404(self.challenge.jurors.select_related("user"), pk=_pk(pk))

    def _assignment(self, juror: str) -> Assignment:
        found = self.round.assignments.select_related("round__series__challenge")
        return get_object_or_404(found, idea=self.idea, juror=_pk(juror))


def _pk(given: str) -> int:
    if not given.isdecimal() or len(given) > 2 * MOST_DIGITS:
        raise Http404
    return int(given)
