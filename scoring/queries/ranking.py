"""Reads: the ranking of a series, from its submitted sheets."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F

from ideas.models import Idea
from scoring import ranking, rubrics
from scoring.models import Assignment, Round, Score, ScoreSheet
from scoring.states import AssignmentState, SheetState
from scoring.totals import Sheet


@dataclass(frozen=True)
class Row:
    """One line of the staff's ranking: the place and the proposal it is of."""

    place: ranking.Place
    idea: Idea


@dataclass(frozen=True)
class RoundRanking:
    round: Round
    result: ranking.SeriesRanking
    rows: tuple[Row, ...]

    @property
    def missing(self) -> int:
        return self.result.expected - self.result.submitted


def rank_round(round_: Round) -> RoundRanking:
    """The round's ranking, recomputed from the scores. Proposals are keyed by uid, jurors by pk.

    Six queries whatever the size; arithmetic grows with the sheets.
    """
    sheets = ScoreSheet.objects.filter(
        assignment__round=round_,
        assignment__state=AssignmentState.CONFIRMED,
        state=SheetState.SUBMITTED,
    ).values_list("pk", "assignment__idea__uid", "assignment__juror_id")
    scores: dict[int, dict[str, int | None]] = defaultdict(dict)
    for sheet, key, value in Score.objects.filter(
        sheet__assignment__round=round_, sheet__state=SheetState.SUBMITTED
    ).values_list("sheet_id", F("criterion__key"), "value"):
        scores[sheet][key] = value
    keys = [criterion.key for criterion in rubrics.published_criteria(round_.rubric)]
    submitted = tuple(
        Sheet(
            idea=uid.hex,
            juror=str(juror),
            levels={key: scores[pk].get(key) for key in keys},
        )
        for pk, uid, juror in sheets
    )
    jurors: dict[str, set[str]] = defaultdict(set)
    for uid, juror in Assignment.objects.filter(
        round=round_, state=AssignmentState.CONFIRMED
    ).values_list("idea__uid", "juror_id"):
        jurors[uid.hex].add(str(juror))
    for sheet in submitted:  # a juror who left after submitting still counts
        jurors[sheet.idea].add(sheet.juror)
    ideas = {
        idea.uid.hex: idea
        for idea in Idea.objects.filter(scores__round=round_).select_related("organisation")
    }
    result = ranking.rank(
        ranking.Series(
            key=round_.series.key,
            rules=rubrics.ranking_rules(round_.rubric, seed=round_.seed),
            candidates=tuple(
                ranking.Candidate(key=key, jurors=tuple(sorted(jurors[key]))) for key in ideas
            ),
            sheets=submitted,
        )
    )
    rows = tuple(Row(place=place, idea=ideas[place.idea]) for place in result.places)
    return RoundRanking(round=round_, result=result, rows=rows)
