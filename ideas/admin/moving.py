"""Move chosen proposals to another series: what would happen first, then the press."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges.models import Series
from core.errors import DomainError
from core.forms import show_errors
from ideas import moving
from ideas.admin import queries as read
from ideas.admin.views import StaffView, is_number
from ideas.models import Idea


class MoveForm(forms.Form):
    series = forms.ModelChoiceField(
        Series.objects.none(), label=gettext_lazy("To the series"), to_field_name="key"
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The proposers are told these words."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, series: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].queryset = series  # type: ignore[attr-defined]


class MoveView(StaffView):
    """Shows what would move and what would not; POST moves, but for `look`. `chosen`: numbers."""

    template_name = "admin/ideas/move.html"

    def _chosen(self, given: Any) -> list[Idea]:
        numbers = [value for value in given.getlist("chosen") if is_number(value)]
        mine = read.delivered(self.challenge, without=self.closed)
        return list(mine.for_writing().filter(number__in=numbers))

    def _series(self, given: Any) -> Series | None:
        """The one that was chosen, else the only other one."""
        others = {one.key: one for one in self.series}
        return others.get(given.get("series", "")) or (self.series[-1] if self.series else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        to = self._series(given)
        self.log_names("move")
        context.setdefault(
            "form",
            MoveForm(series=self.challenge.series.all(), initial={"series": to.key if to else ""}),
        )
        context["to"] = to
        context["prospects"] = moving.prospects(self._chosen(given), to) if to else []
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "look" in request.POST:  # from the list, whose form is one of posts
            return self.render_to_response(self.get_context_data())
        form = MoveForm(request.POST, series=self.challenge.series.all())
        if form.is_valid():
            chosen = self._chosen(request.POST)
            try:
                moved = moving.move(
                    ideas=chosen,
                    to=form.cleaned_data["series"],
                    reason=form.cleaned_data["reason"],
                    by=person_of(request),
                    at=self.at,
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                self._tell(request, chosen, moved)
                return redirect("ideas_admin:proposals", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _tell(self, request: HttpRequest, chosen: list[Idea], moved: list[Idea]) -> None:
        """With a button that leads to moving them back."""
        words = ngettext("%(n)s proposal was moved.", "%(n)s proposals were moved.", len(moved))
        numbers = {idea.number for idea in moved}
        before = {one.series.key for one in chosen if one.number in numbers}
        buttons = []
        if len(before) == 1:
            query = urlencode(
                [("chosen", number) for number in sorted(filter(None, numbers))]
                + [("series", before.pop())]
            )
            page = reverse("ideas_admin:move", args=[self.challenge.pk])
            buttons.append(messages.button(f"{page}?{query}", _("Move back")))
        messages.success(request, words % {"n": len(moved)}, buttons=buttons)
