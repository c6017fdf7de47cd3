"""Staff's pages of the jury: people, ties, rounds, assignment, how far it is."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError, Invalid
from core.forms import show_errors
from ideas import reader
from scoring.actions import panel
from scoring.actions.terms import usual_terms, write_terms
from scoring.admin.base import JuryAdminView
from scoring.admin.forms import InviteForm
from scoring.admin.jury_forms import JurorForm, TermsForm
from scoring.queries import panel as read
from scoring.queries.terms import current_terms

PER_PAGE = 50
LONGEST_PK = 18  # digits
ANSWERS = ("none", "conflict")


class JuryView(JuryAdminView):
    """Jurors with their progress, ties that wait, how far each round is."""

    tab = "jury"
    template_name = "admin/scoring/jury.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rounds = read.rounds_of(self.challenge)
        series = list(self.challenge.series.all())
        begun = {one.round.series_id for one in rounds}
        context.update(
            jurors=list(read.panel_of(self.challenge)),
            ties=list(read.open_ties(self.challenge, without=self.closed)),
            rounds=rounds,
            without_round=[one for one in series if one.pk not in begun],
            hidden=reader.hides_proposers(self.challenge, series),
        )
        return context


class InviteView(JuryAdminView):
    tab = "jury"
    template_name = "admin/scoring/invite.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", InviteForm(challenge=self.challenge))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = InviteForm(request.POST, challenge=self.challenge)
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = panel.invite_jurors(
                    challenge=self.challenge,
                    people=panel.read_invitations(given["people"]),
                    series=list(self.challenge.series.filter(key__in=given["series"])),
                    expertise=list(self.challenge.themes.filter(key__in=given["expertise"])),
                    by=person_of(request),
                    at=self.at,
                )
            except Invalid as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Invited: %(count)s.") % {"count": len(made)})
                return redirect("scoring_admin:jury", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class RemoveView(JuryAdminView):
    """Take a juror off, after saying what follows."""

    tab = "jury"
    template_name = "admin/scoring/remove.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["juror"] = get_object_or_404(self.challenge.jurors, pk=self.kwargs["juror"])
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        juror = get_object_or_404(self.challenge.jurors, pk=kwargs["juror"])
        panel.remove_juror(juror=juror, by=person_of(request), at=self.at)
        messages.success(request, _("%(juror)s is off the jury.") % {"juror": juror})
        return redirect("scoring_admin:jury", self.challenge.pk)


class TiesView(JuryAdminView):
    """The register of ties, the «none» answers too; possible ones are settled here."""

    tab = "jury"
    template_name = "admin/scoring/ties.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        register = read.register_of_ties(self.challenge, without=self.closed)
        context["page"] = Paginator(register, PER_PAGE).get_page(self.request.GET.get("page"))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number, answer = request.POST.get("declaration", ""), request.POST.get("answer", "")
        if not number.isdecimal() or len(number) > LONGEST_PK or answer not in ANSWERS:
            raise Http404
        declaration = get_object_or_404(read.register_of_ties(self.challenge), pk=int(number))
        try:
            panel.settle_declaration(
                declaration=declaration,
                conflict=answer == "conflict",
                by=person_of(request),
                at=self.at,
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The tie has been settled."))
        return redirect("scoring_admin:jury", self.challenge.pk)


class JurorView(JuryAdminView):
    """What staff know of a juror: series, expertise, limit, chair; which terms were accepted."""

    tab = "jury"
    template_name = "admin/scoring/juror.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = self.challenge.jurors.select_related("terms", "user")
        self.juror = get_object_or_404(found, pk=kwargs["juror"])
        self.juror.challenge = self.challenge

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.update(juror=self.juror, newest=current_terms(self.challenge))
        context.setdefault("form", JurorForm.of(self.juror))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = JurorForm(request.POST, challenge=self.challenge)
        if form.is_valid():
            given = form.cleaned_data
            try:
                panel.change_juror(
                    juror=self.juror,
                    series=list(self.challenge.series.filter(key__in=given["series"])),
                    expertise=list(self.challenge.themes.filter(key__in=given["expertise"])),
                    capacity=given["capacity"],
                    chair=given["chair"],
                    by=person_of(request),
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("scoring_admin:jury", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class TermsView(JuryAdminView):
    """The terms that jurors accept: the newest version as a form, earlier ones below."""

    tab = "jury"
    template_name = "admin/scoring/terms.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        newest = current_terms(self.challenge)
        if "form" not in context:
            context["form"] = TermsForm(initial={"body": newest.body if newest else usual_terms()})
        context.update(
            newest=newest,
            versions=self.challenge.jury_terms.select_related("by").annotate(
                accepted=Count("accepted_by")
            ),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TermsForm(request.POST)
        if form.is_valid():
            try:
                write_terms(
                    challenge=self.challenge,
                    body=form.cleaned_data["body"],
                    by=person_of(request),
                    at=self.at,
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The terms have been saved."))
                return redirect("scoring_admin:terms", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form), status=400)
