"""The same done to many proposals in one press: what would happen first, then the deed, then undo.

`preview` tells of each proposal what would happen or why nothing would. It gives each a mark of how
it stands; `press` leaves a proposal alone whose mark is another by then, so that nobody's work is
written over. Undoing within the time of REGRET gives back each proposal that stands as the press
left it. Letters to proposers wait until that time has passed, so that what is undone is told to
nobody; a message can not be taken back, and is not undone. A preview is good for an hour, well
within the day that a batch is kept, so that an old one does nothing a second time. The verbs are
those of a single proposal. See adr/0021.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import can_work_for
from challenges.models import Challenge
from core import audit
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from ideas import bulk_kinds, registry
from ideas.bulk_kinds import Plan, Seen
from ideas.models import Batch, BatchRow, EligibilityCheck, Idea
from ideas.states import BatchAction

REGRET: Final = dt.timedelta(minutes=15)
LETTERS_AFTER: Final = dt.timedelta(minutes=16)  # a press on «Undo» in the last second still counts
AT_MOST: Final = 200
KEPT: Final = dt.timedelta(days=1)
GOOD_FOR: Final = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Prospect:
    """What would happen to one proposal. `obstacle`: why nothing would. `letter`: it is told of."""

    idea: Idea
    effect: str
    obstacle: str
    letter: bool
    mark: str


def preview(ideas: Iterable[Idea], plan: Plan, *, by: User, at: dt.datetime) -> list[Prospect]:
    """In a constant number of queries. `ideas` with their challenge, series and organisation."""
    found = []
    for seen in _seen(list(ideas), by):
        obstacle = bulk_kinds.obstacle(seen, plan, by=by, at=at)
        effect = "" if obstacle else bulk_kinds.effect(seen, plan)
        letter = not obstacle and bulk_kinds.is_told(seen, plan)
        found.append(Prospect(seen.idea, effect, obstacle, letter, _mark(seen)))
    return found


@transaction.atomic
def press(
    *,
    challenge: Challenge,
    plan: Plan,
    marks: Mapping[int, str],
    key: uuid.UUID,
    looked_at: dt.datetime,
    by: User,
    at: dt.datetime,
) -> Batch:
    """Do it to those of the challenge that stand as they stood in the preview.

    marks: proposal's number → its mark there; what is closed to the person is left out. A second
    press of the same preview (`key`) gives the batch of the first. Raises Invalid with what is
    wrong in the plan, when the preview of `looked_at` is too old, or when nothing would happen to
    any of them.
    """
    require(bool(can_work_for(by, challenge.owner)))
    if errors := bulk_kinds.faults(plan, challenge, at=at):
        raise Invalid(errors=errors)
    if len(marks) > AT_MOST:
        raise Invalid(_("At most %(n)s proposals at a time.") % {"n": AT_MOST})
    ideas = _locked(challenge, marks, by)
    # Under the lock, so that of two presses at once the second sees the batch of the first.
    known = Batch.objects.filter(key=key).first()
    if known is not None:
        require((known.challenge_id, known.by_id) == (challenge.pk, by.pk))
        return known
    if at - looked_at > GOOD_FOR:
        raise Invalid(_("It is long since you looked. This is how it stands now: press again."))
    prospects = preview(ideas, plan, by=by, at=at)
    notes = {one.idea.pk: one.obstacle for one in prospects if one.obstacle}
    for one in prospects:
        if one.mark != marks[one.idea.number or 0]:
            notes[one.idea.pk] = _("It has changed since you looked: nothing was done to it.")
    going = [one.idea for one in prospects if one.idea.pk not in notes]
    if not going:
        raise Invalid(_("Nothing would happen to any of these. See why beside each."))
    can_be_undone = plan.action != BatchAction.WRITE
    batch = Batch.objects.create(
        key=key,
        challenge=challenge,
        action=plan.action,
        words=plan.words,
        series=plan.series,
        by=by,
        at=at,
        undo_until=at + REGRET if can_be_undone else None,
    )
    before = bulk_kinds.do(going, plan, batch=batch, by=by, at=at, tell_at=at + LETTERS_AFTER)
    left = {seen.idea.pk: _mark(seen) for seen in _seen(_fresh(going), by)}
    BatchRow.objects.bulk_create(
        BatchRow(
            batch=batch,
            idea=idea,
            done=idea.pk not in notes,
            before=before.get(idea.pk, {}),
            after=left.get(idea.pk, ""),
            note=notes.get(idea.pk, ""),
        )
        for idea in ideas
    )
    data = {"action": plan.action, "done": len(going), "left": len(notes), "at": at}
    audit.record("ideas.batch", challenge, by=by, data=data)
    return batch


def can_undo(batch: Batch, *, by: User, at: dt.datetime) -> bool:
    """Whoever pressed, once, in time."""
    return (
        batch.by_id == by.pk
        and batch.undone_at is None
        and batch.undo_until is not None
        and at < batch.undo_until
    )


@transaction.atomic
def undo(*, batch: Batch, by: User, at: dt.datetime) -> Batch:
    """Give back each proposal that stands as the batch left it; the rows say of the others why not.

    Raises NotNow when it is too late or has been undone.
    """
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    require(batch.by_id == by.pk)
    if not can_undo(batch, by=by, at=at):
        raise NotNow(_("It can not be undone any more."))
    rows = list(batch.rows.filter(done=True).select_related("idea"))
    numbers = [row.idea.number or 0 for row in rows]
    ideas = {idea.pk: idea for idea in _locked(batch.challenge, numbers, by)}
    marks = {seen.idea.pk: _mark(seen) for seen in _seen(list(ideas.values()), by)}
    going = []
    for row in rows:
        if row.idea_id not in ideas:
            row.note = _("It has been withdrawn, or is closed to you: it was left as it is.")
        elif marks[row.idea_id] != row.after:
            row.note = _("It has been changed since: it was left as it is.")
        else:
            row.undone, row.idea = True, ideas[row.idea_id]
            going.append(row)
    bulk_kinds.undo(going, batch=batch, by=by, at=at)
    BatchRow.objects.bulk_update(rows, ["undone", "note"])
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    data = {"action": batch.action, "undone": len(going), "left": len(rows) - len(going), "at": at}
    audit.record("ideas.batch_undone", batch.challenge, by=by, data=data)
    return batch


def undoable(challenge: Challenge, *, by: User, at: dt.datetime) -> list[Batch]:
    """What the person has pressed a moment ago and may still undo, the newest first."""
    rows = Batch.objects.filter(challenge=challenge, by=by, undone_at=None, undo_until__gt=at)
    return list(rows.select_related("series"))


def forget_old(*, at: dt.datetime) -> None:
    """The audit log is what stays."""
    Batch.objects.filter(at__lt=at - KEPT).delete()


def _locked(challenge: Challenge, numbers: Collection[int], by: User) -> list[Idea]:
    """Delivered ones, in the order of their keys, so that two who press do not wait crosswise."""
    rows = Idea.objects.delivered().for_writing().filter(challenge=challenge, number__in=numbers)
    rows = rows.exclude(pk__in=registry.closed_to(by)).select_for_update(of=("self",))
    return list(rows.order_by("pk"))


def _fresh(ideas: Iterable[Idea]) -> list[Idea]:
    return list(Idea.objects.for_writing().filter(pk__in=[idea.pk for idea in ideas]))


def _seen(ideas: list[Idea], by: User) -> list[Seen]:
    """With what the rules and the marks ask, read for all at once."""
    with_jury = registry.with_jury(ideas)
    policies: dict[int, registry.CheckPolicy] = {}
    for idea in ideas:
        if idea.series_id not in policies:
            policies[idea.series_id] = registry.check_policy(idea)
    checks: dict[int, list[EligibilityCheck]] = {idea.pk: [] for idea in ideas}
    for check in EligibilityCheck.objects.filter(idea__in=list(checks)):
        checks[check.idea_id].append(check)
    return [
        Seen(idea, policies[idea.series_id], tuple(checks[idea.pk]), idea.pk in with_jury)
        for idea in ideas
    ]


def _mark(seen: Seen) -> str:
    """Changes with whatever a batch could write over."""
    idea = seen.idea
    stands = [
        *(idea.pk, idea.state, idea.series_id, idea.current_version_id, idea.merged_into_id),
        *(str(idea.hidden_at), idea.hidden_because, str(idea.decided_at), seen.with_jury),
        *(seen.checks[0].pk if seen.checks else None, seen.policy.settled),
    ]
    return digest(stands)[:16]
