"""Letters about what the public says of a proposal: to its proposer, to who commented, to staff."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation

from core import clock, mail, outbox
from core.models import Mail
from ideas import comments, links, moderation
from ideas.models import Comment, Idea, Report

SELDOM: Final = dt.timedelta(hours=24)  # one letter of a kind about one thing, however much is said


@outbox.handler(comments.PUBLISHED)
def tell_the_proposer(*, comment: int) -> None:
    """At most a letter a day about one proposal; its page has all the comments."""
    found = _comment(comment)
    idea = Idea.objects.for_writing().filter(pk=found.idea_id).first() if found else None
    if found is None or idea is None or idea.withdrawn_at or idea.is_demo:
        return
    if not idea.contact_email or _told("comment_published", idea.contact_email, idea):
        return
    mail.send(
        to=idea.contact_email,
        template="comment_published",
        language=idea.language,
        context={"idea": idea, "comment": found, "address": links.in_language(idea)},
        about=idea,
    )


@outbox.handler(comments.ANSWERED)
def tell_who_commented(*, comment: int) -> None:
    """Once: a corrected answer is found on the page."""
    found = _comment(comment)
    if found is None or not found.answer or found.idea.is_demo:
        return
    if Mail.objects.filter(template="comment_answered", about_id=str(found.pk)).exists():
        return
    with translation.override(found.language):
        address = links.absolute(found.idea.get_absolute_url())
        own = links.absolute(reverse("ideas:commented", args=[comments.token_of(found)]))
    mail.send(
        to=found.email,
        template="comment_answered",
        language=found.language,
        context={"idea": found.idea, "comment": found, "address": address, "own": own},
        about=found,
    )


@outbox.handler(moderation.REPORTED)
def tell_staff_of_a_report(*, report: int) -> None:
    """At most a letter a day about one challenge."""
    rows = Report.objects.select_related("idea__challenge")
    found = rows.filter(pk=report, handled_at=None).first()
    if found is None or found.idea.is_demo or not found.idea.challenge.contact_email:
        return
    challenge = found.idea.challenge
    if _told("report_made", challenge.contact_email, challenge):
        return
    path = reverse("ideas_admin:moderation", args=[challenge.pk])
    mail.send(
        to=challenge.contact_email,
        template="report_made",
        language=settings.LANGUAGE_CODE,
        context={"challenge": challenge, "address": links.absolute(path)},
        about=challenge,
    )


def _comment(pk: int) -> Comment | None:
    """As long as anybody can read it."""
    rows = Comment.objects.select_related("idea__challenge")
    return rows.filter(pk=pk, confirmed_at__isnull=False, hidden_at=None).first()


def _told(template: str, to: str, about: models.Model) -> bool:
    """Whether such a letter has gone in the last day."""
    letters = Mail.objects.filter(
        template=template, to=to, about_id=str(about.pk), created_at__gt=clock.now() - SELDOM
    )
    return letters.exists()
