"""Challenges: made from a recipe, their rubrics published, opened; proposals that came in."""

import datetime as dt
import random
import uuid
from collections.abc import Mapping
from typing import Any

from accounts.models import Organisation, User
from challenges.actions import close_challenge, create_from_recipe, open_challenge
from challenges.models import Challenge, Series
from challenges.states import PhaseKind, SeriesKind, Visibility
from core import clock
from demo.data import challenge as data_of
from demo.parts.places import staff
from demo.people import contact_of
from demo.quiet import in_the_past
from demo.recipes import moment, opening_day, recipe_of, span
from ideas.actions import make_public, save_draft, start_draft, submit_idea
from ideas.eligibility import YES, check_idea, gates_of
from ideas.models import Idea
from ideas.states import IdeaState
from scoring.actions.rubric import correct_rubric, spec_of, write_rubric
from scoring.actions.rubric_publishing import publish_by_two
from scoring.models import Rubric

Data = Mapping[str, Any]
UIDS = uuid.UUID("8e1c3a52-5f0d-4c39-9d0a-7a1c00700000")
ANNOUNCED = 6  # days before the call opens


def challenge_of(data: Data) -> Challenge:
    return Challenge.objects.with_phases().get(slug=data["slug"])


def series_of(challenge: Challenge) -> dict[str, Series]:
    """By key; each knows the challenge that was loaded with its phases."""
    found = {one.key: one for one in challenge.series.all()}
    for one in found.values():
        one.challenge = challenge
    return found


def announce(key: str) -> None:
    """Make the challenge, publish its rubrics, let everybody read it before the call opens."""
    data = data_of(key)
    now = clock.now()
    by, second = staff(data)
    made = create_from_recipe(
        recipe=recipe_of(data),
        owner=Organisation.objects.get(name=data["host"]),
        opens_on=opening_day(data, clock.local(now).date()),
        title=data["title"],
        by=by,
        contact_email=data["contact"]["email"],
        slug=data["slug"],
        # The seed of a round follows from it: so jurors get the same proposals on every machine.
        uid=uuid.uuid5(UIDS, data["slug"]),
    )
    challenge = challenge_of(data)
    at = min(moment(challenge, -ANNOUNCED), now - dt.timedelta(days=1))
    with in_the_past(at):
        for rubric in Rubric.objects.filter(series__challenge=made):
            publish_by_two(rubric=rubric, by=by, second=second, at=at - dt.timedelta(hours=20))
        open_challenge(challenge=made, by=by, at=at)
    Challenge.objects.filter(pk=made.pk).update(is_demo=True, created_at=at - dt.timedelta(days=30))


def correct(key: str) -> None:
    """One question of a rubric, some days after opening: a second version with its reason."""
    data = data_of(key)
    said = data["correction"]
    by, second = staff(data)
    series = series_of(challenge_of(data))[said["series"]]
    at = moment(series.challenge, said["days"])
    with in_the_past(at):
        spec = spec_of(correct_rubric(series=series, by=by))
        for one in spec["criteria"]:
            if one["key"] == said["criterion"]:
                one["question"] = said["question"]
        rubric = write_rubric(series=series, spec={**spec, "reason": said["reason"]}, by=by)
        publish_by_two(rubric=rubric, by=by, second=second, at=at)


def propose(key: str) -> None:
    """Everybody's proposals in the order of time, so that their numbers follow it."""
    data = data_of(key)
    challenge = challenge_of(data)
    series = series_of(challenge)
    people = {user.email: user for user in User.objects.filter(is_demo=True)}
    organisations = {one.name: one for one in Organisation.objects.filter(is_demo=True)}
    for row, at in _arrivals(data, challenge):
        track = series[row["series"]]
        by = organisation = None
        if track.kind == SeriesKind.ORGANISATIONS:
            organisation = organisations[row["proposer"]]
            by = people[contact_of(row["proposer"])]
        with in_the_past(at):
            _submit(row, track, at=at, by=by, organisation=organisation)


def draft(key: str) -> None:
    """What somebody has begun and not handed in."""
    data = data_of(key)
    series = series_of(challenge_of(data))
    at = clock.now() - dt.timedelta(days=1, hours=3)
    for row in data["drafts"]:
        by = User.objects.get(email=contact_of(row["proposer"]))
        idea = start_draft(
            series=series[row["series"]],
            language=row["language"],
            at=at,
            by=by,
            organisation=Organisation.objects.get(name=row["proposer"]),
            uid=uid_of(data["slug"], row["answers"]["title"]),
            is_demo=True,
        )
        save_draft(
            idea=idea,
            answers=row["answers"],
            revision=idea.revision,
            at=at + dt.timedelta(minutes=14),
            by=by,
        )


def _submit(
    row: Data,
    series: Series,
    *,
    at: dt.datetime,
    by: User | None,
    organisation: Organisation | None,
) -> None:
    opens = series.challenge.opens_at or at
    thought = dt.timedelta(minutes=9) if by is None else dt.timedelta(days=2)
    began = max(opens + dt.timedelta(minutes=1), at - thought)
    idea = start_draft(
        series=series,
        language=row["language"],
        at=began,
        by=by,
        organisation=organisation,
        uid=uid_of(series.challenge.slug, row["title"]),
        is_demo=True,
    )
    idea = save_draft(idea=idea, answers=row["answers"], revision=idea.revision, at=at, by=by)
    submit_idea(idea=idea, at=at, by=by)


def uid_of(slug: str, title: str) -> uuid.UUID:
    """The same on every machine, so that a proposal keeps its address."""
    return uuid.uuid5(UIDS, f"{slug}/{title}")


def _arrivals(data: Data, challenge: Challenge) -> list[tuple[Data, dt.datetime]]:
    """When each proposal comes: by day and evening, more towards the end, never at night."""
    dice = random.Random(data["slug"])
    opens, closes = span(challenge, PhaseKind.SUBMISSION)
    until = min(closes, clock.now() - dt.timedelta(hours=1))
    rows = []
    for row in data["ideas"]:
        day = clock.local(opens + (until - opens) * dice.random() ** 0.6)
        minute = int(dice.triangular(7 * 60, 22 * 60, 18 * 60))
        at = day.replace(hour=minute // 60, minute=minute % 60, second=dice.randrange(60))
        if not opens + dt.timedelta(hours=1) < at < until:
            at = opens + (until - opens) * dice.uniform(0.2, 0.98)
        rows.append((row, at.astimezone(dt.UTC).replace(microsecond=0)))
    return sorted(rows, key=lambda pair: pair[1])


def close_and_check(key: str) -> None:
    """The call closes, its proposals open to readers where that was promised, staff check them."""
    data = data_of(key)
    challenge = challenge_of(data)
    _opens, closes = span(challenge, PhaseKind.SUBMISSION)
    by, _second = staff(data)
    with in_the_past(closes):
        close_challenge(challenge=challenge, at=closes)
        if challenge.visibility == Visibility.AFTER_CLOSING:
            make_public(challenge=challenge, at=closes)
    ideas = list(Idea.objects.for_writing().filter(challenge=challenge).order_by("number"))
    for idea in ideas:
        idea.challenge = challenge
    half = len(ideas) // 2
    for days, part in ((2, ideas[:half]), (4, ideas[half:])):
        at = closes + dt.timedelta(days=days, hours=-2)
        with in_the_past(at):
            for idea in (one for one in part if one.state == IdeaState.SUBMITTED):
                gates = {gate.key: YES for gate in gates_of(idea)}
                check_idea(idea=idea, eligible=True, by=by, at=at, gates=gates)
