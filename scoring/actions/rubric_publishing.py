"""Verbs: propose a rubric, send it back, publish it by a second person."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Series
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from scoring import rubric_checks, rubrics, rules
from scoring.actions.rubric import refuse_when_scoring
from scoring.models import Round, Rubric
from scoring.models.rubric import FORMAT
from scoring.states import RoundState, RubricState


@transaction.atomic
def propose_rubric(*, rubric: Rubric, by: User, at: dt.datetime) -> Rubric:
    """Hand the draft to a second person; from here on nobody edits it, until it is taken back."""
    require(bool(rules.can_run_jury(by, rubric.series.challenge)))
    rubric = _locked(rubric)
    if rubric.state != RubricState.DRAFT:
        raise NotNow(_("The rubric has been proposed already."))
    refuse_when_scoring(rubric.series, at=at)
    _refuse_unready(rubric)
    rubric.format, rubric.returned = FORMAT, ""
    rubric.digest = rubrics.content_digest(rubric)
    rubric.state = RubricState.PROPOSED
    rubric.proposed_at, rubric.proposed_by = at, by
    rubric.full_clean()
    rubric.save()
    audit.record("rubric.proposed", rubric, by=by, data={"sha256": rubric.digest})
    outbox.emit("rubric.proposed", rubric=rubric.pk)
    return rubric


@transaction.atomic
def return_rubric(*, rubric: Rubric, reason: str, by: User) -> Rubric:
    """Back to a draft: taken back by who proposed it, or returned with what should be mended."""
    require(bool(rules.can_run_jury(by, rubric.series.challenge)))
    rubric = _locked(rubric)
    if rubric.state != RubricState.PROPOSED:
        raise NotNow(_("The rubric does not wait for approval."))
    if rubric.proposed_by_id != by.pk and not reason.strip():
        raise Invalid(errors={"reason": [_("Say what should be mended.")]})
    rubric.state, rubric.digest = RubricState.DRAFT, ""
    rubric.proposed_at = rubric.proposed_by = None
    rubric.returned = reason.strip()
    rubric.full_clean()
    rubric.save()
    audit.record("rubric.returned", rubric, by=by, data={"reason": rubric.returned})
    return rubric


@transaction.atomic
def approve_rubric(*, rubric: Rubric, by: User, at: dt.datetime) -> Rubric:
    """Publish and freeze it. From here on its rows cannot change, in the database either.

    A second press changes nothing. A round that was planned but not assigned is planned anew, by
    the version that counts now; rounds and sheets that have begun keep theirs.
    """
    require(bool(rules.can_run_jury(by, rubric.series.challenge)))
    rubric = _locked(rubric)
    if rubric.state == RubricState.PUBLISHED:
        return rubric
    if rubric.state != RubricState.PROPOSED or rubric.proposed_by_id is None:
        raise NotNow(_("The rubric must be proposed before it is published."))
    if not rules.can_approve_rubric(by, rubric):
        raise NotNow(_("You proposed this rubric yourself: a second person must publish it."))
    refuse_when_scoring(rubric.series, at=at)
    _refuse_unready(rubric)
    if rubrics.content_digest(rubric) != rubric.digest:
        raise NotNow(_("The rubric has changed since it was proposed: take it back."))
    rubric.state = RubricState.PUBLISHED
    rubric.published_at, rubric.published_by = at, by
    rubric.full_clean()
    rubric.save()
    Series.objects.filter(pk=rubric.series_id).update(blind=rubric.blind)
    Round.objects.filter(series=rubric.series, state=RoundState.PLANNED).exclude(
        rubric=rubric
    ).filter(assignments=None).delete()
    audit.record("rubric.published", rubric, by=by, data={"sha256": rubric.digest})
    outbox.emit("rubric.published", rubric=rubric.pk)
    return rubric


def publish_by_two(*, rubric: Rubric, by: User, second: User, at: dt.datetime) -> Rubric:
    """Both steps at once, for data that is seeded."""
    proposed = propose_rubric(rubric=rubric, by=by, at=at)
    return approve_rubric(rubric=proposed, by=second, at=at)


def _locked(rubric: Rubric) -> Rubric:
    rows = Rubric.objects.select_for_update(of=("self",)).select_related("series__challenge")
    found: Rubric = rows.get(pk=rubric.pk)
    return found


def _refuse_unready(rubric: Rubric) -> None:
    found = list(rubric_checks.problems(rubric))
    if found:
        raise Invalid(_("The rubric is not ready."), errors={"": found})
