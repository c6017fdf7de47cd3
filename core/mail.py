"""Letters are rows: written in the transaction of the deed, delivered by the outbox only.

A crash between the mail server's "accepted" and our commit sends a letter again. Its Message-ID is
made once and kept in its row, so the copies are recognisable to servers and readers as one letter.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime, parseaddr
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import models, transaction
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation

from core import clock, outbox
from core.models import Mail

QUEUED, GREYLISTED = "mail.queued", "mail.greylisted"
TRIED_FOR = timedelta(days=4)  # RFC 5321, 4.5.4.1: whoever sends gives up after 4 or 5 days


@dataclass(frozen=True)
class Letter:
    """A letter to be written: to whom, the template's name, what it says, in which language."""

    to: str
    template: str
    context: dict[str, Any]
    language: str = "fi"
    about: models.Model | None = None


def send(
    *,
    to: str,
    template: str,
    context: dict[str, Any],
    language: str = "fi",
    about: models.Model | None = None,
) -> Mail:
    """Write the letter templates/mail/<template>.txt (and .html when there is one) and queue it.

    The text's first line is "Subject: …". In the templates `site_url` stands for the address of
    the service, without a slash at its end.
    """
    return send_all([Letter(to, template, context, language, about)])[0]


def send_all(letters: Iterable[Letter]) -> list[Mail]:
    """`send` for many at once: the same few statements, whatever their number."""
    with transaction.atomic():
        written = Mail.objects.bulk_create([_written(letter) for letter in letters])
        outbox.emit_each(QUEUED, [{"mail": letter.pk} for letter in written])
    return written


def _written(letter: Letter) -> Mail:
    context = {"site_url": settings.SITE_URL, "language": letter.language, **letter.context}
    about = letter.about
    with translation.override(letter.language):
        subject, text = _text(letter.template, context)
        return Mail(
            to=letter.to,
            template=letter.template,
            language=letter.language,
            subject=subject,
            text=text,
            html=_html(letter.template, {**context, "subject": subject}),
            about_type=about._meta.label_lower if about is not None else "",
            about_id=str(about.pk) if about is not None else "",
            message_id=Mail.new_message_id(_domain()),
        )


def written(template: str, *, context: dict[str, Any], language: str = "fi") -> tuple[str, str]:
    """(subject, text) of a letter as `send` would write it, for showing it beforehand."""
    with translation.override(language):
        return _text(template, {"site_url": settings.SITE_URL, "language": language, **context})


class PostAway(Exception):
    """The mail server does not answer or does not let us in; no letter is to blame."""


class Greylisted(Exception):
    """The mail server does not take this letter now: it may later."""


def deliver(letter: Mail) -> None:
    """Hand the letter to the mail server and mark it sent. A letter that was sent stays sent.

    Raises PostAway, Greylisted while the letter is young, or what the server says of it.
    """
    if letter.state == Mail.State.SENT:
        return
    server = get_connection()
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[letter.to],
        connection=server,
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(letter.created_at),
            "Content-Language": letter.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    # Before the letter is spoken of nothing can be its fault; after that nothing is the others'.
    try:
        server.open()
    except Exception as error:
        _note(letter, error)
        raise PostAway from error
    try:
        message.send()
    except Exception as error:
        _note(letter, error)
        if _may_go_later(error) and letter.created_at > clock.now() - TRIED_FOR:
            raise Greylisted from error
        raise
    finally:
        with suppress(Exception):  # what the server says at the end changes nothing
            server.close()
    Mail.objects.filter(pk=letter.pk).update(state=Mail.State.SENT, sent_at=clock.now(), error="")


def _note(letter: Mail, error: Exception) -> None:
    Mail.objects.filter(pk=letter.pk).update(
        state=Mail.State.FAILED, error=f"{type(error).__name__}: {error}"[:2000]
    )


def _may_go_later(error: Exception) -> bool:
    """The server's reply is 4yz, "not now" (RFC 5321, 4.2.1), or the line broke."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _said in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, SMTPException):
        return isinstance(error, SMTPServerDisconnected)
    return isinstance(error, OSError)


def _text(template: str, context: dict[str, Any]) -> tuple[str, str]:
    # Plain text: what people wrote is not HTML here, so nothing is escaped.
    found = get_template(f"mail/{template}.txt")
    whole = found.template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]
    first, _, text = whole.lstrip().partition("\n")
    if not first.startswith("Subject:"):
        raise ValueError(f"mail/{template}.txt must begin with a line «Subject: …»")
    return " ".join(first.removeprefix("Subject:").split())[:300], text.strip() + "\n"


def _html(template: str, context: dict[str, Any]) -> str:
    try:
        found = get_template(f"mail/{template}.html")
    except TemplateDoesNotExist:
        return ""
    return found.render(context)


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
