"""Verbs: write a rubric, publish it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Series
from challenges.states import ChallengeState
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from scoring import rubrics, rules
from scoring.models import Criterion, Level, Rubric
from scoring.states import CommentRule, NotApplicable, RubricState


def tie_chain(names: list[str]) -> list[dict[str, str]]:
    """["benefit", "median", "lot"] → steps; a name that is no kind of step is a criterion's key."""
    kinds = ("median", "lowest", "lot")
    return [{"by": n} if n in kinds else {"by": "criterion", "key": n} for n in names]


@transaction.atomic
def write_rubric(*, series: Series, spec: Mapping[str, Any], by: User | None) -> Rubric:
    """Write the series' draft rubric from data, in place of an earlier draft.

    spec: {"reviews", "ties": [names], "comment_rule", "not_applicable", "criteria": [{"key",
    "weight", "name", "question", "low", "high", "levels": [{"value", "text"}]}]}; the texts are
    {fi, sv, en}. `by` is None when a recipe does it.
    """
    if by is not None:
        require(bool(rules.can_run_jury(by, series.challenge)))
    if series.challenge.state != ChallengeState.PREPARING:
        raise NotNow(_("The challenge is open: its rubrics can no longer change."))
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
    )
    levels: list[Level] = []
    for order, one in enumerate(spec["criteria"]):
        values = [level["value"] for level in one["levels"]]
        criterion = Criterion.objects.create(
            rubric=rubric,
            key=one["key"],
            name=one["name"],
            question=one.get("question") or {},
            weight=one["weight"],
            low=one.get("low", min(values)),
            high=one.get("high", max(values)),
            order=order,
        )
        levels += [
            Level(criterion=criterion, value=level["value"], description=level["text"])
            for level in one["levels"]
        ]
    Level.objects.bulk_create(levels)
    audit.record("rubric.written", rubric, by=by, data={"version": rubric.version})
    return rubric


@transaction.atomic
def publish_rubric(*, rubric: Rubric, by: User, at: dt.datetime) -> Rubric:
    """Freeze it. From here on its rows cannot change, in the database either."""
    require(bool(rules.can_run_jury(by, rubric.series.challenge)))
    rubric = Rubric.objects.select_for_update().get(pk=rubric.pk)
    if rubric.state == RubricState.PUBLISHED:
        return rubric
    found = list(rubrics.problems(rubric))
    if found:
        raise Invalid(_("The rubric is not ready."), errors={"": found})
    rubric.digest = rubrics.content_digest(rubric)
    rubric.state = RubricState.PUBLISHED
    rubric.published_at, rubric.published_by = at, by
    rubric.full_clean()
    rubric.save()
    audit.record("rubric.published", rubric, by=by, data={"sha256": rubric.digest})
    outbox.emit("rubric.published", rubric=rubric.pk)
    return rubric
