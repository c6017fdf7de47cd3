"""allauth's second factors in our words; what they are checked against is encrypted at rest."""

import base64
from typing import TYPE_CHECKING, Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy

from accounts import queries, second_factor
from core import lazy

if TYPE_CHECKING:
    import qrcode
    from cryptography import fernet
    from qrcode.image import svg
else:
    fernet = lazy.module("cryptography.fernet")
    qrcode = lazy.module("qrcode")
    svg = lazy.module("qrcode.image.svg")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("The code is not right, or it is too old."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor. Add another one before you remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        return str(_box().encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        return str(_box().decrypt(encrypted_text.encode()).decode())

    def build_totp_svg(self, url: str) -> str:
        picture = qrcode.make(url, image_factory=svg.SvgPathImage, border=2)
        return str(picture.to_string(encoding="unicode"))

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        return gettext("Passkey %(number)d") % {
            "number": Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        }

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Not the last one of a person whose role needs it."""
        user = authenticator.user
        return not second_factor.must_have(user) or queries.has_second_factor(
            user, beside=authenticator.pk
        )


def _box() -> Any:
    """Opens what this installation has closed: its key follows from SECRET_KEY."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return fernet.MultiFernet([fernet.Fernet(_key(str(key))) for key in keys])


def _key(secret: str) -> bytes:
    made = salted_hmac("talkoot.second_factor", "", secret=secret, algorithm="sha256")
    return base64.urlsafe_b64encode(made.digest())
