"""What allauth asks when somebody comes back from a provider of OpenID Connect."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import oidc
from accounts.actions import ensure_user
from core import audit, mail

UNTRUE = gettext_lazy("The answer of the identity provider could not be trusted. Try again.")


class OidcAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The answer is that to our question; then identify, or link and sign in."""
        provider = oidc.find(sociallogin.account.provider)
        token, state = sociallogin.id_token, sociallogin.state
        if provider is None or not constant_time_compare(
            str(token.get("nonce", "")), state.get("nonce") or "-"
        ):
            raise refusal(request, UNTRUE)
        acr = str(token.get("acr", ""))
        if acr in provider.acr:
            subject = sociallogin.account.uid
            oidc.remember(request, provider=provider.key, acr=acr, subject=subject)
        process = state.get("process")
        if process == AuthProcess.REDIRECT:
            if acr not in provider.acr:
                raise refusal(request, _("This way of identification is not strong enough."))
        elif process != AuthProcess.LOGIN or not provider.sign_in:
            raise refusal(request, UNTRUE)
        elif not sociallogin.is_existing:
            link(request, sociallogin, provider)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **more: Any
    ) -> None:
        if error == AuthError.CANCELLED:
            raise refusal(request, _("You stopped before you were identified."))
        raise refusal(request, UNTRUE)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """`link` has made the account by then, or refused."""
        return False


@transaction.atomic
def link(request: HttpRequest, sociallogin: Any, provider: oidc.Provider) -> None:
    """To the account of the address that the provider has verified; made at first need."""
    email = next((one.email for one in sociallogin.email_addresses if one.verified), None)
    if email is None:
        raise refusal(
            request,
            _(
                "%(provider)s does not tell of a verified e-mail address. "
                "Sign in with a code by e-mail instead."
            )
            % {"provider": provider.label},
        )
    user = ensure_user(
        email=email, language=get_language() or "fi", name=str(sociallogin.told_name)[:150]
    )
    sociallogin.connect(request, user)
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    audit.record("sign_in.linked", user, by=user, data={"provider": provider.key})
    mail.send(
        to=user.email,
        template="second_factor",
        language=user.language,
        context={"what": gettext_lazy("a new way to sign in was added")},
    )


def refusal(request: HttpRequest, message: Any, *, status: int = 403) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(refused(request, message, status=status))


def refused(request: HttpRequest, message: Any, *, status: int) -> HttpResponse:
    return render(request, "account/oidc_refused.html", {"message": message}, status=status)
