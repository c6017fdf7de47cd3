"""Pages of one's own second factors: allauth's views in our look, each in one transaction with its
audit row. Loaded at first use: they bring cryptography with them.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts import factors, queries, second_factor
from accounts.signed_in import person_of


def onward(request: HttpRequest) -> dict[str, str]:
    """Where the person was going when a door sent them here: its address, and it as a query."""
    url = get_next_redirect_url(request) or ""
    query = f"?{urlencode({REDIRECT_FIELD_NAME: url})}" if url else ""
    return {"onward": url, "onward_query": query}


def has_shown(request: HttpRequest, kind: str) -> None:
    """Who has just set a factor up, has shown it: neither a door nor a page asks for it again."""
    person = person_of(request)
    made = Authenticator.objects.filter(user=person, type=kind).latest("pk")
    record_authentication(request, person, "mfa", id=made.pk, type=kind, reauthenticated=True)


class SecondStep(AuthenticateView):  # type: ignore[misc]
    """Between the code of the letter and being signed in, for whoever has a second factor."""

    template_name = "account/second_step.html"

    @transaction.atomic
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        return response


class Again(ReauthenticateView):  # type: ignore[misc]
    """The factor once more: before it is changed, and at doors of a session without it."""

    template_name = "account/factor_again.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not queries.has_second_factor(request.user):
            return redirect(f"{reverse('mfa_index')}{onward(request)['onward_query']}")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @transaction.atomic
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        return response


class Index(IndexView):  # type: ignore[misc]
    template_name = "accounts/factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        needed = second_factor.must_have(self.request.user)
        return {**found, "needed": needed, **onward(self.request)}


class App(ActivateTOTPView):  # type: ignore[misc]
    template_name = "accounts/factor_app.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        secret = found["form"].secret
        groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
        return {**found, "groups": groups, **onward(self.request)}

    def get_success_url(self) -> str:
        return f"{super().get_success_url()}{onward(self.request)['onward_query']}"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        person, kind = person_of(self.request), Authenticator.Type.TOTP
        factors.tell("added", user=person, by=person, kind=kind)
        has_shown(self.request, kind)
        return response


class AppOff(DeactivateTOTPView):  # type: ignore[misc]
    template_name = "accounts/factor_app_off.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        person = person_of(self.request)
        factors.tell("removed", user=person, by=person, kind=Authenticator.Type.TOTP)
        return response


class Codes(ViewRecoveryCodesView):  # type: ignore[misc]
    template_name = "accounts/factor_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **onward(self.request)}


class CodesNew(GenerateRecoveryCodesView):  # type: ignore[misc]
    template_name = "accounts/factor_codes_new.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        person = person_of(self.request)
        factors.tell("codes_made", user=person, by=person)
        return response


class CodesFile(DownloadRecoveryCodesView):  # type: ignore[misc]
    template_name = "accounts/factor_codes.txt"


second_step = SecondStep.as_view()
again = never_cache(Again.as_view())
index = never_cache(Index.as_view())
app = never_cache(App.as_view())
app_off = never_cache(AppOff.as_view())
codes = never_cache(Codes.as_view())
codes_new = never_cache(CodesNew.as_view())
codes_file = CodesFile.as_view()
