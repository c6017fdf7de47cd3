"""Reads: meetings of the jury, what they are about, who must leave, minutes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from challenges.models import Challenge
from scoring.models import (
    AgendaItem,
    Assignment,
    Declaration,
    IdeaStanding,
    Juror,
    Meeting,
    Round,
    ScoreSheet,
    SheetVersion,
)
from scoring.states import AssignmentState, DeclarationKind, MeetingState, SheetState

GREY = "grey"


def topics(round_: Round) -> list[tuple[int, list[str]]]:
    """(proposal's pk, why) of what the jury should talk about, in the order of the ranking.

    Why: "grey" of the grey band, "outlier" of a sign on one of its sheets.
    """
    why: dict[int, list[str]] = defaultdict(list)
    for idea in round_.standings.filter(band=GREY).values_list("idea_id", flat=True):
        why[idea].append(GREY)
    signs = round_.signs.filter(idea__isnull=False, standing=True).order_by("kind")
    for idea_id, kind in signs.values_list("idea_id", "kind"):
        if idea_id is not None and kind not in why[idea_id]:
            why[idea_id].append(kind)
    lines = dict(round_.standings.filter(idea__in=list(why)).values_list("idea_id", "line"))
    return sorted(why.items(), key=lambda one: (lines.get(one[0], 0), one[0]))


def meetings_of(challenge: Challenge) -> QuerySet[Meeting]:
    return (
        Meeting.objects.filter(round__series__challenge=challenge)
        .select_related("round__series__challenge")
        .order_by("round__series__order", "round__number", "number")
    )


def barred(meeting: Meeting, idea_id: int) -> list[Juror]:
    """Jurors of the challenge who may not be there for the proposal, by name."""
    return barred_from(meeting.round.series.challenge_id, [idea_id])[idea_id]


def barred_from(challenge_id: int, ideas: list[int]) -> dict[int, list[Juror]]:
    """By proposal: jurors with a tie to it (one not yet settled too) or taken off it for one."""
    found: dict[int, dict[int, Juror]] = defaultdict(dict)
    ties = Declaration.objects.filter(juror__challenge=challenge_id, idea__in=ideas).exclude(
        kind=DeclarationKind.NONE
    )
    for tie in ties.select_related("juror"):
        found[tie.idea_id][tie.juror_id] = tie.juror
    gone = Assignment.objects.filter(
        juror__challenge=challenge_id, idea__in=ideas, state=AssignmentState.RECUSED
    )
    for one in gone.select_related("juror"):
        found[one.idea_id][one.juror_id] = one.juror
    return defaultdict(
        list,
        {
            idea: sorted(jurors.values(), key=lambda juror: (str(juror), juror.pk))
            for idea, jurors in found.items()
        },
    )


@dataclass(frozen=True)
class Topic:
    """A line of the agenda with what staff need beside it."""

    item: AgendaItem
    standing: IdeaStanding | None
    barred: tuple[Juror, ...]

    @property
    def left_names(self) -> str:
        """Who had to leave, as it was written when the item was taken up."""
        return ", ".join(one["name"] for one in self.item.left)

    @property
    def barred_names(self) -> str:
        return ", ".join(str(juror) for juror in self.barred)


def agenda_of(meeting: Meeting, *, without: Collection[int] = ()) -> list[Topic]:
    """Four queries whatever its length. `without`: proposals (primary keys) left out."""
    items = list(meeting.items.exclude(idea__in=without).select_related("idea"))
    ideas = [item.idea_id for item in items]
    standings = {one.idea_id: one for one in meeting.round.standings.filter(idea__in=ideas)}
    away = barred_from(meeting.round.series.challenge_id, ideas)
    for item in items:
        item.meeting = meeting
    return [Topic(item, standings.get(item.idea_id), tuple(away[item.idea_id])) for item in items]


@dataclass(frozen=True)
class Change:
    """A juror's own change of a sheet while the meeting went on, with the reason of reopening."""

    juror: Juror
    idea_id: int
    reference: str
    number: int
    reason: str
    at: Any


def changes_during(meeting: Meeting) -> list[Change]:
    """New versions of sheets of the round between the meeting's beginning and its end."""
    versions = SheetVersion.objects.filter(
        sheet__assignment__round=meeting.round_id, number__gt=1, at__gte=meeting.opened_at
    )
    if meeting.closed_at:
        versions = versions.filter(at__lte=meeting.closed_at)
    return [
        Change(
            juror=version.sheet.assignment.juror,
            idea_id=version.sheet.assignment.idea_id,
            reference=version.sheet.assignment.idea.reference,
            number=version.number,
            reason=version.reason,
            at=version.at,
        )
        for version in versions.select_related(
            "sheet__assignment__juror", "sheet__assignment__idea"
        ).order_by("at", "pk")
    ]


def totals_of(item: AgendaItem) -> list[float]:
    """The submitted totals of the proposal in the round, lowest first, without names."""
    totals = ScoreSheet.objects.filter(
        assignment__round=item.meeting.round_id,
        assignment__idea=item.idea_id,
        assignment__state=AssignmentState.CONFIRMED,
        state=SheetState.SUBMITTED,
        total__isnull=False,
    ).order_by("total")
    return [float(total or 0) for total in totals.values_list("total", flat=True)]


@dataclass(frozen=True)
class OwnTopic:
    """A line of the agenda as one juror may see it: of a barred one only that it is there."""

    order: int
    state: str
    barred: bool
    reference: str = ""
    title: str = ""
    language: str = ""
    assignment: int | None = None


def agenda_for(juror: Juror) -> tuple[Meeting, list[OwnTopic]] | None:
    """The agenda of the newest meeting that the juror's series has, None before one."""
    meeting = (
        Meeting.objects.filter(round__series__jurors=juror)
        .exclude(state=MeetingState.PLANNED)
        .select_related("round__series__challenge")
        .order_by(F("closed_at").desc(nulls_first=True), "-pk")
        .first()
    )
    if meeting is None:
        return None
    items = list(meeting.items.select_related("idea"))
    away = barred_from(juror.challenge_id, [item.idea_id for item in items])
    mine = dict(
        Assignment.objects.filter(
            round=meeting.round_id, juror=juror, state=AssignmentState.CONFIRMED
        ).values_list("idea_id", "pk")
    )
    lines = []
    for item in items:
        if juror in away[item.idea_id]:
            lines.append(OwnTopic(item.order, item.get_state_display(), barred=True))
            continue
        lines.append(
            OwnTopic(
                order=item.order,
                state=item.get_state_display(),
                barred=False,
                reference=item.idea.reference,
                title=item.idea.title,
                language=item.idea.language,
                assignment=mine.get(item.idea_id),
            )
        )
    return meeting, lines
