"""Staff's messages to a proposer, from the page of the proposal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from core.forms import show_errors
from ideas import correspondence
from ideas.admin.forms import MessageForm
from ideas.admin.views import ProposalView


class MessageView(ProposalView):
    """POST sends; refused words stay in the form."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("ideas_admin:proposal", self.challenge.pk, self._idea().number)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        idea = self._idea()
        form = MessageForm(request.POST)
        if form.is_valid():
            try:
                correspondence.write_to_proposer(
                    idea=idea, by=person_of(request), at=self.at, **form.cleaned_data
                )
            except DomainError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The message was sent."))
                return redirect("ideas_admin:proposal", self.challenge.pk, idea.number)
        context = self.get_context_data(idea=idea, message_form=form)
        return self.render_to_response(context, status=400)
