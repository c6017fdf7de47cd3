"""Reads: everything that the jury's report tells, in the active language."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from challenges.models import Challenge, Series
from core.multilingual import text
from ideas.models import Idea
from scoring import rubrics
from scoring.models import (
    Criterion,
    Decision,
    Declaration,
    Juror,
    Round,
    Rubric,
    Score,
    Signature,
    Verdict,
)
from scoring.queries.decision import is_formal, order_words, standing_signatures, unsigned
from scoring.queries.rounds import deciding_rounds
from scoring.states import (
    AssignmentState,
    CriterionKind,
    DecisionState,
    DeclarationKind,
    JurorState,
    SheetState,
)


@dataclass(frozen=True)
class PanelLine:
    """A juror in the report; `ties` counts proposals that a tie closed to them."""

    juror: Juror
    ties: int


@dataclass(frozen=True)
class SeriesReport:
    """One series. `hidden` counts verdicts that this edition may not name.

    `words`: what jurors answered in words to criteria that ask for them, by proposal; whole edition
    only.
    """

    series: Series
    rubric: Rubric
    criteria: tuple[Criterion, ...]
    round: Round
    order: dict[str, Any]
    verdicts: tuple[Verdict, ...]
    hidden: int
    words: tuple[tuple[Idea, tuple[tuple[Criterion, tuple[str, ...]], ...]], ...] = ()

    @property
    def winners(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.awarded]

    @property
    def departures(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.deviation]

    @property
    def order_words(self) -> str:
        return order_words(self.rubric, self.order)

    @property
    def calibrated(self) -> bool:
        return bool(self.order.get("by") == "calibrated")


@dataclass(frozen=True)
class Report:
    challenge: Challenge
    decision: Decision | None
    series: tuple[SeriesReport, ...]
    panel: tuple[PanelLine, ...]
    ties: tuple[Declaration, ...]
    signatures: tuple[Signature, ...]
    unsigned: tuple[Juror, ...]
    formal: bool
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return text(self.challenge.name)


def report_of(challenge: Challenge, *, full: bool) -> Report:
    """The report as it stands; `full` False leaves out what is not for everybody."""
    decision = (
        Decision.objects.filter(challenge=challenge)
        .select_related("drafted_by", "approved_by")
        .first()
    )
    if decision:
        decision.challenge = challenge
    rounds = deciding_rounds(challenge)
    jurors = list(
        Juror.objects.filter(challenge=challenge)
        .exclude(state__in=[JurorState.INVITED, JurorState.DECLINED])
        .prefetch_related("series")
    )
    ties = list(
        Declaration.objects.filter(juror__challenge=challenge)
        .exclude(kind=DeclarationKind.NONE)
        .select_related("juror", "idea")
        .order_by("juror__name", "juror_id", "idea__number")
    )
    of_juror = Counter(tie.juror_id for tie in ties)
    verdicts = _verdicts(decision)
    public = (
        set()
        if full or decision is None or decision.state != DecisionState.PUBLISHED
        else set(Idea.objects.public().filter(challenge=challenge).values_list("pk", flat=True))
    )
    orders = {
        one["series"]: one for one in (decision.ranking.get("orders", []) if decision else [])
    }
    said = _said(challenge) if full else {}
    made = []
    for round_ in rounds:
        mine = verdicts[round_.series_id]
        shown = [one for one in mine if full or one.idea_id in public]
        for verdict in shown:
            verdict.reason_shown = bool(  # type: ignore[attr-defined]
                full or verdict.awarded or challenge.reasons_public
            )
        made.append(
            SeriesReport(
                series=round_.series,
                rubric=round_.rubric,
                criteria=rubrics.published_criteria(round_.rubric),
                round=round_,
                order=orders.get(round_.series.key, {}),
                verdicts=tuple(shown),
                hidden=len(mine) - len(shown),
                words=_words(rubrics.published_criteria(round_.rubric), shown, said),
            )
        )
    return Report(
        challenge=challenge,
        decision=decision,
        series=tuple(made),
        panel=tuple(PanelLine(juror, of_juror[juror.pk]) for juror in jurors),
        ties=tuple(ties) if full else (),
        signatures=tuple(standing_signatures(decision)) if decision else (),
        unsigned=tuple(unsigned(decision))
        if decision and decision.needs_signatures and decision.digest
        else (),
        formal=any(is_formal(one.rubric) for one in made),
        numbers={
            "received": sum(len(mine) for mine in verdicts.values()),
            "awarded": sum(one.awarded for mine in verdicts.values() for one in mine),
            "sheets": sum(round_.sheets_submitted for round_ in rounds),
        },
    )


def _said(challenge: Challenge) -> dict[tuple[int, str], list[str]]:
    """(proposal, criterion's key) → words on submitted sheets, in an order that names nobody."""
    found: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    rows = Score.objects.filter(
        sheet__assignment__round__series__challenge=challenge,
        sheet__assignment__state=AssignmentState.CONFIRMED,
        sheet__state=SheetState.SUBMITTED,
        criterion__kind=CriterionKind.INFO,
    ).exclude(text="")
    for idea, key, words in rows.order_by("sheet__digest", "pk").values_list(
        "sheet__assignment__idea_id", "criterion__key", "text"
    ):
        found[idea, key].append(words)
    return found


def _words(
    criteria: tuple[Criterion, ...],
    verdicts: list[Verdict],
    said: dict[tuple[int, str], list[str]],
) -> tuple[tuple[Idea, tuple[tuple[Criterion, tuple[str, ...]], ...]], ...]:
    found = []
    for verdict in verdicts:
        answers = tuple(
            (criterion, tuple(said[verdict.idea_id, criterion.key]))
            for criterion in criteria
            if (verdict.idea_id, criterion.key) in said
        )
        if answers:
            found.append((verdict.idea, answers))
    return tuple(found)


def _verdicts(decision: Decision | None) -> defaultdict[int, list[Verdict]]:
    """By series, in the order that decides; those without a place last."""
    found: defaultdict[int, list[Verdict]] = defaultdict(list)
    if decision:
        rows = decision.verdicts.select_related("idea").order_by("idea__number")
        for verdict in sorted(rows, key=lambda one: (one.rank is None, one.rank or 0)):
            found[verdict.idea.series_id].append(verdict)
    return found
