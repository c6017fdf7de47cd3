"""Who may do what with a proposal. Whoever shows its secret link acts as nobody (`None`)."""

import datetime as dt
from typing import Any

import rules

from accounts.models import Organisation
from accounts.rules import acts_for, can_work_for
from challenges.models import Series
from challenges.states import SeriesKind, Talk
from ideas import registry
from ideas.models import Attachment, Idea, TeamMember
from ideas.reader import Audience, hides_proposer, sees_file
from ideas.states import WRITES, TeamRole


def role_in_team(user: Any, idea: Idea) -> str:
    """Of somebody who has joined, "" of others; read once per user and proposal."""
    if not (user and user.is_authenticated and user.is_active):
        return ""
    known: dict[int, str] = idea.__dict__.setdefault("_role_in_team", {})
    if user.pk not in known:
        joined = TeamMember.objects.filter(idea=idea, user=user, joined_at__isnull=False)
        known[user.pk] = joined.values_list("role", flat=True).first() or ""
    return known[user.pk]


def in_team(user: Any, idea: Idea) -> bool:
    """Has joined the proposal's team, to write or to read."""
    return bool(role_in_team(user, idea))


def can_start(user: Any, series: Series, organisation: Organisation | None = None) -> bool:
    """Citizens' series: anybody. Organisations' series: whoever acts for the organisation."""
    if organisation is not None:
        return bool(series.kind == SeriesKind.ORGANISATIONS and acts_for(user, organisation))
    return bool(series.kind == SeriesKind.CITIZENS)


@rules.predicate
def can_edit_draft(user: Any, idea: Idea) -> bool:
    """The team's writers. Staff never: what has not been handed in is not the municipality's."""
    if idea.withdrawn_at is not None:
        return False
    if user is None:
        return idea.organisation_id is None
    return role_in_team(user, idea) in WRITES


@rules.predicate
def can_read_draft(user: Any, idea: Idea) -> bool:
    """The team, its readers too."""
    return bool(can_edit_draft(user, idea)) or (idea.withdrawn_at is None and in_team(user, idea))


@rules.predicate
def can_submit(user: Any, idea: Idea) -> bool:
    return bool(can_edit_draft(user, idea))


@rules.predicate
def can_withdraw(user: Any, idea: Idea) -> bool:
    return bool(can_edit_draft(user, idea))


@rules.predicate
def can_see_public(user: Any, idea: Idea) -> bool:
    """Anybody, once it is public."""
    return idea.is_public


def is_closed(user: Any, idea: Idea) -> bool:
    """Closed by the person's own word of a tie, though others may read it."""
    return idea.pk in registry.closed_to(user) and not in_team(user, idea)


def is_open_to(user: Any, idea: Idea) -> bool:
    """Whether its public page opens to this reader."""
    return bool(
        can_see_public(user, idea) and idea.challenge.is_public and not is_closed(user, idea)
    )


def can_read_comments(user: Any, idea: Idea) -> bool:
    """Whoever may open the page, when the challenge has comments. With blind jurying no juror does
    before the decision, for a comment may tell who proposes; and once the jury has the proposal
    nobody does, for a juror may read signed out."""
    return (
        idea.challenge.talk == Talk.ALL
        and not comments_rest(idea)
        and not (hides_proposer(idea) and registry.sits_in_jury(user, idea))
    )


def comments_rest(idea: Idea) -> bool:
    """A blind jury has the proposal: comments and answers come back with the decision."""
    return hides_proposer(idea) and registry.is_with_jury(idea)


@rules.predicate
def can_see_delivered(user: Any, idea: Idea) -> bool:
    """The host municipality's staff see what was handed in, never a draft; who also sits on the
    jury, not what their own tie closes to them."""
    return (
        idea.is_delivered
        and bool(can_work_for(user, idea.challenge.owner))
        and not is_closed(user, idea)
    )


@rules.predicate
def can_invite(user: Any, idea: Idea) -> bool:
    """The team's writers with an account; a secret link alone names nobody."""
    return user is not None and bool(can_edit_draft(user, idea))


@rules.predicate
def can_remove_member(user: Any, member: TeamMember) -> bool:
    """Everybody may leave; the one who is responsible may take others off."""
    if not in_team(user, member.idea):
        return False
    return member.user_id == user.pk or bool(is_responsible(user, member.idea))


@rules.predicate
def is_responsible(user: Any, idea: Idea) -> bool:
    """For the proposal: says who writes and who reads, and hands the responsibility over."""
    return role_in_team(user, idea) == TeamRole.OWNER


@rules.predicate
def can_check(user: Any, idea: Idea) -> bool:
    """Say whether it meets the rules: the host's staff."""
    return bool(can_see_delivered(user, idea))


def can_review_secrets(user: Any, idea: Idea, *, at: dt.datetime) -> bool:
    """Open the secret parts and say what is one: the host's staff, once nothing more can be handed
    in. Before that nobody in the municipality needs them."""
    closes = idea.challenge.closes_at
    return bool(can_see_delivered(user, idea)) and closes is not None and at >= closes


def may_know_proposer(user: Any, idea: Idea) -> bool:
    """Everybody, but with blind jurying the team and staff only until the decision."""
    return not hides_proposer(idea) or in_team(user, idea) or bool(can_see_delivered(user, idea))


def can_open_file(user: Any, attachment: Attachment) -> bool:
    """The team; staff and jurors who may read it, of what was handed in; the public, of what is so.

    Whoever has the secret link asks `can_read_draft(None, idea)` instead. Of others than the team,
    a secret file is opened through secret_review.may_open.
    """
    idea = attachment.idea
    if idea.withdrawn_at is not None:
        return False
    return (
        in_team(user, idea)
        or (is_open_to(user, idea) and sees_file(idea, Audience.PUBLIC, attachment))
        or (bool(can_see_delivered(user, idea)) and sees_file(idea, Audience.STAFF, attachment))
        or (registry.may_read_as_jury(user, idea) and sees_file(idea, Audience.JURY, attachment))
    )
