"""What a rubric says: its content as data, and its arithmetic. `rubric_checks`: what it lacks."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from core.canonical import digest
from scoring.models import Criterion, Rubric
from scoring.stages import plan_of
from scoring.states import CommentRule
from scoring.totals import RankingRules, Scale, TieStep

WHOLE = 100
# What else a rubric says beside its criteria, frozen with them.
POLICY = (
    *("profile", "blind", "internal_comment_rule", "comment_levels", "show_others"),
    *("show_entrants", "calibration", "rounds", "reason"),
)


def payload(rubric: Rubric) -> dict[str, Any]:
    """The content that is hashed and shown: everything that says how a proposal is scored.

    Rubrics of format 1 keep the shape that their digest was taken over.
    """
    found = criteria(rubric)
    content = _payload_1(rubric, found)
    if rubric.format == 1:
        return content
    content |= {name: getattr(rubric, name) for name in POLICY}
    content["format"] = rubric.format
    for one, criterion in zip(content["criteria"], found, strict=True):
        one["minimum"] = criterion.minimum
    return content


def _payload_1(rubric: Rubric, found: list[Criterion]) -> dict[str, Any]:
    return {
        "series": rubric.series.key,
        "challenge": str(rubric.series.challenge.uid),
        "version": rubric.version,
        "reviews": rubric.reviews,
        "comment_rule": rubric.comment_rule,
        "not_applicable": rubric.not_applicable,
        "tie_chain": rubric.tie_chain,
        "criteria": [
            {
                "key": criterion.key,
                "kind": criterion.kind,
                "name": criterion.name,
                "question": criterion.question,
                "weight": str(criterion.weight),
                "low": criterion.low,
                "high": criterion.high,
                "levels": {str(level.value): level.description for level in criterion.levels.all()},
            }
            for criterion in found
        ],
    }


def content_digest(rubric: Rubric) -> str:
    """SHA-256, hexadecimal, over the canonical JSON of `payload`."""
    return digest(payload(rubric))


def criteria(rubric: Rubric) -> list[Criterion]:
    """In order, with their levels."""
    return list(rubric.criteria.prefetch_related("levels"))


@lru_cache(maxsize=256)
def _published_criteria(rubric_id: int, _digest: str) -> tuple[Criterion, ...]:
    return tuple(Criterion.objects.filter(rubric_id=rubric_id).prefetch_related("levels"))


def published_criteria(rubric: Rubric) -> tuple[Criterion, ...]:
    """Criteria of a published rubric. They never change, so each process reads them once."""
    return _published_criteria(rubric.pk, rubric.digest)


def gates_in_check(rubric: Rubric) -> bool:
    """Whether the plan begins with eligibility: its check, by two persons, answers the gates."""
    return not plan_of(rubric)[0].is_scored


def asked_of_jurors(rubric: Rubric) -> tuple[Criterion, ...]:
    """Criteria that a juror's sheet has: all, less the gates that the check has answered."""
    found = published_criteria(rubric)
    if not gates_in_check(rubric):
        return found
    return tuple(criterion for criterion in found if not criterion.is_gate)


def ranking_rules(rubric: Rubric, *, seed: int) -> RankingRules:
    """The arithmetic of the rubric; `seed` is the round's, recorded before anything was scored."""
    found = criteria(rubric)
    return RankingRules(
        scales=tuple(
            Scale(key=c.key, weight=c.weight, low=c.low, high=c.high, minimum=c.minimum)
            for c in found
            if c.weighs
        ),
        gates=() if gates_in_check(rubric) else tuple(c.key for c in found if c.is_gate),
        ties=tuple(
            TieStep(by="lot", seed=str(seed)) if step["by"] == "lot" else TieStep(**step)
            for step in rubric.tie_chain
        ),
        not_applicable=rubric.not_applicable,
        order="ordered",
    )


def comment_is_needed(rubric: Rubric, values: Mapping[str, int | None]) -> bool:
    """Whether the sheet must have a comment to the proposer: always, or for one of its levels.

    values: criterion key → level; gates and infos ask for none.
    """
    if rubric.comment_rule != CommentRule.OPTIONAL:
        return bool(rubric.comment_rule == CommentRule.REQUIRED)
    weighing = {c.key for c in published_criteria(rubric) if c.weighs}
    return any(values.get(key) in rubric.comment_levels for key in weighing)
