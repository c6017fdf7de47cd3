"""What kind of a competition a challenge is, in the back office; the end of a consultation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges import profile_actions, profiles
from challenges.admin_base import ChallengeAdminView
from challenges.forms import ConcludeForm, ProfileForm
from challenges.states import ChallengeState
from core.errors import DomainError
from core.forms import show_errors


class ProfileView(ChallengeAdminView):
    """POST saves the kind and what it says, while that may be chosen."""

    tab = "basics"
    template_name = "admin/challenges/profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        challenge = self.challenge
        closes = challenge.closes_at
        context.setdefault("form", ProfileForm.of(challenge))
        context.setdefault("conclude", ConcludeForm())
        context.update(
            kind=profiles.kind_of(challenge),
            said=profiles.said(challenge),
            may_choose=profile_actions.may_choose(challenge),
            may_conclude=challenge.state == ChallengeState.OPENED
            and not challenge.has_jury
            and closes is not None
            and self.at >= closes,
        )
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ProfileForm.of(self.challenge, request.POST)
        if form.is_valid():
            try:
                profile_actions.save_profile(
                    challenge=self.challenge,
                    profile=form.cleaned_data["profile"],
                    statements=form.statements,
                    notice_url=form.cleaned_data.get("notice_url", self.challenge.notice_url),
                    by=person_of(request),
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("challenges_admin:profile", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class ConcludeView(ProfileView):
    """POST publishes what a consultation taught, and ends it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("challenges_admin:profile", self.challenge.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ConcludeForm(request.POST)
        if form.is_valid():
            try:
                profile_actions.conclude(
                    challenge=self.challenge, by=person_of(request), at=self.at, **form.cleaned_data
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Published. The consultation has ended."))
                return redirect("challenges_admin:dashboard", self.challenge.pk)
        return self.render_to_response(self.get_context_data(conclude=form), status=400)
