"""What a rubric says: its content as data, what it lacks, its arithmetic."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from core.canonical import digest
from core.multilingual import missing, text
from scoring.models import Criterion, Rubric
from scoring.totals import RankingRules, Scale, TieStep

WHOLE = 100


def payload(rubric: Rubric) -> dict[str, Any]:
    """The content that is hashed and shown: everything that says how a proposal is scored."""
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
            for criterion in criteria(rubric)
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


def ranking_rules(rubric: Rubric, *, seed: int) -> RankingRules:
    """The arithmetic of the rubric; `seed` is the round's, recorded before anything was scored."""
    return RankingRules(
        scales=tuple(
            Scale(key=c.key, weight=c.weight, low=c.low, high=c.high) for c in criteria(rubric)
        ),
        ties=tuple(
            TieStep(by="lot", seed=str(seed)) if step["by"] == "lot" else TieStep(**step)
            for step in rubric.tie_chain
        ),
        not_applicable=rubric.not_applicable,
        order="ordered",
    )


def problems(rubric: Rubric) -> Iterator[str]:
    """What keeps the rubric from being published, each in words for staff."""
    found = criteria(rubric)
    if not found:
        yield _("It has no criteria.")
        return
    total = sum(criterion.weight for criterion in found)
    if total != WHOLE:
        yield _("The weights add up to %(total)s, they must be exactly 100.") % {
            "total": f"{total:f}".rstrip("0").rstrip(".")
        }
    for criterion in found:
        yield from _criterion_problems(criterion)
    keys = {criterion.key for criterion in found}
    steps = rubric.tie_chain
    if not steps or steps[-1].get("by") != "lot":
        yield _("The order of breaking ties must end in a lot.")
    for step in steps:
        if step.get("by") == "criterion" and step.get("key") not in keys:
            yield _("The order of breaking ties names an unknown criterion.")


def _criterion_problems(criterion: Criterion) -> Iterator[str]:
    name = text(criterion.name) or criterion.key
    described = {level.value: level.description for level in criterion.levels.all()}
    for value in range(criterion.low, criterion.high + 1):
        if not text(described.get(value, {})):
            yield _("%(criterion)s: level %(value)s is not described.") % {
                "criterion": name,
                "value": value,
            }


def missing_languages(rubric: Rubric) -> list[str]:
    """Languages that some text of the rubric lacks; advice, not an obstacle."""
    lacking: set[str] = set()
    for criterion in criteria(rubric):
        texts: list[Mapping[str, str]] = [criterion.name, criterion.question]
        texts += [level.description for level in criterion.levels.all()]
        for words in texts:
            lacking.update(missing(words))
    return sorted(lacking)
