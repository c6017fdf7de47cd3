"""Staff's page of who proposes while jurying is blind: a deliberate step, on record."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.signed_in import person_of
from ideas import reader
from ideas.models import Idea
from scoring.actions.names import LONGEST, show_proposers
from scoring.admin.base import JuryAdminView
from scoring.queries import names as read

PER_PAGE = 50
SHOWN_FOR = dt.timedelta(minutes=30)
SESSION = "scoring-names"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why you need to see who proposes"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NamesView(JuryAdminView):
    """Names are shown for half an hour after a reason; each window of them is a row of the log."""

    tab = "jury"
    template_name = "admin/scoring/names.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not self._hidden().exists():
            raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if reason := self._reason():
            page = Paginator(self._hidden(), PER_PAGE).get_page(self.request.GET.get("page"))
            show_proposers(
                challenge=self.challenge,
                reason=reason,
                page=page.number,
                by=person_of(self.request),
            )
            context.update(
                page=page,
                rows=[(idea, reader.proposer(idea, reader.Audience.STAFF)) for idea in page],
                until=self._until(),
            )
        else:
            context.setdefault("form", ReasonForm())
        context["seen"] = read.seen(self.challenge)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = {**request.session.get(SESSION, {})}
        if "hide" in request.POST:
            kept.pop(str(self.challenge.pk), None)
        else:
            form = ReasonForm(request.POST)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form), status=400)
            until = (self.at + SHOWN_FOR).isoformat()
            kept[str(self.challenge.pk)] = [until, form.cleaned_data["reason"]]
        request.session[SESSION] = kept
        return redirect("scoring_admin:names", self.challenge.pk)

    def _hidden(self) -> QuerySet[Idea]:
        return read.hidden(self.challenge, without=self.closed)

    def _kept(self) -> tuple[dt.datetime, str] | None:
        kept = self.request.session.get(SESSION, {}).get(str(self.challenge.pk))
        return (dt.datetime.fromisoformat(kept[0]), kept[1]) if kept else None

    def _reason(self) -> str:
        kept = self._kept()
        return kept[1] if kept and kept[0] > self.at else ""

    def _until(self) -> dt.datetime | None:
        kept = self._kept()
        return kept[0] if kept else None
