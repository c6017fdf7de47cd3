"""Verbs: write a rubric's draft, begin a correction. `rubric_publishing`: what follows."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Series
from challenges.states import Act, ChallengeState
from core import audit, clock
from core.errors import Invalid, NotNow, require
from scoring import rubrics, rules
from scoring.models import Criterion, Level, Rubric
from scoring.states import (
    CommentRule,
    CriterionKind,
    GateAnswer,
    NotApplicable,
    RoundState,
    RubricState,
)


def tie_chain(names: list[str]) -> list[dict[str, str]]:
    """["benefit", "median", "lot"] → steps; a name that is no kind of step is a criterion's key."""
    kinds = ("median", "lowest", "lot")
    return [{"by": n} if n in kinds else {"by": "criterion", "key": n} for n in names]


@transaction.atomic
def write_rubric(*, series: Series, spec: Mapping[str, Any], by: User | None) -> Rubric:
    """Write the series' draft rubric from data, in place of an earlier draft.

    Once a version is published, this is the draft of its correction.

    spec: {"reviews", "ties": [names], "comment_rule", "not_applicable", …`rubrics.POLICY`,
    "criteria": [{"key", "kind", "weight", "minimum", "name", "question", "low", "high", "levels":
    [{"value", "text"}]}]}; the texts are {fi, sv, en}. What is left out has its default; without
    "blind", what the series promised before. `by` is None when a recipe does it.
    """
    if by is not None:
        require(bool(rules.can_run_jury(by, series.challenge)))
    refuse_when_scoring(series)
    waiting = series.rubrics.filter(state=RubricState.PROPOSED)
    if waiting.exists():
        raise NotNow(_("The rubric waits for a second person: take it back first."))
    keys = [one["key"] for one in spec["criteria"]]
    if len(set(keys)) != len(keys):
        raise Invalid(errors={"": [_("Two criteria have the same key.")]})
    series.rubrics.filter(state=RubricState.DRAFT).delete()
    latest = series.rubrics.aggregate(latest=Max("version"))["latest"] or 0
    rubric = Rubric.objects.create(
        series=series,
        version=latest + 1,
        reviews=spec.get("reviews", 3),
        comment_rule=spec.get("comment_rule", CommentRule.OPTIONAL),
        not_applicable=spec.get("not_applicable", NotApplicable.REFUSE),
        tie_chain=tie_chain(list(spec.get("ties", ["median", "lot"]))),
        **{"blind": series.blind} | {name: spec[name] for name in rubrics.POLICY if name in spec},
    )
    _write_criteria(rubric, spec["criteria"])
    audit.record("rubric.written", rubric, by=by, data={"version": rubric.version})
    return rubric


def refuse_when_scoring(series: Series, *, at: dt.datetime | None = None) -> None:
    """A rubric may change until jurors have been given what to score; not after.

    Raises:
        NotNow: the challenge is over, its scoring has begun, or a round has been assigned.
    """
    challenge = series.challenge
    if challenge.state == ChallengeState.PREPARING:
        return
    begun = series.rounds.exclude(state=RoundState.PLANNED).exists()
    if (
        begun
        or challenge.state != ChallengeState.OPENED
        or challenge.allows(Act.SCORE, at=at or clock.now())
    ):
        raise NotNow(_("The scoring has begun: the rubric can no longer change."))


@transaction.atomic
def correct_rubric(*, series: Series, by: User) -> Rubric:
    """Begin a correction: a draft with all that the published version says."""
    require(bool(rules.can_run_jury(by, series.challenge)))
    current = series.rubrics.published().order_by("-version").first()
    if current is None or series.rubrics.exclude(state=RubricState.PUBLISHED).exists():
        raise NotNow(_("There is a draft already, or nothing to correct."))
    return write_rubric(series=series, spec=spec_of(current), by=by)


def spec_of(rubric: Rubric) -> dict[str, Any]:
    """The rubric as `write_rubric` takes it, without the reason of its correction."""
    policies = {name: getattr(rubric, name) for name in rubrics.POLICY if name != "reason"}
    return policies | {
        "reviews": rubric.reviews,
        "comment_rule": rubric.comment_rule,
        "not_applicable": rubric.not_applicable,
        "ties": [step.get("key") or step["by"] for step in rubric.tie_chain],
        "criteria": [
            {
                **{
                    name: getattr(criterion, name)
                    for name in ("key", "kind", "name", "question", "low", "high", "minimum")
                },
                "weight": str(criterion.weight),
                "levels": [
                    {"value": level.value, "text": level.description}
                    for level in criterion.levels.all()
                ],
            }
            for criterion in rubrics.criteria(rubric)
        ],
    }


def _write_criteria(rubric: Rubric, specs: Iterable[Mapping[str, Any]]) -> None:
    levels: list[Level] = []
    for order, one in enumerate(specs):
        kind = CriterionKind(one.get("kind", CriterionKind.SCALE))
        given = one.get("levels", ())
        values = [level["value"] for level in given]
        low, high = (min(values), max(values)) if values else (0, 1)
        if kind == CriterionKind.GATE:
            low, high = GateAnswer.NO, GateAnswer.CLARIFY
        criterion = Criterion.objects.create(
            rubric=rubric,
            key=one["key"],
            kind=kind,
            name=one["name"],
            question=one.get("question") or {},
            weight=one.get("weight") or 0,
            minimum=one.get("minimum"),
            low=one.get("low", low),
            high=one.get("high", high),
            order=order,
        )
        levels += [
            Level(criterion=criterion, value=level["value"], description=level["text"])
            for level in given
        ]
    Level.objects.bulk_create(levels)
