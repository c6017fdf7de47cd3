"""What a proposal's own fate does to the jury's work, and the sums that lists show."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, Max, Min, Q

from core import audit
from ideas.models import Idea
from ideas.states import IN_JURY
from scoring import states
from scoring.models import Assignment, IdeaScore, Juror, Round, Score, ScoreSheet
from scoring.states import AssignmentState, CriterionKind, SheetState

WEIGHING = (CriterionKind.SCALE, CriterionKind.THRESHOLD)
CONFIRMED = Q(state=AssignmentState.CONFIRMED)
ANSWERED = CONFIRMED & Q(sheet__state__in=states.ANSWERED)


@transaction.atomic
def take_out(*, idea: Idea) -> bool:
    """A withdrawn proposal is no longer read, awaited or ranked; whether anything changed.

    What was submitted of it is kept, but does not count.
    """
    round_ = (
        Round.objects.select_for_update().filter(series=idea.series_id).order_by("-number").first()
    )
    if round_ is None or idea.state in IN_JURY:
        return False
    removed, _models = IdeaScore.objects.filter(round=round_, idea=idea).delete()
    if not removed:
        return False
    mine = round_.assignments.filter(idea=idea)
    mine.filter(CONFIRMED).update(state=AssignmentState.WITHDRAWN)
    count_round(round_.pk)
    count_jurors(mine.values_list("juror_id", flat=True))
    audit.record("round.left", round_, by=None, data={"idea": idea.pk, "state": idea.state})
    return True


def count_idea(round_id: int, idea_id: int) -> None:
    """Bring the proposal's stored sums up to date with its confirmed assignments."""
    assignments = Assignment.objects.filter(CONFIRMED, round=round_id, idea=idea_id)
    submitted = ScoreSheet.objects.filter(assignment__in=assignments, state=SheetState.SUBMITTED)
    counts = assignments.aggregate(wanted=Count("pk"), answered=Count("pk", filter=ANSWERED))
    sums = submitted.aggregate(mean=Avg("total"), low=Min("total"), high=Max("total"))
    means = (
        Score.objects.filter(sheet__in=submitted, value__isnull=False, criterion__kind__in=WEIGHING)
        .values_list("criterion__key")
        .annotate(mean=Avg("value"))
    )
    IdeaScore.objects.filter(round=round_id, idea=idea_id).update(
        wanted=counts["wanted"],
        submitted=counts["answered"],
        mean=sums["mean"],
        lowest=sums["low"],
        highest=sums["high"],
        criterion_means={key: round(float(mean), 4) for key, mean in means},
    )


def count_round(round_id: int) -> None:
    Round.objects.filter(pk=round_id).update(
        **Assignment.objects.filter(round=round_id).aggregate(
            sheets_wanted=Count("pk", filter=CONFIRMED),
            sheets_submitted=Count("pk", filter=ANSWERED),
        )
    )


def count_jurors(jurors: Iterable[int]) -> None:
    for juror in sorted(set(jurors)):
        sums: dict[str, Any] = Assignment.objects.filter(juror=juror).aggregate(
            to_read=Count("pk", filter=CONFIRMED),
            submitted=Count("pk", filter=ANSWERED),
            undeclared=Count("pk", filter=CONFIRMED & Q(declared="")),
            recused=Count("pk", filter=Q(state=AssignmentState.RECUSED)),
        )
        Juror.objects.filter(pk=juror).update(**sums)
