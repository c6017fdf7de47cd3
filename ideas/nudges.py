"""Letters before the closing to those who have begun and not sent: three days and one day before.

Only while a draft exists, and twice at most.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db import transaction

from challenges.actions import REMINDED
from challenges.models import Challenge
from core import mail
from core.multilingual import text
from ideas import links
from ideas.answers import Options, clean_all
from ideas.choices import all_options
from ideas.models import Idea, TeamMember
from ideas.states import WRITES, IdeaState

SLACK: Final = dt.timedelta(hours=2)  # how late the outbox may run and the letter still be true


@transaction.atomic
def nudge(*, challenge: Challenge, hours: int, at: dt.datetime) -> int:
    """One letter to each draft that has not had this one; how many. A constant number of queries.

    Nothing when the closing has moved since the letter was planned, or the call is paused.
    """
    closes = challenge.closes_at
    if closes is None or challenge.paused_at or not challenge.is_public:
        return 0
    if not dt.timedelta() <= at - (closes - dt.timedelta(hours=hours)) <= SLACK:
        return 0
    drafts = Idea.objects.for_writing().filter(
        challenge=challenge, state=IdeaState.DRAFT, nudges__lte=REMINDED.index(hours), is_demo=False
    )
    owners = dict(
        TeamMember.objects.filter(
            idea__in=drafts.values("pk"), role__in=WRITES, joined_at__isnull=False
        )
        .order_by("-pk")
        .values_list("idea_id", "email")
    )
    letters = []
    options: dict[int, dict[str, Options]] = {}  # of each form: asked once
    for idea in drafts.select_for_update(of=("self",)):
        to = idea.contact_email or owners.get(idea.pk, "")
        if to:
            if idea.form_id not in options:
                options[idea.form_id] = all_options(idea.form.parsed, challenge)
            letters.append(_letter(idea, to, hours, options[idea.form_id]))
    told = [one.about.pk for one in letters if one.about]
    Idea.objects.filter(pk__in=told).update(nudges=REMINDED.index(hours) + 1)
    mail.send_all(letters)
    return len(letters)


def _letter(idea: Idea, to: str, hours: int, options: Mapping[str, Options]) -> mail.Letter:
    definition = idea.form.parsed
    _clean, faults = clean_all(definition, idea.answers, options)
    asked = definition.fields.values()
    missing = [text(one.label, idea.language) for one in asked if one.key in faults]
    return mail.Letter(
        to=to,
        template="idea_nudge",
        language=idea.language,
        context={
            "idea": idea,
            "challenge": idea.challenge,
            "closes_at": idea.challenge.closes_at,
            "days": hours // 24,
            "missing": missing,
            "last": hours == REMINDED[-1],
            "private_url": links.in_language(idea),
        },
        about=idea,
    )
