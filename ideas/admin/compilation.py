"""Staff's page of the compilation: order it, see how far it has come, open it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from accounts.signed_in import person_of
from core.errors import DomainError
from ideas import compilation
from ideas.admin.views import StaffView
from ideas.models import Compilation
from ideas.states import BEING_MADE, CompilationState

LOOK_AGAIN = 3  # seconds


class CompilationView(StaffView):
    template_name = "admin/ideas/compilation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = list(
            Compilation.objects.filter(challenge=self.challenge)
            .defer("body", "pdf")
            .order_by("language", "-asked_at")
        )
        ready = [one for one in found if one.state == CompilationState.READY]
        context.update(
            found=found,
            being_made=any(one.state in BEING_MADE for one in found),
            outdated=bool(ready) and compilation.outdated(ready[0]),
            ready=bool(ready),
        )
        return context

    def render_to_response(self, context: dict[str, Any], **response: Any) -> HttpResponse:
        """While it is being made the page looks again by itself."""
        made: HttpResponse = super().render_to_response(context, **response)
        if context["being_made"]:
            made["Refresh"] = str(LOOK_AGAIN)
        return made

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            compilation.order_compilation(
                challenge=self.challenge, by=person_of(request), at=self.at
            )
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("The compilation is being made."))
        return redirect("ideas_admin:compilation", self.challenge.pk)
