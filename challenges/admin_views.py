"""The back office of challenges: list, new, overview with checklist, basics, timetable, opening."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from accounts.signed_in import person_of
from challenges import (
    actions,
    completeness,
    dates,
    lifecycle,
    queries,
    recipe_book,
    recipes,
    registry,
    timetable,
)
from challenges.admin_base import ChallengeAdminView
from challenges.cards import phase_marks
from challenges.forms import (
    BasicsForm,
    CancelForm,
    NewChallengeForm,
    SeriesForm,
    ShiftForm,
    TimetableForm,
)
from challenges.states import ChallengeState, PhaseKind
from core import clock
from core.arrival import arrived_at
from core.errors import Invalid, NotNow
from core.forms import show_errors


class IndexView(WagtailAdminTemplateMixin, TemplateView):
    """The challenges of one's own municipality."""

    template_name = "admin/challenges/index.html"
    page_title = gettext_lazy("Challenges")
    header_icon = "clipboard-list"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("challenges_admin:index"), "label": _("Challenges")},
        ]

    def get_header_buttons(self) -> list[Any]:
        if not queries.hosts_of(person_of(self.request)):
            return []
        return [
            HeaderButton(
                _("New challenge from a recipe"),
                url=reverse("challenges_admin:new"),
                icon_name="plus",
            )
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = arrived_at(self.request)
        return {
            **super().get_context_data(**kwargs),
            "rows": queries.staff_list(person_of(self.request), at=at),
            "at": at,
        }


class NewView(WagtailAdminTemplateMixin, TemplateView):
    """Host, recipe, name and opening day make a whole challenge."""

    template_name = "admin/challenges/new.html"
    page_title = gettext_lazy("New challenge from a recipe")
    header_icon = "plus"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not queries.hosts_of(person_of(request)):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("challenges_admin:index"), "label": _("Challenges")},
            {"url": "", "label": self.page_title},
        ]

    def _form(self, data: Any = None) -> NewChallengeForm:
        today = clock.local(clock.now()).date()
        initial = {"recipe": self.request.GET.get("recipe", "mikkeli")}
        user = person_of(self.request)
        return NewChallengeForm(data, user=user, today=today, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", self._form())
        context["recipes"] = recipes.available()
        context["saved"] = recipe_book.saved_by_hosts_of(person_of(self.request))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                recipe = recipe_book.chosen(person_of(request), given["recipe"])
                challenge = actions.create_from_recipe(
                    recipe=recipe,
                    owner=given["owner"],
                    opens_on=given["opens_on"],
                    title=given["title"],
                    contact_email=given["contact_email"],
                    profile=given["profile"],
                    by=person_of(request),
                )
            except Invalid as error:
                show_errors(form, error)
            except recipes.BadRecipe as error:
                show_errors(form, Invalid(errors={"recipe": error.problems}))
            else:
                messages.success(request, _("The challenge is ready to be looked through."))
                _spans, moves = timetable.off_holidays(recipe.timetable(given["opens_on"]))
                for move in moves:
                    messages.info(request, move)
                return redirect("challenges_admin:dashboard", challenge.pk)
        return self.render_to_response(self.get_context_data(form=form))


class DashboardView(ChallengeAdminView):
    """What is missing before opening; afterwards where the challenge stands."""

    tab = "overview"
    template_name = "admin/challenges/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        checklist = (
            completeness.checklist(self.challenge, at=self.at)
            if self.challenge.state == ChallengeState.PREPARING
            else []
        )
        context.update(
            checklist=checklist,
            complete=all(item.ok for item in checklist),
            marks=phase_marks(self.challenge.timetable, context["status"], self.at),
            numbers=registry.idea_numbers(self.challenge),
            pages=sorted(self.challenge.pages.all(), key=lambda page: page.locale_id),
            can_cancel=self.challenge.state in (ChallengeState.PREPARING, ChallengeState.OPENED),
            can_undo=lifecycle.can_reopen_preparation(self.challenge, self.at),
            takes_proposals=self.challenge.state == ChallengeState.OPENED,
        )
        return context


class BasicsView(ChallengeAdminView):
    tab = "basics"
    template_name = "admin/challenges/basics.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", BasicsForm.of(self.challenge))
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BasicsForm.of(self.challenge, request.POST)
        if form.is_valid():
            try:
                actions.save_basics(
                    challenge=self.challenge,
                    by=person_of(request),
                    **form.cleaned_data,
                )
            except (Invalid, NotNow) as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("challenges_admin:basics", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form))


class SeriesView(ChallengeAdminView):
    """The words and the number of winners of one series."""

    tab = "basics"
    template_name = "admin/challenges/series.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        named = {one.key: one for one in self.challenge.series.all()}
        if kwargs["key"] not in named:
            raise Http404
        self.series = named[kwargs["key"]]
        self.series.challenge = self.challenge

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", SeriesForm.of(self.series))
        context["series"] = self.series
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SeriesForm.of(self.series, request.POST)
        if form.is_valid():
            try:
                kept = {"award": self.series.award, "winners": self.series.winners}
                actions.save_series(
                    series=self.series,
                    by=person_of(request),
                    **(kept | form.cleaned_data),
                )
            except (Invalid, NotNow) as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("challenges_admin:basics", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form))


class TimetableView(ChallengeAdminView):
    tab = "timetable"
    template_name = "admin/challenges/timetable.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        dates_now = timetable.of(self.challenge)
        context.setdefault("form", TimetableForm.of(dates_now, profile=self.challenge.profile))
        if PhaseKind.SUBMISSION in dates_now:
            opens_on = clock.local(dates_now[PhaseKind.SUBMISSION][0]).date()
            context.setdefault("shift", ShiftForm(initial={"opens_on": opens_on}))
        return context

    def save(self, phases: timetable.Timetable) -> None:
        actions.save_timetable(
            challenge=self.challenge,
            phases=phases,
            by=person_of(self.request),
            at=self.at,
        )
        messages.success(self.request, _("The timetable was saved."))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TimetableForm.of(
            timetable.of(self.challenge), request.POST, profile=self.challenge.profile
        )
        if form.is_valid():
            try:
                self.save(form.timetable)
            except (Invalid, NotNow) as error:
                show_errors(form, error)
            else:
                return redirect("challenges_admin:timetable", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form))


class ShiftView(TimetableView):
    """Move the opening day; everything after it moves along."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("challenges_admin:timetable", self.challenge.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shift = ShiftForm(request.POST)
        if shift.is_valid():
            before = timetable.of(self.challenge)
            spans, moves = timetable.off_holidays(
                timetable.moved(before, opens_on=shift.cleaned_data["opens_on"])
            )
            try:
                self.save(spans)
            except (Invalid, NotNow) as error:
                words = [one for many in getattr(error, "errors", {}).values() for one in many]
                for message in words or [str(error)]:
                    shift.add_error("opens_on", message)
            else:
                for move in moves:
                    messages.info(request, move)
                return redirect("challenges_admin:timetable", self.challenge.pk)
        return self.render_to_response(self.get_context_data(shift=shift))


class OpenView(ChallengeAdminView):
    """Says exactly what opening does, then does it."""

    template_name = "admin/challenges/open.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        checklist = completeness.checklist(self.challenge, at=self.at)
        context.update(
            checklist=checklist,
            complete=all(item.ok for item in checklist),
            opens=dates.moment(self.challenge.opens_at) if self.challenge.opens_at else "",
            closes=dates.moment(self.challenge.closes_at) if self.challenge.closes_at else "",
            already=bool(self.challenge.opens_at and self.challenge.opens_at <= self.at),
            marks=phase_marks(self.challenge.timetable, context["status"], self.at),
            pages=sorted(self.challenge.pages.all(), key=lambda page: page.locale_id),
            visibility=self.challenge.get_visibility_display(),
            preparing=self.challenge.state == ChallengeState.PREPARING,
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            actions.open_challenge(
                challenge=self.challenge,
                by=person_of(request),
                at=self.at,
            )
        except (Invalid, NotNow) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The challenge is public now."))
        return redirect("challenges_admin:dashboard", self.challenge.pk)


class CancelView(ChallengeAdminView):
    template_name = "admin/challenges/cancel.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", CancelForm())
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CancelForm(request.POST)
        if form.is_valid():
            try:
                actions.cancel_challenge(
                    challenge=self.challenge,
                    reason=form.cleaned_data["reason"],
                    by=person_of(request),
                    at=self.at,
                )
            except (Invalid, NotNow) as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The challenge was cancelled."))
                return redirect("challenges_admin:dashboard", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form))
