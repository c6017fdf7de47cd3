"""What an action says when it will not do what was asked. Messages are for the person who asked."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Message = str | Promise


NOT_HERE = _("This page does not exist.")
TO_CORRECT = _("Some of the information needs to be corrected.")


class DomainError(Exception):
    """A refusal with a message for the user; `message` may be lazily translated."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Denied(DomainError):
    """The person has no right to it. Shown as 404: what one may not see is not there."""

    def __init__(self, message: Message = NOT_HERE) -> None:
        super().__init__(message)


class NotNow(DomainError):
    """Allowed to this person, but the present state forbids it (shown as 409)."""


class Invalid(DomainError):
    """What was given does not do; `errors` maps a field (or "" for the whole) to its messages."""

    def __init__(
        self,
        message: Message = TO_CORRECT,
        *,
        errors: Mapping[str, Sequence[Message]] | None = None,
    ) -> None:
        super().__init__(message)
        self.errors: dict[str, list[str]] = {
            field: [str(text) for text in texts] for field, texts in (errors or {}).items()
        }


def require(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence: require(rules.can_…)
    """Go on only when the rule says yes; otherwise `Denied`."""
    if not allowed:
        raise Denied
