"""Staff look through reports and comments: hide with a reason, restore, leave as it is."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from ideas import moderation
from ideas.admin.views import StaffView, is_number
from ideas.models import Comment, Idea


class HideForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody reads it in the place of what is hidden."),
        required=False,
        widget=forms.TextInput,
    )


class ModerationView(StaffView):
    """POST: `what` (comment or idea) and `number` say of which; `do` hides, restores or leaves."""

    template_name = "admin/ideas/moderation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        refused: tuple[moderation.Target, HideForm] | None = kwargs.get("refused")
        self.log_names("moderation")

        def form_of(target: moderation.Target) -> HideForm:
            if refused and refused[0] == target:
                return refused[1]
            return HideForm(auto_id=f"id_{target._meta.model_name}_{target.pk}_%s")

        waiting = moderation.waiting(self.challenge, without=self.closed)
        asked = [one.target for one in waiting]
        context["waiting"] = [(one.target, form_of(one.target), one.reasons) for one in waiting]
        context["hidden"] = moderation.hidden(self.challenge, without=self.closed)
        context["newest"] = [
            (one, form_of(one))
            for one in moderation.newest(self.challenge, without=self.closed)
            if one not in asked
        ]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        target = self._target()
        form = HideForm(request.POST, auto_id=f"id_{target._meta.model_name}_{target.pk}_%s")
        by, do = person_of(request), request.POST.get("do")
        form.is_valid()
        try:
            if do == "restore":
                moderation.restore(target=target, by=by)
                messages.success(request, _("It is public again."))
            elif do == "leave":
                moderation.leave(target=target, by=by, at=self.at)
                messages.success(request, _("It stays public; the reports are done with."))
            else:
                reason = form.cleaned_data.get("reason", "")
                moderation.hide(target=target, reason=reason, by=by, at=self.at)
                messages.success(request, _("It is hidden; the reason is shown in its place."))
        except DomainError as error:
            show_errors(form, error)
            context = self.get_context_data(refused=(target, form))
            return self.render_to_response(context, status=400)
        return redirect("ideas_admin:moderation", self.challenge.pk)

    def _target(self) -> moderation.Target:
        """One of this challenge that is not closed to the person, or 404."""
        number = self.request.POST.get("number", "")
        found: moderation.Target | None = None
        if is_number(number):
            if self.request.POST.get("what") == "idea":
                ideas = Idea.objects.for_writing().delivered().filter(challenge=self.challenge)
                found = ideas.exclude(pk__in=self.closed).filter(pk=number).first()
            else:
                comments = Comment.objects.filter(idea__challenge=self.challenge)
                found = comments.exclude(idea__in=self.closed).filter(pk=number).first()
        if found is None:
            raise Http404
        return found
