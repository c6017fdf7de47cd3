"""Reads: what an entrant is told: points with the level's words, comments meant for them, place.

Never what jurors wrote to each other, and never who wrote.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from core.multilingual import lang, text
from ideas.models import Idea
from scoring import rubrics
from scoring.models import Criterion, Rubric, ScoreSheet, Verdict
from scoring.models.decision import Stop
from scoring.states import AssignmentState, SheetState, ShowEntrants

HALF = Decimal("0.5")
REASON_AT_MOST = 4000


@dataclass(frozen=True)
class CriterionLine:
    """One criterion: mean level with two decimals on low…high, and the nearest level's words."""

    name: str
    name_lang: str
    mean: Decimal
    low: int
    high: int
    level: str
    level_lang: str


@dataclass(frozen=True)
class Feedback:
    """What the proposer sees of the jury's work. `criteria` and `place` only as the rubric says.

    Of a proposal that did not reach the deciding round they are of the round it stopped in.
    """

    verdict: Verdict
    criteria: tuple[CriterionLine, ...]
    comments: tuple[str, ...]
    place: int | None
    placed: int
    stop: Stop | None


def feedback_of(verdict: Verdict) -> Feedback:
    """Of one verdict with `idea` at hand, in the active language."""
    return _feedback(verdict, _rubrics_of([verdict]), comments_to([verdict.idea]))


def feedback_of_all(verdicts: Sequence[Verdict]) -> list[Feedback]:
    """Of each in the proposal's own language, in the order given; constant queries."""
    known = _rubrics_of(verdicts)
    comments = comments_to([verdict.idea for verdict in verdicts])
    found = []
    for verdict in verdicts:
        with translation.override(verdict.idea.language):
            found.append(_feedback(verdict, known, comments))
    return found


def _rubrics_of(verdicts: Iterable[Verdict]) -> dict[int, Rubric]:
    used = {one.details["rubric"] for one in verdicts if one.details.get("rubric")}
    return {rubric.pk: rubric for rubric in Rubric.objects.filter(pk__in=used)}


def _feedback(
    verdict: Verdict, known: dict[int, Rubric], comments: dict[int, list[str]]
) -> Feedback:
    rubric = known.get(verdict.details.get("rubric", 0))
    shows = rubric.show_entrants if rubric else ""
    stop = verdict.stop
    return Feedback(
        verdict=verdict,
        criteria=tuple(criteria_lines(rubric, verdict.details.get("means", {})))
        if rubric and shows in (ShowEntrants.CRITERIA, ShowEntrants.POSITION)
        else (),
        comments=tuple(comments.get(verdict.idea_id, ())),
        place=(stop.rank if stop else verdict.rank) if shows == ShowEntrants.POSITION else None,
        placed=int(verdict.details.get("placed", 0)),
        stop=stop,
    )


def criteria_lines(rubric: Rubric, means: dict[str, str]) -> list[CriterionLine]:
    """In the rubric's order and the active language; criteria that nobody answered are left out."""
    return [
        _line(criterion, Decimal(means[criterion.key]))
        for criterion in rubrics.published_criteria(rubric)
        if criterion.key in means
    ]


def _line(criterion: Criterion, mean: Decimal) -> CriterionLine:
    nearest = int((mean + HALF).to_integral_value(ROUND_FLOOR))
    words = {level.value: level.description for level in criterion.levels.all()}.get(nearest, {})
    return CriterionLine(
        name=text(criterion.name),
        name_lang=lang(criterion.name),
        mean=mean,
        low=criterion.low,
        high=criterion.high,
        level=text(words),
        level_lang=lang(words),
    )


def comments_to(ideas: Iterable[Idea]) -> dict[int, list[str]]:
    """What jurors wrote to each proposer on submitted sheets: idea pk → texts, in one query.

    In the order of the sheets' digests, which tells nothing of who wrote. Each text once.
    """
    found: dict[int, list[str]] = defaultdict(list)
    sheets = (
        ScoreSheet.objects.filter(
            assignment__idea__in=[idea.pk for idea in ideas],
            assignment__state=AssignmentState.CONFIRMED,
            state=SheetState.SUBMITTED,
        )
        .exclude(comment="")
        .order_by("digest", "pk")
    )
    for idea, comment in sheets.values_list("assignment__idea_id", "comment"):
        words = comment.strip()
        if words and words not in found[idea]:
            found[idea].append(words)
    return found


def assembled(verdicts: Sequence[Verdict]) -> dict[int, str]:
    """A reason for each verdict, by its pk: level texts, then jurors' comments to the proposer.

    In the proposal's language as far as the rubric has it; comments stay as they were written. A
    verdict of which nothing is known is left out. Constant queries; `idea` at hand.
    """
    known = _rubrics_of(verdicts)
    comments = comments_to([verdict.idea for verdict in verdicts])
    made = {}
    for verdict in verdicts:
        rubric = known.get(verdict.details.get("rubric", 0))
        with translation.override(verdict.idea.language):
            lines = (
                [
                    f"{line.name}: {line.level}"
                    for line in criteria_lines(rubric, verdict.details.get("means", {}))
                    if line.level
                ]
                if rubric
                else []
            )
            words = _joined(lines, comments.get(verdict.idea_id, []))
        if words:
            made[verdict.pk] = words
    return made


def _joined(lines: list[str], comments: list[str]) -> str:
    """Level texts, then as many whole comments as fit."""
    reason = "\n".join(lines)
    if not comments:
        return reason
    head = _("Jurors wrote:")
    reason = f"{reason}\n\n{head}" if reason else head
    for comment in comments:
        added = f"{reason}\n“{comment}”" if comment[:1] not in '“”"«»' else f"{reason}\n{comment}"
        if len(added) > REASON_AT_MOST:
            break
        reason = added
    return reason
