"""What should not be public: anybody reports it, staff hide it with a reason, or leave it.

The reason stands in the place of what was hidden. Nothing is lost: staff can bring it back.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from ideas import rules
from ideas.actions import lock_idea, recount_public
from ideas.answers import one_line, plain
from ideas.comments import published
from ideas.models import Comment, Idea, Report

HIDDEN: Final = "idea.hidden"
RESTORED: Final = "idea.restored"
REPORTED: Final = "report.made"
NEWEST: Final = 100  # comments that staff look through

Target = Idea | Comment


@dataclass(frozen=True)
class Reported:
    """What has been reported and waits for staff, with the words of those who did."""

    target: Target
    reasons: tuple[str, ...]


@transaction.atomic
def report(*, target: Target, reason: str, by: User | None, at: dt.datetime) -> Report:
    """Say that it should not be public, and why. Raises Invalid (reason), NotNow."""
    idea = _idea_of(target)
    require(rules.is_open_to(by, idea))
    if isinstance(target, Comment):
        require(target.confirmed_at is not None and rules.can_read_comments(by, idea))
    if target.hidden_at is not None:
        raise NotNow(_("It has been hidden already."))
    made = Report(
        idea=idea,
        comment=target if isinstance(target, Comment) else None,
        reason=plain(reason).strip(),
        at=at,
    )
    try:
        made.full_clean()
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from error
    made.save()
    audit.record("report.made", target, by=None, data={"reference": idea.reference})
    outbox.emit(REPORTED, report=made.pk)
    return made


@transaction.atomic
def hide(
    *, target: Target, reason: str, by: User, at: dt.datetime, undoing: bool = False
) -> Target:
    """Take it from the public; the reason is shown instead. Reports of it are done with, but not
    when it is hidden by `undoing` alone: nobody has read them. Raises Invalid (reason), NotNow."""
    target = _locked(target, by)
    words = one_line(reason)
    if not words:
        raise Invalid(errors={"reason": [_("Write why: it is shown in the place of the text.")]})
    if len(words) > 500:
        raise Invalid(errors={"reason": [_("The reason has at most 500 characters.")]})
    if target.hidden_at is not None:
        raise NotNow(_("It has been hidden already."))
    target.hidden_at, target.hidden_because = at, words
    _keep(target, "hidden", by=by, data={"reason": words})
    if not undoing:
        _close_reports(target, by=by, at=at)
    return target


@transaction.atomic
def restore(*, target: Target, by: User, reopen: dt.datetime | None = None) -> Target:
    """Show it again. `reopen`: reports that were done with at that moment wait again.

    Raises NotNow.
    """
    target = _locked(target, by)
    if target.hidden_at is None:
        raise NotNow(_("It is not hidden."))
    target.hidden_at, target.hidden_because = None, ""
    _keep(target, "restored", by=by, data={})
    if reopen is not None:
        done = Report.objects.filter(**_about(target), handled_at=reopen, handled_by=by)
        done.update(handled_at=None, handled_by=None)
    return target


@transaction.atomic
def leave(*, target: Target, by: User, at: dt.datetime) -> None:
    """It may stay public: the reports have been looked at."""
    target = _locked(target, by)
    _close_reports(target, by=by, at=at)
    audit.record("report.left", target, by=by, data={"reference": _idea_of(target).reference})


def waiting(challenge: Challenge, *, without: frozenset[int]) -> list[Reported]:
    """What waits for staff, the oldest report first. Two queries, whatever their number."""
    rows = (
        Report.objects.filter(idea__challenge=challenge, handled_at=None)
        .exclude(idea__in=without)
        .select_related("idea", "comment__idea")
    )
    reasons: dict[tuple[bool, int], list[str]] = {}
    targets: dict[tuple[bool, int], Target] = {}
    for row in rows:
        target: Target = row.comment or row.idea
        key = (row.comment is not None, target.pk)
        targets[key] = target
        reasons.setdefault(key, []).append(row.reason)
    return [Reported(targets[key], tuple(reasons[key])) for key in targets]


def hidden(challenge: Challenge, *, without: frozenset[int]) -> list[Target]:
    """What staff have hidden, the newest first."""
    ideas = Idea.objects.delivered().filter(challenge=challenge, hidden_at__isnull=False)
    comments = Comment.objects.filter(idea__challenge=challenge, hidden_at__isnull=False)
    found: list[Target] = [
        *ideas.exclude(pk__in=without),
        *comments.exclude(idea__in=without).select_related("idea"),
    ]
    return sorted(found, key=lambda one: str(one.hidden_at), reverse=True)


def newest(challenge: Challenge, *, without: frozenset[int]) -> list[Comment]:
    """Public comments for staff to look through."""
    rows = Comment.objects.filter(idea__challenge=challenge, hidden_at=None)
    rows = rows.filter(confirmed_at__isnull=False).exclude(idea__in=without)
    return list(rows.select_related("idea").order_by("-confirmed_at", "-pk")[:NEWEST])


def comment_of(idea: Idea, uid: str) -> Comment | None:
    """A public comment on the proposal."""
    return published(idea).filter(uid=uid, hidden_at=None).first()


def _idea_of(target: Target) -> Idea:
    return target.idea if isinstance(target, Comment) else target


def _locked(target: Target, by: User) -> Target:
    if isinstance(target, Idea):
        idea = lock_idea(target)
        require(bool(rules.can_check(by, idea)))
        return idea
    rows = Comment.objects.select_for_update(of=("self",)).select_related("idea__challenge__owner")
    comment = rows.get(pk=target.pk)
    require(bool(rules.can_check(by, comment.idea)))
    return comment


def _keep(target: Target, verb: str, *, by: User, data: dict[str, str]) -> None:
    target.save(update_fields=["hidden_at", "hidden_because"])
    idea = _idea_of(target)
    name = "idea" if isinstance(target, Idea) else "comment"
    audit.record(f"{name}.{verb}", target, by=by, data={"reference": idea.reference, **data})
    if isinstance(target, Idea):
        recount_public(challenge=idea.challenge)
        outbox.emit(HIDDEN if verb == "hidden" else RESTORED, idea=idea.pk)


def _close_reports(target: Target, *, by: User, at: dt.datetime) -> None:
    rows = Report.objects.filter(**_about(target), handled_at=None)
    rows.update(handled_at=at, handled_by=by)


def _about(target: Target) -> dict[str, Any]:
    comment = target if isinstance(target, Comment) else None
    return {"idea": _idea_of(target), "comment": comment}
