"""Staff's pages: the proposals of a challenge, one of them, the check of eligibility, the table."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges.admin_base import ChallengeAdminView
from challenges.models import Series
from challenges.states import Act
from core import audit
from core.errors import DomainError
from core.forms import show_errors
from ideas import (
    bulk,
    correspondence,
    downloads,
    eligibility,
    queries,
    reader,
    registry,
    rules,
    secret_review,
)
from ideas.admin import queries as read
from ideas.admin.forms import CheckForm, MessageForm
from ideas.models import Idea
from ideas.states import DELIVERED, BatchAction, IdeaState
from ideas.versions import is_intact

PER_PAGE = 50


class StaffView(ChallengeAdminView):
    """A page of the tab. Wagtail lets in only people who have signed in."""

    tab = "proposals"

    @cached_property
    def closed(self) -> frozenset[int]:
        """What a tie closes to a member of staff who also sits on the jury."""
        return registry.closed_to(self.request.user)

    @cached_property
    def series(self) -> list[Series]:
        return list(self.challenge.series.all())

    def log_names(self, page: str) -> None:
        """With blind jurying it is on record who has seen who proposes, and when."""
        if reader.hides_proposers(self.challenge, self.series):
            audit.record(
                "proposers.seen", self.challenge, by=person_of(self.request), data={"page": page}
            )


class ProposalsView(StaffView):
    """All that has been handed in, with filters; the same can be done to many (bulk.py)."""

    template_name = "admin/ideas/proposals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        self.log_names("list")
        filters = read.StaffFilters.of(self.request.GET)
        found = read.for_list(read.delivered(self.challenge, filters, without=self.closed))
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        query = {"q": filters.q, "series": filters.series, "state": filters.state}
        context.update(
            page=page,
            rows=[(idea, reader.proposer(idea, reader.Audience.STAFF)) for idea in page],
            filters=filters,
            counts=read.counts(self.challenge),
            series=self.series,
            states=[state for state in IdeaState if state in DELIVERED],
            actions=BatchAction.choices,
            undoable=bulk.undoable(self.challenge, by=person_of(self.request), at=self.at),
            query=urlencode({key: value for key, value in query.items() if value}),
        )
        return context


def is_number(value: str) -> bool:
    """A proposal's number in a form, not too long to be one."""
    return value.isascii() and value.isdigit() and len(value) < 10


class OneProposalView(StaffView):
    def _idea(self) -> Idea:
        found = read.one(self.challenge, self.kwargs["number"], without=self.closed)
        if found is None:
            raise Http404
        return found


class ProposalView(OneProposalView):
    """One proposal as staff see it: what was handed in, its versions, the check."""

    template_name = "admin/ideas/proposal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        idea = context.setdefault("idea", None) or self._idea()
        checks = list(idea.checks.select_related("by"))
        with_jury = registry.is_with_jury(idea)
        open_to_check = idea.state != IdeaState.DECIDED and not with_jury
        policy = registry.check_policy(idea)
        mine = (
            checks
            if policy.persons == 1
            else [c for c in checks if c.by_id == self.request.user.pk]
        )
        form = context.get("form") or CheckForm(
            gates=policy.gates,
            has_jury=self.challenge.has_jury,
            initial={
                "eligible": ("yes" if mine[0].eligible else "no") if mine else None,
                "reason": mine[0].reason if mine else "",
                **({f"gate_{key}": n for key, n in mine[0].gates.items()} if mine else {}),
            },
        )
        if policy.persons > 1 and (policy.settled or idea.state != IdeaState.SUBMITTED):
            open_to_check = open_to_check and idea.state == IdeaState.SUBMITTED
        if reader.hides_proposer(idea):
            audit.record("proposer.seen", idea, by=person_of(self.request))
        refused = checks[0].reason if checks and idea.state == IdeaState.INELIGIBLE else ""
        context.setdefault("message_form", MessageForm())
        context.update(
            idea=idea,
            correspondence=correspondence.conversation(idea),
            proposer=reader.proposer(idea, reader.Audience.STAFF),
            rows=[row for row in reader.rows(idea, reader.Audience.STAFF) if row.is_answered],
            claims=secret_review.claims_of(idea),
            may_open_secrets=rules.can_review_secrets(self.request.user, idea, at=self.at),
            versions=[(one, is_intact(one)) for one in idea.versions.order_by("-number")],
            checks=checks,
            steps=queries.trail(idea, at=self.at, refused_because=refused),
            with_jury=with_jury,
            similar=self._similar(idea),
            may_check=open_to_check and self.challenge.allows(Act.CHECK, at=self.at),
            too_early=open_to_check and not self.challenge.allows(Act.CHECK, at=self.at),
            form=form,
            policy=policy,
            votes=eligibility.votes_on(idea) if policy.persons > 1 else None,
            unchecked=read.next_unchecked(self.challenge, idea.number or 0, without=self.closed),
        )
        return context

    @staticmethod
    def _similar(idea: Idea) -> list[registry.Similar]:
        """While it waits for a check: what it may be a double of, among what is public."""
        if idea.state != IdeaState.SUBMITTED:
            return []
        query = registry.SimilarQuery(
            text=f"{idea.title}\n{idea.summary}",
            language=idea.language,
            challenge_id=idea.challenge_id,
            exclude_idea=idea.pk,
        )
        return registry.similar(query)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        idea = self._idea()
        gates = registry.check_policy(idea).gates
        form = CheckForm(request.POST, gates=gates, has_jury=self.challenge.has_jury)
        if form.is_valid():
            try:
                eligibility.check_idea(
                    idea=idea,
                    eligible=form.cleaned_data["eligible"] == "yes",
                    reason=form.cleaned_data["reason"],
                    gates=form.answers,
                    by=person_of(self.request),
                    at=self.at,
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(
                    request, _("%(reference)s has been checked.") % {"reference": idea.reference}
                )
                return self._onwards(request, idea)
        context = self.get_context_data(form=form, idea=idea)
        return self.render_to_response(context, status=400)

    def _onwards(self, request: HttpRequest, idea: Idea) -> HttpResponse:
        """To the next unchecked one when that button was pressed, else stay."""
        number = idea.number
        if "next" in request.POST:
            after = idea.number or 0
            unchecked = read.next_unchecked(self.challenge, after, without=self.closed)
            if unchecked is None:
                return redirect("ideas_admin:proposals", self.challenge.pk)
            number = unchecked.number
        return redirect("ideas_admin:proposal", self.challenge.pk, number)


class TableView(StaffView):
    """All delivered proposals with every answer as a table; the list's filters hold."""

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        self.log_names("table")
        filters = read.StaffFilters.of(request.GET)
        found = read.delivered(self.challenge, filters, without=self.closed)
        return downloads.respond(
            self.challenge, found, kwargs["kind"], audience=reader.Audience.STAFF
        )
