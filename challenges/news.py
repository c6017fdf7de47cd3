"""A challenge for feed readers (Atom, RFC 4287) and for calendars (iCalendar, RFC 5545)."""

import datetime as dt
from dataclasses import dataclass
from importlib import import_module
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from challenges import inquiries, profiles
from challenges.models import Challenge
from challenges.states import ChallengeState, PhaseKind
from core import clock
from core.export import CONTROL
from core.multilingual import text

ANSWERS_AT_MOST: Final = 50


@dataclass(frozen=True)
class Happening:
    key: str  # never changes: readers know the entry by it
    at: dt.datetime
    title: str
    words: str
    path: str


def happenings(challenge: Challenge, *, at: dt.datetime) -> list[Happening]:
    """What has happened until that moment, the newest first. One query."""
    page = challenge.get_absolute_url()
    closes = challenge.closes_at
    found = [
        Happening(
            f"answer-{one.uid.hex}",
            one.answered_at,
            _("Question: %(question)s") % {"question": _short(one.shown)},
            one.answer,
            f"{reverse('challenges:questions', args=[challenge.slug])}#q-{one.uid.hex}",
        )
        for one in inquiries.answered(challenge)[:ANSWERS_AT_MOST]
        if one.answered_at is not None
    ]
    decided = (
        _("The winners have been chosen.")
        if challenge.has_jury
        else _("The consultation has ended: what was learned is published.")
    )
    marks = [
        ("opened", challenge.opens_at, _("The call is open")),
        ("paused", challenge.paused_at, _("The call is paused")),
        ("closed", closes, _("The call has closed")),
        ("decided", challenge.decided_at, decided),
        ("cancelled", challenge.cancelled_at, _("This challenge was cancelled.")),
    ]
    reasons = {"paused": challenge.pause_reason, "cancelled": challenge.cancel_reason}
    found += [
        Happening(key, when, words, reasons.get(key, ""), page)
        for key, when, words in marks
        if when is not None and when <= at and _happened(challenge, key)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _happened(challenge: Challenge, key: str) -> bool:
    """The timetable of a cancelled challenge does not come true."""
    return challenge.state != ChallengeState.CANCELLED or key not in {"opened", "closed"}


def atom(challenge: Challenge, *, at: dt.datetime) -> str:
    own = _whole(reverse("challenges:feed", args=[challenge.slug]))
    kind = profiles.kind_of(challenge)
    feed = Atom1Feed(
        title=f"{_plain(text(challenge.name))} – Talkoot",
        link=_whole(challenge.get_absolute_url()),
        feed_url=own,
        feed_guid=challenge.uid.urn,
        description=str(kind.line) if kind else None,
        language=get_language(),
    )
    for one in happenings(challenge, at=at):
        feed.add_item(
            title=_plain(one.title),
            link=_whole(one.path),
            description=_plain(one.words),
            unique_id=f"{challenge.uid.urn}:{one.key}",
            pubdate=one.at,
            updateddate=one.at,
            author_name=_plain(challenge.owner.name),
        )
    return str(feed.writeString("utf-8"))


def calendar(challenge: Challenge) -> bytes:
    """Opening, last moment for questions, closing and results, each as a moment."""
    icalendar = import_module("icalendar")  # read only when a calendar is asked for
    name, page = text(challenge.name), _whole(challenge.get_absolute_url())
    whole = icalendar.Calendar()
    whole.add("prodid", "-//Talkoot//Talkoot//FI")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", name)
    results = challenge.phase(PhaseKind.RESULTS)
    until = challenge.inquiries_until if challenge.inquiry_days else None
    moments = [
        ("opens", challenge.opens_at, _("The call opens")),
        ("questions", until, _("Last moment for questions")),
        ("closes", challenge.closes_at, _("The call closes")),
        ("results", results.starts_at if results else None, _("Results")),
    ]
    for key, when, words in moments:
        if when is None:
            continue
        event = icalendar.Event()
        event.add("uid", f"{challenge.uid.hex}-{key}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("dtstamp", clock.now().astimezone(dt.UTC))
        event.add("dtstart", when.astimezone(dt.UTC))
        event.add("summary", f"{words}: {name}")
        event.add("url", page)
        if challenge.state == ChallengeState.CANCELLED:
            event.add("status", "CANCELLED")
        whole.add_component(event)
    return bytes(whole.to_ical())


def _whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _plain(words: str) -> str:
    """What XML cannot hold is left out."""
    return CONTROL.sub("", words)


def _short(words: str, most: int = 100) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
