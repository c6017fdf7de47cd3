"""Staff's dashboard of a jury at work: who has scored what, clocks, reminders in one press."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import Invalid
from ideas import reader
from scoring.actions import remind, standing
from scoring.admin.base import JuryAdminView
from scoring.models import Round
from scoring.queries import dashboard as read
from scoring.queries.rounds import scored_rounds

LONGEST_PK = 18  # digits


def number_of(given: str) -> int | None:
    """A primary key as it was sent, None when it is none."""
    return int(given) if given.isdecimal() and len(given) <= LONGEST_PK else None


class DashboardView(JuryAdminView):
    """Rounds, clocks and a window of the grid juror × proposal."""

    tab = "dashboard"
    template_name = "admin/scoring/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        progress = read.progress_of(self.challenge)
        asked = self.request.GET
        chosen = next(
            (one for one in progress if str(one.round.pk) == asked.get("round")),
            next((one for one in progress if one.round.state == "open"), None)
            or (progress[-1] if progress else None),
        )
        order = asked.get("order", "mean")
        grid = None
        if chosen is not None:
            chosen.round.series.challenge = self.challenge
            grid = read.grid_of(
                chosen.round,
                at=self.at,
                order=order,
                page=asked.get("page"),
                juror_page=asked.get("jurors"),
                without=self.closed,
            )
        context.update(
            progress=progress,
            chosen=chosen,
            clocks=read.clocks_of(self.challenge, at=self.at),
            grid=grid,
            hidden=reader.hides_proposers(self.challenge, [one.round.series for one in progress]),
            order=order if order in read.ORDERS else "mean",
            orders=(
                ("mean", _("Mean")),
                ("number", _("Number")),
                ("missing", _("Fewest sheets first")),
            ),
            states=read.STATES,
        )
        return context


class RemindView(JuryAdminView):
    """Who gets which letter, shown before it is sent."""

    tab = "dashboard"
    template_name = "admin/scoring/remind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.update(
            letters=remind.letters_for(
                challenge=self.challenge, by=person_of(self.request), at=self.at
            ),
            press=uuid.uuid4(),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = [number_of(pk) for pk in request.POST.getlist("jurors")]
        try:
            press = uuid.UUID(request.POST.get("press", ""))
        except ValueError:
            raise Http404 from None
        try:
            sent = remind.remind(
                challenge=self.challenge,
                jurors=[pk for pk in chosen if pk is not None],
                press=press,
                by=person_of(request),
                at=self.at,
            )
        except Invalid as error:
            messages.error(request, " ".join(error.errors["jurors"]))
            return redirect("scoring_admin:remind", self.challenge.pk)
        messages.success(
            request,
            ngettext("%(n)s letter is on its way.", "%(n)s letters are on their way.", sent)
            % {"n": sent}
            if sent
            else _("These letters have been sent already."),
        )
        return redirect("scoring_admin:dashboard", self.challenge.pk)


class ComputeView(JuryAdminView):
    """Compute where a round stands at once, instead of in a moment."""

    tab = "dashboard"
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        round_ = self.round_of(kwargs["round"])
        standing.compute_now(round_=round_, by=person_of(request), at=self.at)
        messages.success(request, _("The figures are up to date."))
        where = "ranking" if request.POST.get("next") == "ranking" else "dashboard"
        response = redirect(f"scoring_admin:{where}", self.challenge.pk)
        response["Location"] += f"?round={round_.pk}"
        return response

    def round_of(self, pk: int) -> Round:
        round_: Round = get_object_or_404(scored_rounds(self.challenge), pk=pk)
        round_.series.challenge = self.challenge
        return round_
