"""Juries: invited, seated, given their proposals; ties declared, sheets filled and submitted."""

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from challenges.models import Challenge, Theme
from challenges.states import PhaseKind
from core import clock
from demo.data import challenge as data_of
from demo.data import load
from demo.parts import marks
from demo.parts.calls import challenge_of, series_of
from demo.parts.places import juror_person, staff
from demo.quiet import in_the_past
from demo.recipes import moment, span
from scoring.actions.assign import assign_round, ensure_round
from scoring.actions.panel import Invitation, accept_invitation, declare, invite_jurors
from scoring.actions.rounds import close_round
from scoring.actions.sheets import save_sheet, submit_sheet
from scoring.models import Assignment, Juror, Round
from scoring.rubrics import published_criteria
from scoring.states import AssignmentState, DeclarationKind, SheetState

INVITED = 14  # days after the call opens
TIED = "Olin mukana ehdottajan aiemmassa hankkeessa vuonna 2024."
MAYBE_TIED = "Serkkuni on töissä ehdottajalla, emme ole puhuneet tästä."
Plan = dict[int, tuple[dict[str, int], str]]  # assignment's pk → levels, comment


def seat(key: str) -> None:
    """Jurors are invited one by one, each for what they know, and take their seats."""
    data = data_of(key)
    challenge = challenge_of(data)
    by, _second = staff(data)
    themes = {theme.key: theme for theme in Theme.objects.all()}
    series = list(series_of(challenge).values())
    for number, person in enumerate(data["jury"]):
        at = moment(challenge, INVITED, "09:30")
        title = f"{person['title']['fi']}, {person['organisation']}"
        with in_the_past(at):
            invited = invite_jurors(
                challenge=challenge,
                people=[Invitation(person["email"], person["name"], title)],
                series=series,
                expertise=[themes[name] for name in person["themes"]],
                by=by,
                at=at,
            )
        at += dt.timedelta(days=1 + number % 4, hours=number)
        with in_the_past(at):
            for juror in invited:
                accept_invitation(juror=juror, by=juror_person(person), at=at)


A_SITTING, READING = 4, dt.timedelta(minutes=11)  # proposals at one go; time for each


def assign(key: str) -> None:
    """Each series' proposals are given out as its jury begins; ties are declared first."""
    data = data_of(key)
    challenge = challenge_of(data)
    by, _second = staff(data)
    at = span(challenge, PhaseKind.SCORING)[0] + dt.timedelta(hours=1)
    with in_the_past(at):
        for series in series_of(challenge).values():
            assign_round(round_=ensure_round(series=series, by=by), by=by, at=at)
    jurors = list(Juror.objects.filter(challenge=challenge).select_related("user").order_by("pk"))
    late = jurors[-1] if data["state"] == "scoring" else None  # has not begun
    _tie(challenge, jurors[2], DeclarationKind.CONFLICT, TIED, at=at)
    if late is not None:
        _tie(challenge, jurors[3], DeclarationKind.POTENTIAL, MAYBE_TIED, at=at)
    for number, juror in enumerate(jurors):
        if juror != late:
            _declare_none(challenge, juror, at=at + dt.timedelta(hours=5 * number + 2))


def _tie(challenge: Challenge, juror: Juror, kind: str, reason: str, *, at: dt.datetime) -> None:
    first = _assignments(challenge).filter(juror=juror, declared="").first()
    if first is None or juror.user is None:
        return
    at += dt.timedelta(hours=1)
    with in_the_past(at):
        declare(juror=juror, idea=first.idea, kind=kind, by=juror.user, at=at, reason=reason)


def _declare_none(challenge: Challenge, juror: Juror, *, at: dt.datetime) -> None:
    for one in _assignments(challenge).filter(juror=juror, declared=""):
        if juror.user is not None:
            with in_the_past(at):
                declare(juror=juror, idea=one.idea, kind=DeclarationKind.NONE, by=juror.user, at=at)


def score(key: str, juror: int) -> None:
    """The sheets of one juror, in their own order: all of them, or half while the jury works."""
    data = data_of(key)
    challenge = challenge_of(data)
    starts, ends = span(challenge, PhaseKind.SCORING)
    person = Juror.objects.select_related("user").get(
        challenge=challenge, email=data["jury"][juror]["email"]
    )
    plan = _plans(key, challenge.uid)
    mine = [
        one
        for one in _assignments(challenge).filter(juror=person, declared=DeclarationKind.NONE)
        if getattr(one, "sheet", None) is None or one.sheet.state == SheetState.DRAFT
    ]
    part = 1.0 if data["state"] == "decided" else data["jury"][juror].get("progress", 0.5)
    done = round(len(mine) * part)
    starts += dt.timedelta(days=1)
    ends = min(ends, clock.now()) - dt.timedelta(hours=3 + juror)
    sittings = -(-len(mine) // A_SITTING)
    for number, one in enumerate(mine[: done + 1]):
        one.idea.challenge = challenge
        one.juror = person
        sitting, turn = divmod(number, A_SITTING)
        at = starts + (ends - starts) * (sitting + 1) / (sittings + 1) + turn * READING
        with in_the_past(at):
            _fill(one, plan[one.pk], whole=number < done, at=at)


def _fill(
    assignment: Assignment, plan: tuple[dict[str, int], str], *, whole: bool, at: dt.datetime
) -> None:
    """A whole sheet is submitted; of one that was begun, some marks are there."""
    levels, comment = plan
    by = assignment.juror.user
    if by is None:
        return
    changes: dict[str, Any] = dict(levels) if whole else dict(list(levels.items())[:3])
    if comment and whole:
        changes["comment"] = comment
    save_sheet(assignment=assignment, changes=changes, by=by, at=at)
    if whole:
        submit_sheet(assignment=assignment, by=by, at=at + dt.timedelta(minutes=6))


def close(key: str) -> None:
    """No more scores."""
    data = data_of(key)
    challenge = challenge_of(data)
    by, _second = staff(data)
    _starts, ends = span(challenge, PhaseKind.SCORING)
    with in_the_past(ends):
        for round_ in Round.objects.filter(series__challenge=challenge):
            close_round(round_=round_, by=by, at=ends)


def _assignments(challenge: Challenge) -> Any:
    return (
        Assignment.objects.filter(
            round__series__challenge=challenge, state=AssignmentState.CONFIRMED
        )
        .select_related("idea", "juror__user", "round__rubric", "round__series", "sheet")
        .order_by("order", "pk")
    )


@lru_cache(maxsize=2)
def _plans(key: str, uid: uuid.UUID) -> Plan:
    """What every juror will say of every proposal of the challenge; the same at each call."""
    data = data_of(key)
    challenge = challenge_of(data)
    qualities = {row["title"]: row["quality"] for row in data["ideas"]}
    by_idea: dict[int, list[Assignment]] = defaultdict(list)
    for one in _assignments(challenge).order_by("juror_id", "idea_id"):
        by_idea[one.idea_id].append(one)
    mild = {
        one.juror_id: random.Random(one.juror.email).uniform(-1, 1)
        for several in by_idea.values()
        for one in several
    }
    plans: Plan = {}
    for several in by_idea.values():
        idea, rubric = several[0].idea, several[0].round.rubric
        dice = random.Random(f"{challenge.slug}/{idea.title}")
        weights = {one.key: int(one.weight) for one in published_criteria(rubric)}
        drawn = marks.sheets(
            qualities[idea.title], weights, [mild[one.juror_id] for one in several], dice
        )
        words = _comments(drawn, dice)
        for one, levels in zip(several, drawn, strict=True):
            plans[one.pk] = (levels, next(words))
    return plans


def _comments(drawn: list[dict[str, int]], dice: random.Random) -> Iterator[str]:
    """A comment on what stands out on the sheet, for two sheets in three; none twice."""
    said: set[str] = set()
    for levels in drawn:
        mean = sum(levels.values()) / len(levels)
        about = max(levels, key=lambda key: (abs(levels[key] - mean), key))
        fitting = [words for words in _words(about, levels[about]) if words not in said]
        if not fitting or dice.random() > 2 / 3:
            yield ""
            continue
        said.add(chosen := dice.choice(fitting))
        yield chosen


def _words(about: str, level: int) -> list[str]:
    kind = "high" if level >= 4 else "mid" if level == 3 else "low"
    rows: list[Mapping[str, str]] = load("comments")
    return [row["text"] for row in rows if row["about"] == about and row["level"] == kind]
