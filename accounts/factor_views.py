"""Pages of one's own second factors: allauth's views in our look, each in one transaction with its
audit row. Loaded at first use: they bring cryptography with them.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts import factors, queries, second_factor
from accounts.signed_in import person_of
from core.errors import NotNow


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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        options = found["js_data"]["request_options"]["publicKey"]
        return {**found, "has_passkey": bool(options.get("allowCredentials"))}

    @transaction.atomic
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        return response


class _OfThoseWhoHaveOne:
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not queries.has_second_factor(request.user):
            return redirect(f"{reverse('mfa_index')}{onward(request)['onward_query']}")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class Again(_OfThoseWhoHaveOne, ReauthenticateView):  # type: ignore[misc]
    """The factor once more: before it is changed, and at doors of a session without it."""

    template_name = "account/factor_again.html"

    @transaction.atomic
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        return response


class AgainByKey(_OfThoseWhoHaveOne, ReauthenticateWebAuthnView):  # type: ignore[misc]
    """The same by a passkey."""

    template_name = "account/factor_again_key.html"

    @transaction.atomic
    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        for message in form.errors.get("credential", []):
            messages.error(self.request, message)
        return redirect(self.request.get_full_path())


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


class Passkey(AddWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        # The view makes one for the page only; what was refused is shown with the form.
        form = kwargs.get("form") or found["form"]
        data = {"creation_options": options}
        return {**found, "form": form, "js_data": data, **onward(self.request)}

    def get_success_url(self) -> str:
        return f"{super().get_success_url()}{onward(self.request)['onward_query']}"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        person, kind = person_of(self.request), Authenticator.Type.WEBAUTHN
        factors.tell("added", user=person, by=person, kind=kind)
        has_shown(self.request, kind)
        return response


class PasskeyOff(RemoveWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/passkey_off.html"
    success_url = reverse_lazy("mfa_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        needed = not get_adapter().can_delete_authenticator(self.object)
        return {**super().get_context_data(**kwargs), "needed": needed}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            raise NotNow(adapter.error_messages["cannot_delete_authenticator"])
        response: HttpResponse = super().form_valid(form)
        person, kind = person_of(self.request), Authenticator.Type.WEBAUTHN
        factors.tell("removed", user=person, by=person, kind=kind)
        return response


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]
    """The sign-in page asks for a challenge by GET and brings its answer by POST."""


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
again_by_key = never_cache(AgainByKey.as_view())
passkey = never_cache(Passkey.as_view())
passkey_off = never_cache(PasskeyOff.as_view())
passkey_sign_in = never_cache(PasskeySignIn.as_view())
index = never_cache(Index.as_view())
app = never_cache(App.as_view())
app_off = never_cache(AppOff.as_view())
codes = never_cache(Codes.as_view())
codes_new = never_cache(CodesNew.as_view())
codes_file = CodesFile.as_view()
