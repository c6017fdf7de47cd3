"""Reads: how a series' eligibility is found, and a proposal's path, as floors below show them."""

from challenges.models import Series
from core.multilingual import text
from ideas.models import Idea
from ideas.registry import CheckPolicy, Gate, PathStep
from scoring import rubrics
from scoring.queries.rounds import eligibility_round, settled_path
from scoring.queries.rubric import current_rubric
from scoring.stages import plan_of
from scoring.states import CriterionKind, Outcome


def check_policy(idea: Idea) -> CheckPolicy:
    """From the published rubric's plan; without a round of eligibility one person is enough."""
    series: Series = idea.series
    rubric = current_rubric(series)
    if rubric is None or plan_of(rubric)[0].is_scored:
        return CheckPolicy()
    return CheckPolicy(
        persons=min(plan_of(rubric)[0].reviews, 2),
        gates=tuple(
            Gate(one.key, text(one.name), text(one.question))
            for one in rubrics.published_criteria(rubric)
            if one.kind == CriterionKind.GATE
        ),
        settled=eligibility_round(series) is not None,
    )


def public_path(idea: Idea) -> list[PathStep]:
    return [
        PathStep(step.label, step.outcome == Outcome.ADVANCED, step.at)
        for step in settled_path(idea)
    ]
