"""Reads: the rounds of a series, where it is, which of them decides."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from challenges.models import Challenge, Series
from challenges.states import ChallengeState
from core.canonical import digest
from core.errors import NotNow
from ideas.models import Idea
from ideas.states import IdeaState
from scoring.models import IdeaScore, Round
from scoring.queries.rubric import current_rubric
from scoring.stages import BEST, THRESHOLD, Stage, is_planned, plan_of
from scoring.states import JurorState, Outcome, Profile, RoundKind, RoundState

SEEDS = 2**31

NOT_SCORED = Q(kind=RoundKind.ELIGIBILITY)


def scored_rounds(challenge: Challenge) -> QuerySet[Round]:
    """Rounds with sheets, by series and number."""
    return (
        Round.objects.filter(series__challenge=challenge)
        .exclude(NOT_SCORED)
        .select_related("series", "rubric")
        .order_by("series__order", "series_id", "number")
    )


def latest_round(series: Series) -> Round | None:
    """The last round of the series that has sheets, None before the first."""
    return series.rounds.exclude(NOT_SCORED).order_by("-number").first()


def deciding_round(series: Series) -> Round | None:
    """The round whose ranking the decision is made from: the last one of the series."""
    return latest_round(series)


def deciding_rounds(challenge: Challenge) -> list[Round]:
    """The deciding round of each series that has one."""
    last = {round_.series_id: round_ for round_ in scored_rounds(challenge)}
    return list(last.values())


def earlier_round(round_: Round) -> Round | None:
    """The scored round before it in the series."""
    before = Round.objects.filter(series=round_.series_id, number__lt=round_.number)
    return before.exclude(NOT_SCORED).select_related("series", "rubric").order_by("-number").first()


def pooled_rounds(round_: Round) -> list[Round]:
    """The rounds whose sheets count together in its ranking, newest first.

    A grey zone adds sheets to those of the round that it clears up; other rounds stand alone.
    """
    found = [round_]
    while found[-1].kind == RoundKind.GREY:
        before = earlier_round(found[-1])
        if before is None:
            break
        found.append(before)
    return found


def candidates(round_: Round) -> QuerySet[Idea]:
    """Eligible proposals that the round is about: all in the first, later those that advanced."""
    eligible = Idea.objects.filter(series=round_.series_id, state=IdeaState.ELIGIBLE)
    before = earlier_round(round_)
    if before is None:
        return eligible
    if round_.kind == RoundKind.GREY:
        return eligible.filter(scores__round=before)
    return eligible.filter(scores__round=before, scores__outcome=Outcome.ADVANCED)


# ── Where a series is, and what is next ──


def next_stage(round_: Round) -> int | None:
    """The place in the plan that proposals advance to from the round; None after the last.

    A grey zone adds to what was scored, so nobody advances to it.
    """
    stages = plan_of(round_.rubric)
    later = range(round_.stage + 1, len(stages))
    return next((n for n in later if stages[n].kind != RoundKind.GREY), None)


def is_planned_grey(round_: Round) -> bool:
    """Whether a grey zone may follow the round: planned, or nothing planned and not formal."""
    if round_.kind == RoundKind.GREY:
        return False
    stages = plan_of(round_.rubric)
    if not is_planned(round_.rubric):
        return round_.rubric.profile != Profile.FORMAL
    following = round_.stage + 1
    return following < len(stages) and stages[following].kind == RoundKind.GREY


def eligibility_round(series: Series) -> Round | None:
    return series.rounds.filter(NOT_SCORED).first()


def undetermined(series: Series) -> int:
    """Proposals of which it has not been found whether they meet the rules."""
    return Idea.objects.filter(series=series, state=IdeaState.SUBMITTED).count()


def round_to_assign(series: Series) -> Round:
    """The round whose proposals are given out now: stored, or as it would be planned (no pk).

    Raises NotNow with what has to be done first.
    """
    latest = latest_round(series)
    if latest is not None:
        latest.series = series
        if not latest.is_done:
            return latest
    rubric = current_rubric(series)
    if rubric is None or series.challenge.state != ChallengeState.OPENED:
        raise NotNow(_("The challenge must be open and its rubric published first."))
    stages = plan_of(rubric)
    if latest is None:
        if not stages[0].is_scored and eligibility_round(series) is None:
            raise NotNow(_("Close the round of eligibility first."))
        place = next(n for n, stage in enumerate(stages) if stage.is_scored)
    else:
        following = next_stage(latest)
        if following is None:
            raise NotNow(_("The round is closed, and it was the last one."))
        if latest.advanced_at is None:
            raise NotNow(_("Decide first who advances from the round that is closed."))
        place = following
    made = Round(
        series=series,
        rubric=rubric,
        kind=stages[place].kind,
        stage=place,
        number=(series.rounds.aggregate(last=Max("number"))["last"] or 0) + 1,
        reviews=stages[place].reviews,
        advance=stages[place].advance.to_data(),
        carry_over=stages[place].carry_over,
        live=stages[place].live,
    )
    made.seed = seed_of(made)
    return made


def seed_of(round_: Round) -> int:
    """The seed that the round's assignment and lots are drawn with, 0…2³¹−1.

    SHA-256 over the rubric's digest, the series, the round's number and the uids of its proposals:
    nobody chooses it, and nobody knows it before the proposals are in.
    """
    uids = sorted(uid.hex for uid in candidates(round_).values_list("uid", flat=True))
    parts = [round_.rubric.digest, round_.series.key, round_.number, uids]
    return int(digest(parts)[:16], 16) % SEEDS


@dataclass(frozen=True)
class StageRow:
    """One line of the plan: the stage and, once it has begun, its round."""

    stage: Stage
    round: Round | None

    @property
    def label(self) -> str:
        return str(RoundKind(self.stage.kind).label)

    @property
    def rule(self) -> str:
        """Who advances, in words; empty where nobody does."""
        advance = self.stage.advance
        if advance.by == BEST:
            return _("the best %(n)s") % {"n": f"{advance.value:.0f}"}
        if advance.by == THRESHOLD:
            return _("at least %(n)s points") % {"n": f"{advance.value.normalize():f}"}
        return ""


@dataclass(frozen=True)
class Standing:
    """Where a series is. `step` names what is next:

    rubric, check, close_eligibility, assign, score, advance, undo (advanced, next not opened),
    decide. `jurors` have accepted.
    """

    series: Series
    rows: tuple[StageRow, ...]
    latest: Round | None
    step: str
    jurors: int
    invited: int
    unchecked: int
    eligible: int
    may_open_grey: bool
    runs: int

    @property
    def most_reviews(self) -> int:
        return max((row.stage.reviews for row in self.rows if row.stage.is_scored), default=0)

    @property
    def too_few_jurors(self) -> bool:
        """More reviews are promised than there are people, even if all who were asked come."""
        return bool(self.rows) and self.jurors + self.invited < self.most_reviews


def standing_of(series: Series) -> Standing:
    """In a number of queries that does not grow with the proposals."""
    rubric = current_rubric(series)
    rounds = list(series.rounds.select_related("rubric").order_by("number"))
    for one in rounds:
        one.series = series
    scored = [one for one in rounds if one.kind != RoundKind.ELIGIBILITY]
    latest = scored[-1] if scored else None
    stages = plan_of(rubric) if rubric else ()
    by_stage = {(one.stage, one.kind): one for one in rounds}
    rows = [StageRow(stage, by_stage.pop((n, stage.kind), None)) for n, stage in enumerate(stages)]
    rows += [  # a grey zone that was not planned
        StageRow(Stage(one.kind, one.reviews), one) for one in by_stage.values()
    ]
    counts = dict(
        series.jurors.values_list("state").annotate(n=Count("pk")).values_list("state", "n")
    )
    states = dict(Idea.objects.filter(series=series).values_list("state").annotate(n=Count("pk")))
    eligibility = bool(stages) and not stages[0].is_scored
    closed = any(one.kind == RoundKind.ELIGIBILITY for one in rounds)
    unchecked = states.get(IdeaState.SUBMITTED, 0)
    return Standing(
        series=series,
        rows=tuple(rows),
        latest=latest,
        step=_step(
            latest, rubric is not None, unchecked=unchecked, waits=eligibility and not closed
        ),
        jurors=counts.get(JurorState.ACCEPTED, 0),
        invited=counts.get(JurorState.INVITED, 0),
        unchecked=unchecked,
        eligible=states.get(IdeaState.ELIGIBLE, 0),
        may_open_grey=bool(
            latest and latest.is_done and latest.advanced_at is None and is_planned_grey(latest)
        ),
        runs=sum(1 for one in rounds if one.assigned_at),
    )


def _step(latest: Round | None, has_rubric: bool, *, unchecked: int, waits: bool) -> str:  # noqa: FBT001
    if not has_rubric:
        return "rubric"
    if latest is None:
        if waits:
            return "check" if unchecked else "close_eligibility"
        return "assign"
    if not latest.is_done:
        return "score" if latest.state == RoundState.OPEN else "assign"
    if next_stage(latest) is None:
        return "decide"
    return "advance" if latest.advanced_at is None else "undo"


@dataclass(frozen=True)
class PathStep:
    """What became of a proposal in one round. `mean`, `submitted`, `wanted` are for staff only."""

    label: str
    outcome: str
    state: str
    submitted: int
    wanted: int
    at: dt.datetime | None


def path_of(idea: Idea) -> list[PathStep]:
    """The proposal's way through the rounds, in order, as staff see it."""
    rows = IdeaScore.objects.filter(idea=idea).select_related("round").order_by("round__number")
    return [
        PathStep(
            label=str(RoundKind(row.round.kind).label),
            outcome=row.outcome,
            state=row.round.state,
            submitted=row.submitted,
            wanted=row.wanted,
            at=row.round.advanced_at or row.round.closed_at,
        )
        for row in rows
    ]


def settled_path(idea: Idea) -> list[PathStep]:
    """As others may see it: rounds whose outcome can no longer be undone, with the outcome only."""
    rows = list(
        IdeaScore.objects.filter(idea=idea)
        .exclude(outcome="")
        .filter(
            Exists(
                Round.objects.filter(
                    series=OuterRef("round__series"), number__gt=OuterRef("round__number")
                ).exclude(state=RoundState.PLANNED)
            )
        )
        .select_related("round")
        .order_by("round__number")
    )
    return [
        PathStep(
            label=str(RoundKind(row.round.kind).label),
            outcome=row.outcome,
            state=row.round.state,
            submitted=0,
            wanted=0,
            at=row.round.advanced_at,
        )
        for row in rows
    ]
