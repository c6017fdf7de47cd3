"""Reads: the ranking of a series, from its submitted sheets."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import F

from challenges.models import Challenge
from ideas.models import Idea
from scoring import ranking, rubrics
from scoring.models import Assignment, IdeaScore, Round, Score, ScoreSheet
from scoring.queries.rounds import earlier_round, pooled_rounds
from scoring.states import AssignmentState, Outcome, SheetState
from scoring.totals import Sheet


@dataclass(frozen=True)
class Row:
    """One line of the staff's ranking: the place and the proposal it is of."""

    place: ranking.Place
    idea: Idea


@dataclass(frozen=True)
class RoundRanking:
    """A round's ranking, and all that it was reckoned from (`given`)."""

    round: Round
    given: ranking.Series
    result: ranking.SeriesRanking
    rows: tuple[Row, ...]

    @property
    def missing(self) -> int:
        return self.result.expected - self.result.submitted


def rank_round(round_: Round) -> RoundRanking:
    """The round's ranking, recomputed from the scores. Proposals are keyed by uid, jurors by pk.

    A grey zone's sheets count together with those of the round that it clears up. Where the rubric
    carries earlier scores over, the earlier round is ranked first.
    Seven queries a round whatever the size; arithmetic grows with the sheets.
    """
    pool = pooled_rounds(round_)
    ideas = {
        idea.uid.hex: idea
        for idea in Idea.objects.filter(scores__round=round_).select_related("organisation")
    }
    sheets = ScoreSheet.objects.filter(
        assignment__round__in=pool,
        assignment__state=AssignmentState.CONFIRMED,
        state=SheetState.SUBMITTED,
    ).values_list("pk", "assignment__idea__uid", "assignment__juror_id")
    scores: dict[int, dict[str, int | None]] = defaultdict(dict)
    for sheet, key, value in Score.objects.filter(
        sheet__assignment__round__in=pool, sheet__state=SheetState.SUBMITTED
    ).values_list("sheet_id", F("criterion__key"), "value"):
        scores[sheet][key] = value
    rules = rubrics.ranking_rules(round_.rubric, seed=round_.seed)
    submitted = tuple(
        Sheet(
            idea=uid.hex,
            juror=str(juror),
            levels={key: scores[pk].get(key) for key in rules.keys},
            gates={key: scores[pk].get(key) for key in rules.gates},
        )
        for pk, uid, juror in sheets
        if uid.hex in ideas
    )
    jurors: dict[str, set[str]] = defaultdict(set)
    awaited = Assignment.objects.filter(round__in=pool, state=AssignmentState.CONFIRMED)
    for uid, juror in awaited.exclude(sheet__state=SheetState.ABSTAINED).values_list(
        "idea__uid", "juror_id"
    ):
        jurors[uid.hex].add(str(juror))
    for sheet in submitted:  # a juror who left after submitting still counts
        jurors[sheet.idea].add(sheet.juror)
    carry_over, carried = _carried(pool[-1])
    given = ranking.Series(
        key=round_.series.key,
        rules=rules,
        candidates=tuple(
            ranking.Candidate(key=key, jurors=tuple(sorted(jurors[key])), carried=carried.get(key))
            for key in ideas
        ),
        sheets=submitted,
        carry_over=carry_over,
    )
    result = ranking.rank(given)
    rows = tuple(Row(place=place, idea=ideas[place.idea]) for place in result.places)
    return RoundRanking(round=round_, given=given, result=result, rows=rows)


def _carried(round_: Round) -> tuple[Fraction, dict[str, Fraction]]:
    """The weight of the earlier rounds, and their exact scores by proposal."""
    weight = Fraction(round_.carry_over)
    before = earlier_round(round_) if weight else None
    if before is None:
        return Fraction(0), {}
    places = rank_round(before).result.places
    return weight, {one.idea: Fraction(one.exact) for one in places if one.exact is not None}


def details_of(one: RoundRanking, place: ranking.Place, *, placed: int) -> dict[str, Any]:
    """What a verdict keeps of the round that the place is of."""
    return {
        "rubric": one.round.rubric_id,
        "means": {key: str(mean) for key, mean in place.means},
        "sheets": place.sheets,
        "placed": placed,
        "decided_by": place.decided_by,
        "unplaced": place.reason,
    }


def stopped_in_earlier_rounds(challenge: Challenge, *, but: set[int]) -> dict[int, dict[str, Any]]:
    """Of proposals (pk) that did not advance: what a verdict keeps of the round they stopped in.

    `but`: those that were in a deciding round. Places are those of the raw ranking, by which the
    round let others advance. Each round is ranked once; queries do not grow with the proposals.
    """
    out = IdeaScore.objects.filter(round__series__challenge=challenge, outcome=Outcome.OUT).exclude(
        idea__in=but
    )
    last = dict(out.order_by("round__number").values_list("idea_id", "round_id"))
    rounds = Round.objects.filter(pk__in=set(last.values())).select_related("series", "rubric")
    found: dict[int, dict[str, Any]] = {}
    for round_ in rounds:
        one = rank_round(round_)
        placed = sum(row.place.rank is not None for row in one.rows)
        for row in one.rows:
            if last.get(row.idea.pk) != round_.pk:
                continue
            score = row.place.score
            found[row.idea.pk] = {
                **details_of(one, row.place, placed=placed),
                "stopped": {
                    "round": round_.pk,
                    "kind": round_.kind,
                    "number": round_.number,
                    "rank": row.place.rank,
                    "score": None if score is None else str(score),
                },
            }
    return found
