"""Comments on a public proposal: signed by the link in a letter, answered by the proposer.

The name is what the writer chose to be called; the address is shown to nobody. The record of deeds
has neither, nor the words: only their digest, so that what is erased is erased.
"""

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, mail, outbox, tokens
from core.canonical import digest
from core.errors import Denied, Invalid, NotNow, require
from ideas import rules
from ideas.answers import one_line, plain
from ideas.models import Comment, Idea

KIND: Final = "comment"  # of the secret link
PUBLISHED: Final = "comment.published"
ANSWERED: Final = "comment.answered"
UNCONFIRMED: Final = dt.timedelta(days=7)
MOST_SHOWN: Final = 200  # on a page, the newest


def token_of(comment: Comment) -> str:
    return tokens.make(KIND, comment.uid.hex)


def of_token(token: str) -> Comment | None:
    known = tokens.read(KIND, token)
    if known is None:
        return None
    rows = Comment.objects.select_related("idea__challenge__owner", "idea__series")
    return rows.filter(uid=known[0]).first()


def published(idea: Idea) -> models.QuerySet[Comment]:
    """In the order of time; hidden ones too, whose words are not to be shown."""
    return idea.comments.filter(confirmed_at__isnull=False)


def shown(user: object, idea: Idea) -> list[Comment]:
    """What this reader sees, the newest last. One query."""
    if not rules.can_read_comments(user, idea):
        return []
    newest = published(idea).order_by("-confirmed_at", "-pk")[:MOST_SHOWN]
    return list(reversed(newest))


@transaction.atomic
def write(
    *, idea: Idea, name: str, email: str, text: str, language: str, by: User | None, at: dt.datetime
) -> Comment:
    """Whoever is signed in publishes at once under their own address; others get a letter.

    Raises Invalid (name, email, text), NotNow.
    """
    _require_open(by, idea)
    comment = Comment(
        idea=idea,
        name=one_line(name),
        email=(by.email if by else email).strip().casefold(),
        text=plain(text).strip(),
        language=language,
        written_at=at,
    )
    try:
        comment.full_clean(exclude={"email"} if by else None)
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    comment.save()
    if by is not None:
        return _publish(comment, by=by, at=at)
    with translation.override(language):
        path = reverse("ideas:commented", args=[token_of(comment)])
    mail.send(
        to=comment.email,
        template="comment_confirm",
        language=language,
        context={"idea": idea, "comment": comment, "path": path},
        about=idea.challenge,
    )
    return comment


@transaction.atomic
def confirm(comment: Comment, *, at: dt.datetime) -> Comment:
    """By the link in the letter. Raises NotNow when comments are no longer taken."""
    _require_open(None, comment.idea)
    comment = _locked(comment)
    return comment if comment.confirmed_at else _publish(comment, by=None, at=at)


@transaction.atomic
def take_back(comment: Comment) -> None:
    """Its writer takes it away, with the answer and the address. What staff have hidden stays, so
    that the reason stays."""
    comment = _locked(comment)
    if comment.hidden_at is not None:
        raise NotNow(_("The comment has been hidden. It can no longer be taken away."))
    if comment.confirmed_at is not None:
        audit.record("comment.taken_back", comment, by=None, data=_told(comment))
    comment.delete()


@transaction.atomic
def answer(*, comment: Comment, text: str, by: User | None, at: dt.datetime) -> Comment:
    """The proposer answers, or corrects the answer. `by` None: by the secret link.

    Raises Invalid (text), NotNow.
    """
    comment = _locked(comment)
    require(bool(rules.can_edit_draft(by, comment.idea)))
    if (
        comment.confirmed_at is None
        or comment.hidden_at is not None
        or (not comment.idea.challenge.takes_comments)
        or rules.comments_rest(comment.idea)
    ):
        raise NotNow(_("This comment cannot be answered now."))
    words = plain(text).strip()
    if not words:
        raise Invalid(errors={"text": [_("Write the answer here.")]})
    comment.answer, comment.answered_at = words, at
    try:
        comment.full_clean(exclude={"email"})
    except ValidationError as error:
        raise Invalid(errors={"text": error.messages}) from error
    comment.save(update_fields=["answer", "answered_at"])
    data = {**_told(comment), "answer": digest(words)}
    audit.record("comment.answered", comment, by=by, data=data)
    outbox.emit(ANSWERED, comment=comment.pk)
    return comment


def forget_unconfirmed(*, at: dt.datetime) -> int:
    """What has not been confirmed in a week was not meant. How many were forgotten."""
    old = Comment.objects.filter(confirmed_at=None, written_at__lt=at - UNCONFIRMED)
    return old.delete()[0]


def _publish(comment: Comment, *, by: User | None, at: dt.datetime) -> Comment:
    comment.confirmed_at = at
    comment.save(update_fields=["confirmed_at"])
    audit.record("comment.published", comment, by=by, data=_told(comment))
    outbox.emit(PUBLISHED, comment=comment.pk)
    return comment


def _told(comment: Comment) -> dict[str, str]:
    return {"comment": comment.uid.hex, "digest": digest(comment.text)}


def _locked(comment: Comment) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",))
    fresh = rows.select_related("idea__challenge__owner", "idea__series").filter(pk=comment.pk)
    if (found := fresh.first()) is None:
        raise Denied
    return found


def _require_open(user: User | None, idea: Idea) -> None:
    require(rules.is_open_to(user, idea))
    if not idea.challenge.takes_comments or not rules.can_read_comments(user, idea):
        raise NotNow(_("This proposal does not take comments now."))
