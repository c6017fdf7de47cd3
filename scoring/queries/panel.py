"""Reads: the jury as staff see it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from challenges.models import Challenge
from ideas.models import Idea
from scoring.models import Assignment, Declaration, Juror, Round
from scoring.queries.rounds import scored_rounds
from scoring.states import AssignmentState, DeclarationKind


def panel_of(challenge: Challenge) -> QuerySet[Juror]:
    """Jurors with their stored progress."""
    return challenge.jurors.prefetch_related("series", "expertise")


def open_ties(challenge: Challenge, *, without: Collection[int] = ()) -> QuerySet[Declaration]:
    """Possible ties that wait for staff's word, but of the proposals `without` (primary keys)."""
    return (
        Declaration.objects.filter(juror__challenge=challenge, kind=DeclarationKind.POTENTIAL)
        .exclude(idea__in=without)
        .select_related("juror", "idea")
    )


def register_of_ties(
    challenge: Challenge, *, without: Collection[int] = ()
) -> QuerySet[Declaration]:
    """Every declaration, the «none» answers too, but of the proposals `without` (primary keys)."""
    return (
        Declaration.objects.filter(juror__challenge=challenge)
        .exclude(idea__in=without)
        .select_related("juror", "idea")
        .order_by("juror__name", "idea__number")
    )


@dataclass(frozen=True)
class Progress:
    """How far a round is; from stored sums, so the cost does not grow with the challenge."""

    round: Round

    @property
    def missing(self) -> int:
        return self.round.sheets_wanted - self.round.sheets_submitted

    @property
    def percent(self) -> int:
        wanted = self.round.sheets_wanted
        return 100 * self.round.sheets_submitted // wanted if wanted else 0


def rounds_of(challenge: Challenge) -> list[Progress]:
    """Every scored round, series by series."""
    return [Progress(round_) for round_ in scored_rounds(challenge)]


def with_jury(ideas: Iterable[Idea]) -> frozenset[int]:
    """Primary keys of those that have been given to anybody to score. One query."""
    given = Assignment.objects.filter(idea__in=[idea.pk for idea in ideas])
    rows = given.exclude(state=AssignmentState.WITHDRAWN)
    return frozenset(rows.order_by().values_list("idea_id", flat=True).distinct())
