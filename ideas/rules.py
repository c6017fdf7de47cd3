"""Who may do what with a proposal. Whoever shows its secret link acts as nobody (`None`)."""

from typing import Any

import rules

from accounts.models import Organisation
from accounts.rules import acts_for, can_work_for
from challenges.models import Series
from challenges.states import SeriesKind
from ideas.models import Idea, TeamMember


def in_team(user: Any, idea: Idea) -> bool:
    """Has joined the proposal's team; read once per user and proposal."""
    if not (user and user.is_authenticated and user.is_active):
        return False
    known: dict[int, bool] = idea.__dict__.setdefault("_in_team", {})
    if user.pk not in known:
        known[user.pk] = TeamMember.objects.filter(
            idea=idea, user=user, joined_at__isnull=False
        ).exists()
    return known[user.pk]


def can_start(user: Any, series: Series, organisation: Organisation | None = None) -> bool:
    """Citizens' series: anybody. Organisations' series: whoever acts for the organisation."""
    if organisation is not None:
        return bool(series.kind == SeriesKind.ORGANISATIONS and acts_for(user, organisation))
    return bool(series.kind == SeriesKind.CITIZENS)


@rules.predicate
def can_edit_draft(user: Any, idea: Idea) -> bool:
    """The team. Staff never: what has not been handed in is not the municipality's."""
    if idea.withdrawn_at is not None:
        return False
    if user is None:
        return idea.organisation_id is None
    return in_team(user, idea)


@rules.predicate
def can_submit(user: Any, idea: Idea) -> bool:
    return bool(can_edit_draft(user, idea))


@rules.predicate
def can_withdraw(user: Any, idea: Idea) -> bool:
    return bool(can_edit_draft(user, idea))


@rules.predicate
def can_see_public(user: Any, idea: Idea) -> bool:
    """Anybody, once it is public."""
    return idea.published_at is not None and idea.is_delivered


@rules.predicate
def can_see_delivered(user: Any, idea: Idea) -> bool:
    """The host municipality's staff see what was handed in, never a draft."""
    return idea.is_delivered and bool(can_work_for(user, idea.challenge.owner))
