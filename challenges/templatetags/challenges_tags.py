"""What templates ask about challenges."""

import datetime as dt
from typing import Any

from django import template

from challenges import inquiries, profiles, queries
from challenges.cards import status_label
from challenges.models import Challenge, ChallengePage, Inquiry
from challenges.profiles import Kind, Said
from challenges.queries import ChallengeScreen, ListedChallenge
from challenges.registry import National
from challenges.states import Status

register = template.Library()


@register.simple_tag
def challenge_screen(page: ChallengePage, at: dt.datetime) -> ChallengeScreen:
    """What the page shows besides its texts."""
    return queries.challenge_screen(queries.for_page(page.challenge_id), at=at)


@register.simple_tag
def host_challenges(page: Any, at: dt.datetime) -> list[ListedChallenge]:
    """The public challenges of a host municipality."""
    return queries.public_list(at=at, owner=page.organisation)


@register.simple_tag
def listed_challenges(at: dt.datetime, limit: int = 6) -> list[ListedChallenge]:
    """What the home page shows: those one can do something about come first."""
    return queries.public_list(at=at)[:limit]


@register.simple_tag
def national_numbers() -> National:
    """{% national_numbers as n %}: n.solutions, n.pilots, n.by_municipality."""
    return queries.national()


@register.simple_tag
def latest_answers(challenge: Challenge, number: int) -> list[Inquiry]:
    """The newest answers that were given to everybody."""
    return list(inquiries.answered(challenge)[:number])


@register.filter
def kind(challenge: Challenge) -> Kind | None:
    """{{ challenge|kind }}: what it is under the Procurement Act; .short, .line, .more;
    None when it has not been said."""
    return profiles.kind_of(challenge)


@register.filter
def said(challenge: Challenge) -> list[Said]:
    """What it says as such."""
    return profiles.said(challenge)


@register.filter
def in_words(status: Status, challenge: Challenge) -> str:
    return status_label(challenge, status)
