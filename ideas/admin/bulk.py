"""The same done to many proposals: what would happen, the press, what happened, undo."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError, NotNow
from core.forms import show_errors
from ideas import bulk, bulk_kinds
from ideas.admin import queries as read
from ideas.admin.views import StaffView, is_number
from ideas.bulk_kinds import Plan
from ideas.models import Batch, IdeaQuerySet
from ideas.states import BatchAction

REASON = gettext_lazy("Reason")
TOLD = gettext_lazy("The proposers are told these words.")
LABELS: dict[str, tuple[Any, Any]] = {
    BatchAction.REFUSE: (REASON, TOLD),
    BatchAction.MOVE: (REASON, TOLD),
    BatchAction.HIDE: (REASON, gettext_lazy("Everybody reads it in the place of what is hidden.")),
    BatchAction.WRITE: (gettext_lazy("Message to the proposers"), ""),
}


LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_signer = signing.Signer(salt="talkoot.bulk")


def sign_of(key: uuid.UUID, at: dt.datetime) -> str:
    """Of a preview that was looked at then."""
    return _signer.sign(f"{key.hex} {int(at.timestamp())}")


def read_sign(sign: str) -> tuple[uuid.UUID, dt.datetime]:
    """A preview that nobody was shown is a new one of long ago."""
    try:
        key, seconds = _signer.unsign(sign).split()
    except signing.BadSignature:
        return uuid.uuid4(), LONG_AGO
    return uuid.UUID(key), dt.datetime.fromtimestamp(int(seconds), tz=dt.UTC)


class BatchForm(forms.Form):
    """What the action asks beside the proposals. `look`: the sign of the preview."""

    look = forms.CharField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    answer_by = forms.DateTimeField(
        label=gettext_lazy("Answer by"),
        help_text=gettext_lazy(
            "If something is missing and you ask for it. Empty when no answer is needed."
        ),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%d.%m.%Y %H.%M"],
    )

    def __init__(self, *args: Any, action: BatchAction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if action in LABELS:
            words = self.fields["words"]
            words.label, words.help_text = LABELS[action]
            words.widget.attrs["maxlength"] = bulk_kinds.WORDS[action]
        else:
            del self.fields["words"]
        if action != BatchAction.WRITE:
            del self.fields["answer_by"]


def marks_of(rows: str) -> dict[int, str]:
    """Of `number:mark,…`, as the page has it."""
    pairs = (one.partition(":") for one in rows.split(","))
    return {int(number): mark for number, _colon, mark in pairs if is_number(number)}


class BulkView(StaffView):
    """GET shows what would happen to the `chosen` numbers, or with `which` = all to all that the
    list's filters show; POST does it to those that were shown."""

    template_name = "admin/ideas/bulk.html"

    def _action(self, given: Any) -> BatchAction:
        try:
            return BatchAction(given.get("action", BatchAction.ACCEPT))
        except ValueError as error:
            raise Http404 from error

    def _plan(self, given: Any, **more: Any) -> Plan:
        """What is shown: of a move without a series, what it would be to the last."""
        plan = self._given(given, **more)
        if plan.action == BatchAction.MOVE and plan.series is None and self.series:
            return Plan(plan.action, series=self.series[-1], **more)
        return plan

    def _given(self, given: Any, **more: Any) -> Plan:
        action = self._action(given)
        if action != BatchAction.MOVE:
            return Plan(action, **more)
        named = {one.key: one for one in self.series}
        return Plan(action, series=named.get(given.get("to", "")), **more)

    def _asked(self) -> IdeaQuerySet:
        """What the list asked for; with `which` = all, what its filters show."""
        given = self.request.GET
        if given.get("which") == "all":
            filters = read.StaffFilters.of(given)
            return read.delivered(self.challenge, filters, without=self.closed)
        return self._of([int(one) for one in given.getlist("chosen") if is_number(one)])

    def _of(self, numbers: list[int]) -> IdeaQuerySet:
        return read.delivered(self.challenge, without=self.closed).filter(number__in=numbers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        self.log_names("bulk")
        found: IdeaQuerySet = kwargs.get("found") or self._asked()
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        plan = self._plan(given)
        total = found.count()
        ideas = list(found.for_writing()[: bulk.AT_MOST])
        by = person_of(self.request)
        prospects = bulk.preview(ideas, plan, by=by, at=self.at)
        look = {"look": sign_of(uuid.uuid4(), self.at)}
        context.setdefault("form", BatchForm(action=plan.action, initial=look))
        context.update(
            action=plan.action,
            plan=plan,
            prospects=prospects,
            going=sum(not one.obstacle for one in prospects),
            letters=sum(one.letter for one in prospects),
            left_over=max(0, total - bulk.AT_MOST),
            at_most=bulk.AT_MOST,
            shown=",".join(f"{one.idea.number}:{one.mark}" for one in prospects),
            minutes=int(bulk.REGRET.total_seconds() // 60),
            can_be_undone=plan.action != BatchAction.WRITE,
            filters=read.StaffFilters.of(self.request.GET),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BatchForm(request.POST, action=self._action(request.POST))
        marks = marks_of(request.POST.get("rows", ""))
        key, looked_at = read_sign(request.POST.get("look", ""))
        if form.is_valid():
            plan = self._given(
                request.POST,
                words=form.cleaned_data.get("words", "").replace("\x00", "").strip(),
                answer_by=form.cleaned_data.get("answer_by"),
            )
            try:
                batch = bulk.press(
                    challenge=self.challenge,
                    plan=plan,
                    marks=marks,
                    key=key,
                    looked_at=looked_at,
                    by=person_of(request),
                    at=self.at,
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                return redirect("ideas_admin:batch", self.challenge.pk, batch.pk)
        # What is shown now is what the next press is held against.
        form.data = {**request.POST.dict(), "look": sign_of(key, self.at)}
        context = self.get_context_data(form=form, found=self._of(list(marks)))
        return self.render_to_response(context, status=400)


class BatchView(StaffView):
    """What a batch did, for a day. POST undoes it."""

    template_name = "admin/ideas/batch.html"

    def _batch(self) -> Batch:
        rows = Batch.objects.filter(challenge=self.challenge).select_related("by", "series")
        found = rows.filter(pk=self.kwargs["batch"]).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        batch = self._batch()
        self.log_names("batch")
        shown = batch.rows.filter(idea__withdrawn_at=None).exclude(idea__in=self.closed)
        rows = list(shown.select_related("idea"))
        context.update(
            batch=batch,
            done=[one for one in rows if one.done],
            left=[one for one in rows if not one.done],
            can_undo=bulk.can_undo(batch, by=person_of(self.request), at=self.at),
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self._batch()
        try:
            bulk.undo(batch=batch, by=person_of(request), at=self.at)
        except NotNow as error:
            messages.error(request, str(error))
        else:
            count = batch.rows.filter(undone=True).count()
            words = ngettext(
                "%(n)s proposal is as it was before.",
                "%(n)s proposals are as they were before.",
                count,
            )
            messages.success(request, words % {"n": count})
        return redirect("ideas_admin:batch", self.challenge.pk, batch.pk)
