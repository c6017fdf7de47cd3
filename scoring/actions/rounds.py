"""Verbs of rounds: close, moderate, certify, advance and take that back, open a grey zone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Series
from challenges.states import ChallengeState
from core import audit, outbox
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from ideas.models import Idea
from scoring import rules
from scoring.actions import assign
from scoring.models import IdeaScore, Juror, Round
from scoring.models.run import RunKind
from scoring.queries.assigning import Plan, plan
from scoring.queries.ranking import RoundRanking, Row, rank_round
from scoring.queries.rounds import (
    candidates,
    eligibility_round,
    is_planned_grey,
    latest_round,
    next_stage,
    seed_of,
    undetermined,
)
from scoring.queries.rubric import current_rubric
from scoring.stages import ALL, BEST, Advance, plan_of
from scoring.states import Outcome, RoundKind, RoundState
from scoring.totals import PUBLISHED

MOST_EXTRA = 20


@transaction.atomic
def close_eligibility(*, series: Series, by: User, at: dt.datetime) -> Round:
    """Every proposal has its finding; from here on the findings stand."""
    require(bool(rules.can_run_jury(by, series.challenge)))
    Series.objects.select_for_update().get(pk=series.pk)
    rubric = current_rubric(series)
    if rubric is None or series.challenge.state != ChallengeState.OPENED:
        raise NotNow(_("The challenge must be open and its rubric published first."))
    stage = plan_of(rubric)[0]
    if stage.is_scored:
        raise NotNow(_("No round of eligibility has been planned."))
    if eligibility_round(series) is not None:
        raise NotNow(_("The round of eligibility has been closed already."))
    waiting = undetermined(series)
    if waiting:
        raise NotNow(
            _("%(count)s proposals have not been found eligible or not.") % {"count": waiting}
        )
    made = Round(
        series=series,
        rubric=rubric,
        kind=RoundKind.ELIGIBILITY,
        number=1,
        reviews=stage.reviews,
        state=RoundState.CLOSED,
        closed_at=at,
    )
    made.seed = seed_of(made)
    made.full_clean(exclude=Round.LATER)
    made.save()
    audit.record("round.closed", made, by=by, data={"kind": made.kind})
    return made


@transaction.atomic
def close_round(*, round_: Round, by: User, at: dt.datetime) -> Round:
    """No more scores. Missing sheets stay missing, and the ranking says so."""
    round_ = _locked(round_, by)
    if round_.state != RoundState.OPEN:
        raise NotNow(_("The round is not open."))
    round_.state, round_.closed_at = RoundState.CLOSED, at
    round_.save(update_fields=["state", "closed_at"])
    audit.record(
        "round.closed",
        round_,
        by=by,
        data={"wanted": round_.sheets_wanted, "submitted": round_.sheets_submitted},
    )
    outbox.emit("round.closed", round=round_.pk)
    return round_


@transaction.atomic
def begin_moderation(*, round_: Round, by: User, at: dt.datetime) -> Round:
    """The jury meets on what was scored. Scores stay closed."""
    return _step(round_, RoundState.CLOSED, RoundState.MODERATION, by=by, at=at)


@transaction.atomic
def certify_round(*, round_: Round, by: User, at: dt.datetime) -> Round:
    """The jury has gone through the round: its ranking stands."""
    return _step(round_, RoundState.MODERATION, RoundState.CERTIFIED, by=by, at=at)


def _step(
    round_: Round, before: RoundState, after: RoundState, *, by: User, at: dt.datetime
) -> Round:
    round_ = _locked(round_, by)
    if round_.state != before or round_.kind == RoundKind.ELIGIBILITY:
        raise NotNow(
            _("The round is not in the state “%(state)s”.") % {"state": str(before.label).lower()}
        )
    round_.state = after
    round_.save(update_fields=["state"])
    audit.record(f"round.{after}", round_, by=by, data={"at": at})
    return round_


# ── Advancing ──


@dataclass(frozen=True)
class Advancing:
    """Who would advance. `rows` in the ranking's order with whether each goes on."""

    round: Round
    rule: Advance
    ranking: RoundRanking
    rows: tuple[tuple[Row, bool], ...]

    @property
    def going(self) -> list[Row]:
        return [row for row, goes in self.rows if goes]

    @property
    def cut(self) -> int:
        """How many rows stand above the line."""
        return len(self.going)

    @property
    def digest(self) -> str:
        """What a preview is known by."""
        return digest([[row.place.idea, goes] for row, goes in self.rows])


def advancing(round_: Round) -> Advancing:
    """Who would advance from the round by its frozen rule; writes nothing."""
    rule = Advance.of(round_.advance)
    if round_.kind == RoundKind.GREY and rule.by == ALL:
        stages = plan_of(round_.rubric)
        before = stages[: round_.stage] if stages[round_.stage].kind == RoundKind.GREY else stages
        rule = before[-1].advance
    ranking = rank_round(round_)
    rows = tuple((row, _goes(row, rule, ranking)) for row in ranking.rows)
    return Advancing(round_, rule, ranking, rows)


def _goes(row: Row, rule: Advance, ranking: RoundRanking) -> bool:
    place = row.place
    if place.rank is None or place.exact is None:
        return False
    if rule.by == BEST:
        return place.rank <= rule.value
    if rule.by == ALL:
        return True
    if ranking.result.rules.compare == PUBLISHED and place.score is not None:
        return place.score >= rule.value
    return Fraction(place.exact) >= Fraction(rule.value)


@transaction.atomic
def advance_round(
    *, round_: Round, by: User, at: dt.datetime, expected: str | None = None
) -> Advancing:
    """Write down who goes on to the next round and who is out, by the frozen rule.

    `expected` is the digest of what was previewed. May be taken back until the next round opens.
    """
    round_ = _locked(round_, by)
    if not round_.is_done:
        raise NotNow(_("Close the round first."))
    if next_stage(round_) is None or not _is_last(round_):
        raise NotNow(_("There is no round after this one to advance to."))
    if round_.advanced_at is not None:
        raise NotNow(_("It has been decided already who advances."))
    made = advancing(round_)
    if expected is not None and expected != made.digest:
        raise assign.PlanHasChanged
    if not made.going:
        raise NotNow(_("Nobody would advance: the next round would have no proposals."))
    going = [row.idea.pk for row in made.going]
    round_.scores.update(outcome=Outcome.OUT)
    round_.scores.filter(idea__in=going).update(outcome=Outcome.ADVANCED)
    round_.advanced_at = at
    round_.save(update_fields=["advanced_at"])
    audit.record(
        "round.advanced",
        round_,
        by=by,
        data={
            "rule": made.rule.to_data(),
            "advanced": [row.place.idea for row in made.going],
            "out": [row.place.idea for row, goes in made.rows if not goes],
        },
    )
    outbox.emit("round.advanced", round=round_.pk)
    return made


@transaction.atomic
def undo_advance(*, round_: Round, by: User) -> Round:
    """Take back who advances, as long as the next round has not been opened."""
    round_ = _locked(round_, by)
    if round_.advanced_at is None:
        raise NotNow(_("There is nothing to take back."))
    later = Round.objects.filter(series=round_.series_id, number__gt=round_.number)
    if later.exclude(state=RoundState.PLANNED).exists():
        raise NotNow(_("The next round has been opened: who advanced stands."))
    for planned in later:  # planned only: nothing has been given out in it
        audit.record("round.unplanned", planned, by=by)
        planned.delete()
    round_.scores.update(outcome="")
    round_.advanced_at = None
    round_.save(update_fields=["advanced_at"])
    audit.record("round.advance_undone", round_, by=by)
    return round_


# ── The grey zone ──


def grey_round(base: Round) -> Round:
    """The grey zone that may follow the round, as it would be (no pk). Raises NotNow."""
    if not base.is_done:
        raise NotNow(_("Close the round first."))
    if base.advanced_at is not None:
        raise NotNow(_("It has been decided already who advances."))
    if not _is_last(base) or not is_planned_grey(base):
        raise NotNow(_("The published rubric has no grey zone after this round."))
    stages = plan_of(base.rubric)
    place = base.stage + 1
    planned = place < len(stages) and stages[place].kind == RoundKind.GREY
    made = Round(
        series=base.series,
        rubric=base.rubric,
        kind=RoundKind.GREY,
        stage=place if planned else base.stage,
        number=base.number + 1,
        reviews=stages[place].reviews if planned else 1,
        advance=(stages[place].advance if planned else Advance()).to_data(),
        assignment_report={},
    )
    made.seed = seed_of(made)
    return made


def plan_grey_round(
    *, round_: Round, ideas: Sequence[Idea], extra: int, jurors: Sequence[Juror] | None = None
) -> Plan:
    """What `open_grey_round` would give out; writes nothing."""
    asked = None if jurors is None else sorted(juror.pk for juror in jurors)
    grey = grey_round(round_)
    grey.assignment_report = {
        "extra": {str(idea.pk): extra for idea in ideas},
        **({} if asked is None else {"asked": asked}),
    }
    return plan(grey)


def check_grey_choice(
    *, ideas: Sequence[Idea], extra: int, jurors: Sequence[Juror] | None = None
) -> None:
    """Raises Invalid when nothing is chosen, or too much."""
    errors = {}
    if not ideas:
        errors["ideas"] = [_("Choose proposals of the round.")]
    if jurors is not None and not jurors:
        errors["jurors"] = [_("Choose somebody to read them.")]
    if not 1 <= extra <= MOST_EXTRA:
        errors["extra"] = [_("Add from 1 to %(most)s reviews.") % {"most": MOST_EXTRA}]
    if errors:
        raise Invalid(errors=errors)


@transaction.atomic
def open_grey_round(
    *,
    round_: Round,
    ideas: Sequence[Idea],
    extra: int,
    by: User,
    at: dt.datetime,
    jurors: Sequence[Juror] | None = None,
    expected: str | None = None,
) -> Plan:
    """Further reviews for the proposals whose place is not sure, in a round of its own.

    Args:
        round_: the closed round that is cleared up; not advanced from yet.
        ideas: proposals of that round. extra: reviews to add to each, 1…20.
        jurors: whom to ask; None: everybody who has accepted. Nobody reads a proposal twice.
        expected: digest of the inputs that were previewed (`plan_grey_round`).

    The new sheets count together with those of the round (see `pooled_rounds`).

    Raises:
        Invalid: no proposals, others' proposals, or `extra` out of range.
        NotNow: not closed, advanced already, or no grey zone was published.
        PlanHasChanged: `expected` is not what would be done.
    """
    round_ = _locked(round_, by)
    grey = grey_round(round_)
    own = set(candidates(grey).values_list("pk", flat=True))
    if not {idea.pk for idea in ideas} <= own:
        raise Invalid(errors={"ideas": [_("Choose proposals of the round.")]})
    check_grey_choice(ideas=ideas, extra=extra, jurors=jurors)
    made = plan_grey_round(round_=round_, ideas=ideas, extra=extra, jurors=jurors)
    if expected is not None and expected != made.inputs.digest:
        raise assign.PlanHasChanged
    if not len(made.result.added):
        raise NotNow(_("Nobody is left who could read these: all have read them or have ties."))
    grey = made.round
    grey.state, grey.assigned_at = RoundState.OPEN, at
    grey.assignment_report = {**grey.assignment_report, **assign.report(made)}
    grey.full_clean(exclude=Round.LATER)
    grey.save()
    added = assign.write_plan(grey, made, kind=RunKind.GREY, by=by, at=at)
    audit.record(
        "round.grey_opened",
        grey,
        by=by,
        data={"seed": grey.seed, "ideas": sorted(one.pk for one in ideas), "pairs": added},
    )
    outbox.emit("round.assigned", round=grey.pk)
    assign.tell_jurors(grey, made, added)
    return made


# ── Anchors and pitches ──


@transaction.atomic
def set_anchors(*, round_: Round, ideas: Sequence[Idea], by: User, at: dt.datetime) -> Round:
    """Proposals that the whole jury reads, so that clustered jurors can be compared.

    Before the round is closed. Those already given out to everybody stay so.
    """
    round_ = _locked(round_, by)
    if round_.is_done or round_.kind in (RoundKind.ELIGIBILITY, RoundKind.GREY):
        raise NotNow(_("The round is closed."))
    own = set(candidates(round_).values_list("pk", flat=True))
    if not {idea.pk for idea in ideas} <= own:
        raise Invalid(errors={"anchors": [_("Choose proposals of the round.")]})
    round_.anchors.set(ideas)
    audit.record(
        "round.anchors", round_, by=by, data={"ideas": sorted(one.pk for one in ideas), "at": at}
    )
    return round_


@transaction.atomic
def set_pitches(*, round_: Round, order: Mapping[int, int], by: User) -> Round:
    """In which turn each proposal is pitched: idea pk → 1, 2, …; no two in one turn."""
    round_ = _locked(round_, by)
    if not round_.live:
        raise NotNow(_("The round has no live pitches."))
    rows: list[Any] = list(round_.scores.filter(idea__in=order))
    turns = sorted(order.values())
    if len(rows) != len(order) or turns != list(range(1, len(turns) + 1)):
        raise Invalid(errors={"": [_("Give each proposal a turn of its own, from 1 on.")]})
    for row in rows:
        row.pitch = order[row.idea_id]
    IdeaScore.objects.bulk_update(rows, ["pitch"])
    audit.record(
        "round.pitches", round_, by=by, data={"order": {str(k): n for k, n in order.items()}}
    )
    return round_


def _is_last(round_: Round) -> bool:
    latest = latest_round(round_.series)
    return latest is not None and latest.pk == round_.pk


def _locked(round_: Round, by: User) -> Round:
    """The round under lock, after the rule."""
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    Series.objects.select_for_update().get(pk=round_.series_id)
    found = assign.lock_rounds([round_.pk])
    require(bool(found))
    return found[0]
