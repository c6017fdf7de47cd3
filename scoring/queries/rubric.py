"""Reads: rubrics as the public, jurors and the checklist see them."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.completeness import Item
from challenges.models import Challenge, Series
from core.multilingual import text
from scoring import rubrics
from scoring.models import Rubric
from scoring.states import RubricState


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


def rubrics_are_published(challenge: Challenge) -> Iterator[Item]:
    """A line of the checklist per series: its rubric must be published before opening."""
    for series in challenge.series.all():
        rubric = newest_rubric(series)
        lacks: tuple[str, ...] = ()
        if rubric is None:
            lacks = (_("there is no rubric"),)
        elif rubric.state != RubricState.PUBLISHED:
            lacks = tuple(rubrics.problems(rubric)) or (_("it is ready but not published"),)
        yield Item(
            key=f"rubric-{series.key}",
            label=_("Rubric: %(series)s") % {"series": text(series.name)},
            url=reverse("scoring_admin:rubric", args=[challenge.pk, series.key]),
            missing=lacks,
        )
