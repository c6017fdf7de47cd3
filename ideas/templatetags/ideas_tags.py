"""What templates ask about proposals: public lists, and links to files that views guard."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from challenges.models import Challenge
from core.cards import IdeaCard
from ideas import queries, reader, registry
from ideas.flow import Desk
from ideas.models import Idea
from ideas.reader import FileAnswer

register = template.Library()


@register.simple_tag(takes_context=True)
def latest_ideas(
    context: Mapping[str, Any], challenge: Challenge, limit: int = 6
) -> list[IdeaCard]:
    """{% latest_ideas challenge 6 as ideas %}: cards of the newest public proposals."""
    user = getattr(context.get("request"), "user", None)
    return queries.latest(challenge, limit, without=registry.closed_to(user))


@register.filter
def proposed_by(idea: Idea) -> str:
    """Who proposes, as anybody may know; `series` and `organisation` are to be at hand."""
    return reader.proposer(idea, reader.Audience.PUBLIC)


@register.filter
def is_past(moment: dt.datetime | None, at: dt.datetime) -> bool:
    return moment is not None and moment <= at


@register.simple_tag
def file_links(files: Iterable[FileAnswer], owner: Desk | Idea) -> SafeString:
    """{% file_links row.files desk %}: by the addresses of a desk, or those that ask who one is."""
    return format_html_join(
        "",
        '<span class="file-link"><a href="{}" download>{}</a> <span class="hint">{}</span></span>',
        ((file_url(file.uid, owner), file.name, filesizeformat(file.size)) for file in files),
    )


@register.simple_tag
def file_url(uid: str, owner: Any) -> str:
    """{% file_url file.uid idea %}: where the file is given to those who may have it."""
    if isinstance(owner, Desk):
        return owner.paths.file(uid)
    return reverse("ideas:file", args=[owner.uid, UUID(hex=str(uid))])
