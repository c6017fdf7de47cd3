"""Forms of the second factor: a code of the app, or a recovery code. Loaded at first use."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import factors
from core import ratelimit

SECONDS_OF_A_CODE = 90  # three periods: the one before, its own, the one after


def _code(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        max_length=20,
        error_messages={"required": _("Write the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        **more,
    )


class _Once:
    """A code of the app works once, for as long as it could be right; allauth forgets it sooner."""

    cleaned_data: dict[str, Any]
    authenticator: Any
    user: Any

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not ratelimit.allow(
            "totp", f"{self.user.pk}:{''.join(code.split())}", limit=1, seconds=SECONDS_OF_A_CODE
        ):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def save(self) -> None:
        """A recovery code is used up, so the person is told; in the view's transaction."""
        super().save()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            self.authenticator.refresh_from_db(fields=["data"])
            left = len(self.authenticator.wrap().get_unused_codes())
            factors.tell("code_used", user=self.user, by=self.user, left=left)


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    code = _code(help_text=_("Six digits from your app, or one of your recovery codes."))


class CodeAgainForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    code = _code(help_text=_("Six digits from your app, or one of your recovery codes."))


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    code = _code(help_text=_("Six digits that the app now shows."))


@contextmanager
def _well_formed() -> Iterator[None]:
    """What has not even a passkey's form is refused like a wrong one; fido2 only trips on it."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class _OfKey:
    def clean_credential(self) -> Any:
        with _well_formed():
            return super().clean_credential()  # type: ignore[misc]


class KeyForm(_OfKey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class KeyAgainForm(_OfKey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class KeySignInForm(_OfKey, LoginWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey always: it signs in by itself, and the device asks who holds it."""

    name = forms.CharField(
        label=_("What you call it"),
        help_text=_("For example: my own phone."),
        max_length=60,
        required=False,
    )
    passwordless = None

    def clean(self) -> dict[str, Any]:
        with _well_formed():
            return dict(super().clean())
