"""Verbs: prepare a meeting of the jury, go through its agenda, close it with minutes.

A meeting changes no score: jurors change their own, after the sheet has been opened again; what is
agreed together is written beside the scores.
"""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from ideas.models import Idea
from scoring import rules
from scoring.actions.documents import order_minutes
from scoring.models import AgendaItem, Juror, Meeting, Round
from scoring.queries import deliberation as read
from scoring.queries.minutes import minutes_payload
from scoring.states import ItemState, JurorState, MeetingState

BY_HAND = "by_hand"


@transaction.atomic
def prepare_meeting(*, round_: Round, by: User, at: dt.datetime) -> Meeting:
    """A meeting with its agenda: the grey band and what the signs are about, best first.

    The round must be closed. A meeting that is being prepared is brought up to date instead.
    """
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    Round.objects.select_for_update().get(pk=round_.pk)
    if not round_.is_done:
        raise NotNow(_("Close the scoring of the round first."))
    meeting = round_.meetings.exclude(state=MeetingState.CLOSED).first()
    if meeting is None:
        last = round_.meetings.aggregate(last=Max("number"))["last"] or 0
        meeting = Meeting(round=round_, number=last + 1, made_by=by, made_at=at)
        meeting.full_clean()
        meeting.save()
        audit.record("meeting.prepared", meeting, by=by)
    elif meeting.state != MeetingState.PLANNED:
        raise NotNow(_("A meeting is going on already."))
    known = {item.idea_id: item for item in meeting.items.all()}
    for order, (idea, why) in enumerate(read.topics(round_), start=1):
        item = known.pop(idea, None) or AgendaItem(meeting=meeting, idea_id=idea)
        item.order = order
        item.why = why + ([BY_HAND] if BY_HAND in item.why else [])
        item.save()
    for item in known.values():
        if BY_HAND in item.why:
            item.why = [BY_HAND]
            item.save()
        else:
            item.delete()
    return meeting


@transaction.atomic
def add_item(*, meeting: Meeting, idea: Idea, by: User) -> AgendaItem:
    """Put a proposal of the round on the agenda by hand, last."""
    meeting = _open_to(meeting, by)
    require(meeting.round.scores.filter(idea=idea).exists())
    found = meeting.items.filter(idea=idea).first()
    if found is not None:
        return found
    last = meeting.items.aggregate(last=Max("order"))["last"] or 0
    item = AgendaItem(meeting=meeting, idea=idea, order=last + 1, why=[BY_HAND])
    item.full_clean()
    item.save()
    audit.record("meeting.item_added", item, by=by, data={"idea": idea.pk})
    return item


@transaction.atomic
def open_meeting(
    *, meeting: Meeting, present: Collection[int], by: User, at: dt.datetime
) -> Meeting:
    """Begin: who of the jury is present is written down. Again while it goes on: corrects that."""
    meeting = _open_to(meeting, by)
    jurors = list(
        Juror.objects.filter(
            pk__in=present, challenge=meeting.round.series.challenge_id, state=JurorState.ACCEPTED
        )
    )
    if not jurors:
        raise Invalid(errors={"present": [_("Mark who is present.")]})
    if meeting.state == MeetingState.PLANNED:
        meeting.state, meeting.opened_at = MeetingState.OPEN, at
        meeting.full_clean()
        meeting.save()
    meeting.present.set(jurors)
    audit.record(
        "meeting.opened", meeting, by=by, data={"present": sorted(juror.pk for juror in jurors)}
    )
    return meeting


@transaction.atomic
def open_item(*, item: AgendaItem, by: User, at: dt.datetime) -> AgendaItem:
    """Take a proposal up. Present jurors with a tie to it leave, and that is written down first."""
    meeting = _open_to(item.meeting, by)
    if meeting.state != MeetingState.OPEN:
        raise NotNow(_("Begin the meeting first."))
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    meeting.items.filter(state=ItemState.OPEN).exclude(pk=item.pk).update(
        state=ItemState.DONE, done_at=at
    )
    left = [
        {"juror": juror.pk, "name": str(juror)}
        for juror in read.barred(meeting, item.idea_id)
        if juror.pk in set(meeting.present.values_list("pk", flat=True))
    ]
    if item.state == ItemState.OPEN and item.left == left:
        return item
    item.state, item.done_at, item.left = ItemState.OPEN, None, left
    item.opened_at = item.opened_at or at
    item.save()
    audit.record(
        "meeting.item_opened",
        item,
        by=by,
        data={"idea": item.idea_id, "left": [one["juror"] for one in left]},
    )
    return item


@transaction.atomic
def write_item(
    *,
    item: AgendaItem,
    notes: str,
    consensus: Decimal | None,
    consensus_reason: str,
    done: bool,
    by: User,
    at: dt.datetime,
) -> AgendaItem:
    """What was said and agreed. An agreed score needs its reason; it changes nobody's sheet."""
    meeting = _open_to(item.meeting, by)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    if meeting.state != MeetingState.OPEN or item.state == ItemState.WAITING:
        raise NotNow(_("Take the proposal up first."))
    if consensus is not None and not consensus_reason.strip():
        raise Invalid(errors={"consensus_reason": [_("Write why the jury agreed on this score.")]})
    was = (item.notes, item.consensus, item.consensus_reason, item.state)
    item.notes, item.consensus = notes.strip(), consensus
    item.consensus_reason = consensus_reason.strip() if consensus is not None else ""
    if done and item.state == ItemState.OPEN:
        item.state, item.done_at = ItemState.DONE, at
    item.full_clean()
    if was == (item.notes, item.consensus, item.consensus_reason, item.state):
        return item
    item.save()
    audit.record(
        "meeting.item_written",
        item,
        by=by,
        data={
            "idea": item.idea_id,
            "consensus": None if consensus is None else str(consensus),
            "state": item.state,
        },
    )
    return item


@transaction.atomic
def close_meeting(*, meeting: Meeting, by: User, at: dt.datetime) -> Meeting:
    """End it: the minutes stand as they are, with their SHA-256 in the log."""
    meeting = _open_to(meeting, by)
    if meeting.state != MeetingState.OPEN:
        raise NotNow(_("Begin the meeting first."))
    meeting.items.filter(state=ItemState.OPEN).update(state=ItemState.DONE, done_at=at)
    meeting.state, meeting.closed_at = MeetingState.CLOSED, at
    meeting.digest = digest(minutes_payload(meeting))
    meeting.full_clean()
    meeting.save()
    audit.record("meeting.closed", meeting, by=by, data={"minutes": meeting.digest})
    order_minutes(meeting, by=by, at=at)
    return meeting


def _open_to(meeting: Meeting, by: User) -> Meeting:
    """The meeting under its lock, for one who may lead it; refused once it has ended."""
    require(bool(rules.can_run_jury(by, meeting.challenge)))
    found = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("round__series__challenge")
        .get(pk=meeting.pk)
    )
    if found.state == MeetingState.CLOSED:
        raise NotNow(_("The meeting has ended: its minutes are not changed."))
    return found
