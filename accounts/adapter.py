"""allauth's voice: its letters go through our outbox, never from inside a request."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import get_language

from core import mail


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail.send(
            to=email,
            template=template_prefix.rpartition("/")[2],
            language=get_language() or "fi",
            context={key: value for key, value in context.items() if key in ("code", "email")},
        )

    def is_open_for_signup(self, request: Any) -> bool:
        """There is no separate sign-up: the first sign-in makes the account."""
        return False

    def generate_login_code(self) -> str:
        return six_digits()


def six_digits() -> str:
    """A code for a letter: a phone's keyboard and a screen reader both take digits easily."""
    return "".join(secrets.choice("0123456789") for _ in range(6))
