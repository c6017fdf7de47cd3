"""Following by letter: of a challenge or of one proposal, asked twice, at most four letters."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import translation

from challenges.models import Challenge, Follower
from core import mail, tokens
from core.errors import Invalid

KIND: Final = "follow"  # of the secret link
UNCONFIRMED: Final = dt.timedelta(days=7)


MOST: Final = 4  # letters to one follower


class News(TextChoices):
    """Kinds of news. Each is told once to each follower, and of a challenge there are four."""

    ANSWERS = "answers"  # the first questions have been answered
    CHANGED = "changed"  # the call was extended, paused or cancelled
    CLOSED = "closed"
    DECIDED = "decided"
    ADOPTED = "adopted"  # of a proposal: a municipality tries or uses what it became


def token_of(follower: Follower) -> str:
    return tokens.make(KIND, follower.uid.hex)


def of_token(token: str) -> Follower | None:
    known = tokens.read(KIND, token)
    if known is None:
        return None
    return Follower.objects.select_related("challenge__owner").filter(uid=known[0]).first()


@transaction.atomic
def ask(
    *,
    challenge: Challenge,
    followed: UUID,
    name: str,
    email: str,
    language: str,
    at: dt.datetime,
) -> None:
    """Send the letter that confirms; to an address that follows already, nothing. Whoever asks
    learns neither. Raises Invalid (email).
    """
    given = Follower(
        challenge=challenge,
        followed=followed,
        email=email.strip().casefold(),
        language=language,
        asked_at=at,
    )
    try:
        given.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    follower, _made = Follower.objects.get_or_create(
        followed=followed,
        email=given.email,
        defaults={"challenge": challenge, "language": language, "asked_at": at},
    )
    if follower.confirmed_at is None:
        mail.send_all([_letter(follower, "follow_confirm", {"name": name})])


@transaction.atomic
def confirm(follower: Follower, *, at: dt.datetime) -> None:
    Follower.objects.filter(pk=follower.pk, confirmed_at=None).update(confirmed_at=at)


def end(follower: Follower) -> None:
    """Following ends by forgetting the address."""
    Follower.objects.filter(pk=follower.pk).delete()


@transaction.atomic
def tell(news: News, about: Mapping[UUID, dict[str, Any]]) -> int:
    """One letter to each follower of these who has not had this kind of news; how many letters.

    `about`: the followed uid → what templates/mail/follow_news.txt says of it: name, idea (the uid
    of a proposal, for its page), and what the news needs. A constant number of statements.
    """
    rows = Follower.objects.select_for_update(of=("self",)).select_related("challenge__owner")
    followers = [
        one
        for one in rows.filter(followed__in=list(about), confirmed_at__isnull=False)
        if news not in one.told
    ]
    for one in followers:
        one.told = [*one.told, str(news)]
    Follower.objects.bulk_update(followers, ["told"])
    mail.send_all(
        [_letter(one, "follow_news", {**about[one.followed], "news": news}) for one in followers]
    )
    return len(followers)


def forget_unconfirmed(*, at: dt.datetime) -> int:
    """Whoever has not confirmed in a week did not mean it. How many were forgotten."""
    old = Follower.objects.filter(confirmed_at=None, asked_at__lt=at - UNCONFIRMED)
    return old.delete()[0]


def _letter(follower: Follower, template: str, context: dict[str, Any]) -> mail.Letter:
    with translation.override(follower.language):
        path = reverse("challenges:following", args=[token_of(follower)])
        page = follower.challenge.get_absolute_url()
    return mail.Letter(
        to=follower.email,
        template=template,
        language=follower.language,
        context={
            "challenge": follower.challenge,
            "page": page,
            "path": path,
            "number": len(follower.told),
            "most": MOST,
            **context,
        },
        about=follower.challenge,
    )
