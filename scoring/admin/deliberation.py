"""Staff's pages of the jury's talk: agenda, one proposal at a time, projector, minutes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from ideas import reader
from scoring.actions import deliberation as verbs
from scoring.admin.base import JuryAdminView
from scoring.models import AgendaItem, Juror, Meeting
from scoring.queries import deliberation as read
from scoring.queries.minutes import minutes_of
from scoring.queries.rounds import scored_rounds
from scoring.states import ItemState, JurorState, MeetingState

LONGEST_PK = 18  # digits


class ItemForm(forms.Form):
    notes = forms.CharField(
        label=gettext_lazy("What was said"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    consensus = forms.DecimalField(
        label=gettext_lazy("Agreed score, 0–100"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy(
            "Only if the jury agreed on one. It is kept beside the jurors' scores and never counted"
            " into them."
        ),
    )
    consensus_reason = forms.CharField(
        label=gettext_lazy("Why the jury agreed on it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def of(cls, item: AgendaItem) -> "ItemForm":
        return cls(
            initial={
                "notes": item.notes,
                "consensus": item.consensus,
                "consensus_reason": item.consensus_reason,
            }
        )


class MeetingsView(JuryAdminView):
    """Meetings of the challenge's rounds; a new one is prepared here."""

    tab = "meetings"
    template_name = "admin/scoring/meetings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        meetings = list(read.meetings_of(self.challenge))
        busy = {one.round_id for one in meetings if one.state != MeetingState.CLOSED}
        context.update(
            meetings=meetings,
            rounds=[one for one in scored_rounds(self.challenge) if one.pk not in busy],
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.POST.get("round", "")
        pk = int(asked) if asked.isdecimal() and len(asked) <= LONGEST_PK else 0
        round_ = get_object_or_404(scored_rounds(self.challenge), pk=pk)
        round_.series.challenge = self.challenge
        try:
            meeting = verbs.prepare_meeting(round_=round_, by=person_of(request), at=self.at)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("scoring_admin:meetings", self.challenge.pk)
        return redirect("scoring_admin:meeting", self.challenge.pk, meeting.pk)


class _OfMeeting(JuryAdminView):
    tab = "meetings"
    meeting: Meeting

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.meeting = get_object_or_404(read.meetings_of(self.challenge), pk=kwargs["meeting"])
        self.meeting.round.series.challenge = self.challenge

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "meeting": self.meeting}


class MeetingView(_OfMeeting):
    """The agenda, who is present; begin, end."""

    template_name = "admin/scoring/meeting.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        topics = read.agenda_of(self.meeting, without=self.closed)
        not_offered = self.closed | {topic.item.idea_id for topic in topics}
        present = set(self.meeting.present.values_list("pk", flat=True))
        context.update(
            topics=topics,
            jurors=[
                (juror, juror.pk in present or not present)
                for juror in Juror.objects.filter(
                    series=self.meeting.round.series_id, state=JurorState.ACCEPTED
                )
            ],
            others=[
                score.idea
                for score in self.meeting.round.scores.select_related("idea").order_by(
                    "idea__number"
                )[:500]
                if score.idea_id not in not_offered
            ]
            if self.meeting.state != MeetingState.CLOSED
            else [],
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        go, by = request.POST.get("go", ""), person_of(request)
        try:
            if go == "begin":
                verbs.open_meeting(
                    meeting=self.meeting,
                    present=_numbers(request.POST.getlist("present")),
                    by=by,
                    at=self.at,
                )
            elif go == "add":
                idea = next(iter(_numbers([request.POST.get("idea", "")])), 0)
                score = get_object_or_404(
                    self.meeting.round.scores.exclude(idea__in=self.closed).select_related("idea"),
                    idea=idea,
                )
                verbs.add_item(meeting=self.meeting, idea=score.idea, by=by)
            elif go == "refresh":
                verbs.prepare_meeting(round_=self.meeting.round, by=by, at=self.at)
            elif go == "close":
                verbs.close_meeting(meeting=self.meeting, by=by, at=self.at)
                return redirect("scoring_admin:minutes", self.challenge.pk, self.meeting.pk)
            else:
                raise Http404
        except DomainError as error:
            messages.error(request, _said(error))
        return redirect("scoring_admin:meeting", self.challenge.pk, self.meeting.pk)


class _OfItem(_OfMeeting):
    """One proposal of the agenda, by its order."""

    item: AgendaItem

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.items = list(
            self.meeting.items.exclude(idea__in=self.closed).select_related(
                "idea__current_version", "idea__form"
            )
        )
        place = next((n for n, one in enumerate(self.items) if one.order == kwargs["order"]), None)
        if place is None:
            raise Http404
        self.item = self.items[place]
        self.item.meeting = self.meeting
        self.before = self.items[place - 1] if place else None
        self.after = self.items[place + 1] if place + 1 < len(self.items) else None
        self.number = place + 1

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        item = self.item
        barred = read.barred(self.meeting, item.idea_id)
        here = set(self.meeting.present.values_list("pk", flat=True))
        context.update(
            item=item,
            number=self.number,
            count=len(self.items),
            before=self.before,
            after=self.after,
            standing=self.meeting.round.standings.filter(idea=item.idea_id).first(),
            totals=read.totals_of(item),
            leaving=[juror for juror in barred if juror.pk in here],
            signs=list(self.meeting.round.signs.filter(idea=item.idea_id).select_related("juror")),
            changes=[
                change
                for change in read.changes_during(self.meeting)
                if change.idea_id == item.idea_id
            ]
            if self.meeting.opened_at
            else [],
        )
        return context


class ItemView(_OfItem):
    """What is said of one proposal and agreed."""

    template_name = "admin/scoring/item.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", ItemForm.of(self.item))
        context["editable"] = (
            self.meeting.state == MeetingState.OPEN and self.item.state != ItemState.WAITING
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        go, by = request.POST.get("go", "save"), person_of(request)
        if go == "open":
            try:
                verbs.open_item(item=self.item, by=by, at=self.at)
            except DomainError as error:
                messages.error(request, _said(error))
            return redirect(self._address("item"))
        form = ItemForm(request.POST)
        if form.is_valid():
            agreed: Decimal | None = form.cleaned_data["consensus"]
            try:
                verbs.write_item(
                    item=self.item,
                    notes=form.cleaned_data["notes"],
                    consensus=agreed,
                    consensus_reason=form.cleaned_data["consensus_reason"],
                    done=go == "done",
                    by=by,
                    at=self.at,
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Written down."))
                if go == "done" and self.after is not None:
                    return redirect(
                        "scoring_admin:item", self.challenge.pk, self.meeting.pk, self.after.order
                    )
                return redirect(self._address("item"))
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _address(self, name: str) -> Any:
        return redirect(
            f"scoring_admin:{name}", self.challenge.pk, self.meeting.pk, self.item.order
        )["Location"]


class ProjectorView(_OfItem):
    """One proposal in big type for the whole room. Nobody's name is on it but of who must leave.

    Before the proposal has been taken up only its number is shown and who leaves the room.
    """

    template_name = "admin/scoring/projector.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        hidden = self.meeting.state == MeetingState.OPEN and self.item.state == ItemState.WAITING
        context.update(
            hidden=hidden,
            answers=[]
            if hidden
            else [
                row
                for row in reader.rows(self.item.idea, reader.Audience.JURY)
                if row.is_answered and row.is_long
            ],
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            verbs.open_item(item=self.item, by=person_of(request), at=self.at)
        except DomainError as error:
            messages.error(request, _said(error))
        return redirect(
            "scoring_admin:projector", self.challenge.pk, self.meeting.pk, self.item.order
        )


class MinutesView(_OfMeeting):
    """The minutes, to be printed or kept."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.meeting.opened_at is None:
            raise Http404
        context = minutes_of(self.meeting, without=self.closed)
        documents = self.meeting.documents.defer("content").order_by("pk")
        context["documents"] = [] if self.closed else list(documents)
        return render(request, "admin/scoring/minutes.html", context)


def _numbers(given: list[str]) -> list[int]:
    return [int(one) for one in given if one.isdecimal() and len(one) <= LONGEST_PK]


def _said(error: DomainError) -> str:
    """The refusal in one sentence, with what is wrong where the action says it by field."""
    words = [message for several in getattr(error, "errors", {}).values() for message in several]
    return " ".join(words) or str(error)
