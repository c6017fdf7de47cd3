"""Reads: all that the minutes of a meeting tell, on the page and in the document."""

from collections.abc import Collection
from typing import Any

from scoring.models import Meeting
from scoring.queries.deliberation import agenda_of, changes_during


def minutes_of(meeting: Meeting, *, without: Collection[int] = ()) -> dict[str, Any]:
    """The context of the minutes; a constant number of queries.

    `without`: proposals (primary keys) of which the reader is told nothing.
    """
    topics = agenda_of(meeting, without=without)
    changes = [one for one in changes_during(meeting) if one.idea_id not in without]
    spoken_of = {topic.item.idea_id for topic in topics}
    return {
        "meeting": meeting,
        "challenge": meeting.challenge,
        "present": list(meeting.present.all()),
        "topics": [
            (topic, [one for one in changes if one.idea_id == topic.item.idea_id])
            for topic in topics
        ],
        "other_changes": [one for one in changes if one.idea_id not in spoken_of],
    }


def minutes_payload(meeting: Meeting) -> dict[str, Any]:
    """What the digest of the minutes is taken over."""
    return {
        "format": "talkoot-minutes/1",
        "round": meeting.round_id,
        "number": meeting.number,
        "opened_at": meeting.opened_at.isoformat() if meeting.opened_at else None,
        "closed_at": meeting.closed_at.isoformat() if meeting.closed_at else None,
        "present": sorted(meeting.present.values_list("pk", flat=True)),
        "items": [
            {
                "idea": str(item.idea.uid),
                "why": item.why,
                "state": item.state,
                "left": item.left,
                "notes": item.notes,
                "consensus": None if item.consensus is None else str(item.consensus),
                "consensus_reason": item.consensus_reason,
            }
            for item in meeting.items.select_related("idea")
        ],
    }
