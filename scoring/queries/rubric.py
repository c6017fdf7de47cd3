"""Reads: rubrics as the public, jurors and the checklist see them."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import staff_of
from challenges.completeness import Item
from challenges.models import Challenge, Series
from core.multilingual import text
from scoring import rubric_checks
from scoring.models import Rubric
from scoring.states import RubricState

OWN_AT_MOST = 60


def published_rubrics(challenge: Challenge) -> QuerySet[Rubric]:
    """The challenge's published rubrics with criteria and levels, in the order of its series."""
    return (
        Rubric.objects.filter(series__challenge=challenge, state=RubricState.PUBLISHED)
        .select_related("series")
        .prefetch_related("criteria__levels")
        .order_by("series__order", "series_id", "-version")
    )


def current_rubric(series: Series) -> Rubric | None:
    """The rubric that counts: the newest published one."""
    return series.rubrics.filter(state=RubricState.PUBLISHED).order_by("-version").first()


def newest_rubric(series: Series) -> Rubric | None:
    """The rubric that staff see: a draft, or else what has been published."""
    return series.rubrics.order_by("-version").first()


def second_persons(rubric: Rubric) -> QuerySet[User]:
    """Who may approve what has been proposed: the host's other staff."""
    return staff_of(rubric.series.challenge.owner).exclude(pk__in=[rubric.proposed_by_id or 0])


def rubrics_are_published(challenge: Challenge) -> Iterator[Item]:
    """A line of the checklist per series: its rubric must be published before opening."""
    if not challenge.has_jury:
        return
    for series in challenge.series.all():
        rubric = newest_rubric(series)
        lacks: tuple[str, ...] = ()
        if rubric is None:
            lacks = (_("there is no rubric"),)
        elif rubric.state == RubricState.PROPOSED:
            lacks = (_("it waits for a second person's approval"),)
        elif rubric.state != RubricState.PUBLISHED:
            lacks = tuple(rubric_checks.problems(rubric)) or (_("it is ready but not published"),)
        else:  # the challenge may have become a design contest after its rubric was published
            lacks = tuple(rubric_checks.of_contest(rubric))
        yield Item(
            key=f"rubric-{series.key}",
            label=_("Rubric: %(series)s") % {"series": text(series.name)},
            url=reverse("scoring_admin:rubric", args=[challenge.pk, series.key]),
            missing=lacks,
        )


def own_rubrics(user: User, *, but: Series) -> list[Rubric]:
    """Rubrics of challenges that the person works for, the newest of each series, latest first."""
    theirs = Challenge.objects.workable_by(user)
    rows = (
        Rubric.objects.filter(series__challenge__in=theirs)
        .exclude(series=but)
        .select_related("series__challenge")
        .order_by("-series__challenge__created_at", "series__order", "-version")
    )
    newest: dict[int, Rubric] = {}
    for rubric in rows[:OWN_AT_MOST]:
        newest.setdefault(rubric.series_id, rubric)
    return list(newest.values())


def published_versions(challenge: Challenge, key: str) -> list[Rubric]:
    """The published rubrics of a series, newest first."""
    return list(
        Rubric.objects.published()
        .filter(series__challenge=challenge, series__key=key)
        .select_related("series__challenge__owner")
        .order_by("-version")
    )
