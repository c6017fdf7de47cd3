"""What templates ask about proposals: all of it public."""

import datetime as dt

from django import template

from challenges.models import Challenge, Theme
from core.cards import IdeaCard
from ideas import queries

register = template.Library()


@register.simple_tag
def latest_ideas(challenge: Challenge, limit: int = 6) -> list[IdeaCard]:
    """{% latest_ideas challenge 6 as ideas %}: cards of the newest public proposals."""
    return queries.latest(challenge, limit)


@register.simple_tag
def idea_counts_by_municipality(challenge: Challenge) -> dict[str, int]:
    """{% idea_counts_by_municipality challenge as counts %}: for the mosaic."""
    return queries.counts_by_municipality(challenge)


@register.simple_tag
def theme_counts(challenge: Challenge) -> list[tuple[Theme, int]]:
    """{% theme_counts challenge as themes %}: (theme, number of public proposals)."""
    return queries.theme_counts(challenge)


@register.filter
def is_past(moment: dt.datetime | None, at: dt.datetime) -> bool:
    return moment is not None and moment <= at
