"""The back office of an open challenge: take the opening back, pause, go on, give more time."""

from abc import abstractmethod
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts.signed_in import person_of
from challenges import lifecycle
from challenges.admin_base import ChallengeAdminView
from challenges.forms import ExtendForm, PauseForm
from core.errors import DomainError
from core.forms import show_errors


class DeedView(ChallengeAdminView):
    """A button of the overview: POST does it, GET leads back there."""

    done: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("challenges_admin:dashboard", self.challenge.pk)

    @abstractmethod
    def deed(self) -> None:
        """The verb."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.deed()
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(self.done))
        return redirect("challenges_admin:dashboard", self.challenge.pk)


class UndoView(DeedView):
    done = gettext_lazy("The opening was taken back.")

    def deed(self) -> None:
        lifecycle.undo_opening(challenge=self.challenge, by=person_of(self.request), at=self.at)


class ResumeView(DeedView):
    done = gettext_lazy("The call goes on.")

    def deed(self) -> None:
        lifecycle.resume(challenge=self.challenge, by=person_of(self.request), at=self.at)


class NoticeView(ChallengeAdminView):
    """A form whose words go to everybody who has begun."""

    template_name = "admin/challenges/notice.html"
    form_class: type[forms.Form]
    heading: Any
    explained: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("form", self.form_class())
        return {**context, "heading": self.heading, "explained": self.explained}

    @abstractmethod
    def deed(self, given: dict[str, Any]) -> list[str]:
        """The verb with what the form gave; what else there is to tell, in words."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                told = self.deed(form.cleaned_data)
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Done. Everybody who has begun is told."))
                for words in told:
                    messages.info(request, words)
                return redirect("challenges_admin:dashboard", self.challenge.pk)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class PauseView(NoticeView):
    form_class = PauseForm
    heading = gettext_lazy("Pause the call")
    explained = gettext_lazy(
        "Nothing can be handed in until you let it go on. Drafts are kept and can be read."
    )

    def deed(self, given: dict[str, Any]) -> list[str]:
        lifecycle.pause(
            challenge=self.challenge, reason=given["reason"], by=person_of(self.request), at=self.at
        )
        return []


class ExtendView(NoticeView):
    form_class = ExtendForm
    heading = gettext_lazy("Give more time")
    explained = gettext_lazy(
        "The call closes later, and every phase after it moves by as many days."
    )

    def deed(self, given: dict[str, Any]) -> list[str]:
        return lifecycle.extend(
            challenge=self.challenge, by=person_of(self.request), at=self.at, **given
        )
