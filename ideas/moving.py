"""Proposals move to another series of the same challenge: before the jury has them, with a reason.

The number stays, and so does what was handed in. Moving back is the same verb again.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Series
from challenges.states import ChallengeState, SeriesKind
from core import audit, outbox
from core.errors import Invalid, require
from ideas import registry, rules
from ideas.models import Idea
from ideas.states import IdeaState

MOVED: Final = "ideas.moved"  # at once: who proposes may be public in one series only
TOLD: Final = "ideas.move_told"
MOVABLE: Final = frozenset({IdeaState.SUBMITTED, IdeaState.ELIGIBLE, IdeaState.INELIGIBLE})


@dataclass(frozen=True)
class Prospect:
    """A proposal that is about to move; `obstacle` says why it would not, "" that it would."""

    idea: Idea
    obstacle: str


def prospects(ideas: Iterable[Idea], to: Series) -> list[Prospect]:
    """One query, whatever their number."""
    chosen = list(ideas)
    with_jury = registry.with_jury(chosen)
    return [Prospect(idea, obstacle(idea, to, idea.pk in with_jury)) for idea in chosen]


@transaction.atomic
def move(
    *,
    ideas: Iterable[Idea],
    to: Series,
    reason: str,
    by: User,
    at: dt.datetime,
    batch: int | None = None,
    tell_at: dt.datetime | None = None,
) -> list[Idea]:
    """Move those that can be; which were. Their proposers are told the reason.

    `tell_at`: when, at once without it; those that `batch` has undone by then are not told.
    Raises Invalid (reason; ideas, when none can be moved).
    """
    chosen = [idea.pk for idea in ideas]
    rows = Idea.objects.for_writing().filter(pk__in=chosen).select_for_update(of=("self",))
    locked = list(rows.order_by("number"))
    for idea in locked:
        require(bool(rules.can_check(by, idea)))
    if not reason.strip():
        raise Invalid(errors={"reason": [_("Write why: the proposer is told the reason.")]})
    moved = [one.idea for one in prospects(locked, to) if not one.obstacle]
    if not moved:
        raise Invalid(errors={"ideas": [_("None of these can be moved to that series.")]})
    before = {idea.pk: idea.series.key for idea in moved}
    Idea.objects.filter(pk__in=list(before)).update(series=to)
    audit.record_each(
        "idea.moved",
        (
            (
                idea,
                {
                    "reference": idea.reference,
                    "from": before[idea.pk],
                    "to": to.key,
                    "reason": reason.strip(),
                    "at": at,
                },
            )
            for idea in moved
        ),
        by=by,
    )
    pks = [idea.pk for idea in moved]
    told = {"ideas": pks, "series": to.pk, "reason": reason.strip(), "batch": batch}
    outbox.emit(MOVED, ideas=pks)
    outbox.emit(TOLD, run_after=tell_at, **told)
    return moved


@transaction.atomic
def take_back(*, ideas: Mapping[Idea, Series], by: User, at: dt.datetime) -> None:
    """Undo a move of which nobody has been told: each is again in its series."""
    for idea, series in ideas.items():
        require(rules.can_check(by, idea) and series.challenge_id == idea.challenge_id)
        data = {"reference": idea.reference, "from": idea.series.key, "to": series.key, "at": at}
        idea.series = series
        idea.save(update_fields=["series"])
        audit.record("idea.move_undone", idea, by=by, data=data)
    outbox.emit(MOVED, ideas=[idea.pk for idea in ideas])


def obstacle(idea: Idea, to: Series, with_jury: bool) -> str:  # noqa: FBT001 - asked of many
    """Why it would not move, "" when it would."""
    if idea.challenge_id != to.challenge_id or idea.challenge.state != ChallengeState.OPENED:
        return _("Its challenge is another or is over.")
    if idea.series_id == to.pk:
        return _("It is in that series already.")
    if idea.state not in MOVABLE:
        return _("It has been decided or withdrawn.")
    if with_jury:
        return _("The jury has it already.")
    if to.kind == SeriesKind.ORGANISATIONS and idea.organisation_id is None:
        return _("That series is for organisations, and no organisation proposes it.")
    return ""
