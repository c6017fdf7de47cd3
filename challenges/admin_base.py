"""What every back-office view of a challenge stands on: whose it is, its tabs, its breadcrumbs."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.signed_in import person_of
from challenges import queries
from challenges.admin_tabs import tabs
from challenges.models import Challenge
from core.arrival import arrived_at


class ChallengeAdminView(WagtailAdminTemplateMixin, TemplateView):
    """A tab of one challenge. Set `tab` and `template_name`; templates extend
    admin/challenges/tab.html and fill its block `tab`.

    `self.challenge` is the challenge, `self.at` the moment when the request arrived. A challenge
    that is not of the person's own municipality is not there (404).
    """

    tab = "overview"
    header_icon = "clipboard-list"
    challenge: Challenge

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.at = arrived_at(request)
        found = queries.staff_challenge(person_of(request), kwargs["pk"])
        if found is None:
            raise Http404
        self.challenge = found
        self.tabs = tabs(has_jury=found.has_jury)
        if self.tab and self.tab not in {one.key for one in self.tabs}:
            raise Http404  # a page of the jury, and this challenge has none

    def get_page_title(self) -> str:
        return str(self.challenge)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("challenges_admin:index"), "label": _("Challenges")},
            {
                "url": reverse("challenges_admin:dashboard", args=[self.challenge.pk]),
                "label": str(self.challenge),
            },
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.update(
            challenge=self.challenge,
            status=self.challenge.status_at(self.at),
            at=self.at,
            tabs=[
                {
                    "label": one.label,
                    "url": reverse(one.url_name, args=[self.challenge.pk]),
                    "current": one.key == self.tab,
                }
                for one in self.tabs
            ],
        )
        return context
