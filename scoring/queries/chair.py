"""Reads: what the jury's chair sees. Nobody's scores: who has answered for what."""

from django.db.models import QuerySet

from accounts.models import User
from challenges.models import Challenge
from scoring.models import Assignment, Declaration, ScoreSheet
from scoring.rules import closed_to
from scoring.states import ANSWERED, AssignmentState, DeclarationKind, RoundState, SheetState


def ties_to_settle(challenge: Challenge, user: User) -> QuerySet[Declaration]:
    """Possible ties that wait for a word, but one's own and those of proposals closed to one."""
    return (
        Declaration.objects.filter(juror__challenge=challenge, kind=DeclarationKind.POTENTIAL)
        .exclude(juror__user=user)
        .exclude(idea__in=closed_to(user))
        .select_related("juror", "idea")
        .order_by("at")
    )


def locked_sheets(challenge: Challenge, user: User) -> QuerySet[Assignment]:
    """Answered sheets of open rounds that the person may open again, by proposal and juror."""
    return (
        Assignment.objects.filter(
            round__series__challenge=challenge,
            round__state=RoundState.OPEN,
            state=AssignmentState.CONFIRMED,
            sheet__state__in=ANSWERED,
        )
        .exclude(juror__user=user)
        .exclude(idea__in=closed_to(user))
        .select_related("juror", "idea", "sheet", "round__series")
        .order_by("idea__number", "juror__name", "pk")
    )


def reopened_sheets(challenge: Challenge, user: User) -> QuerySet[ScoreSheet]:
    """Sheets that have been opened again and are not back yet."""
    return (
        ScoreSheet.objects.filter(
            assignment__round__series__challenge=challenge,
            assignment__state=AssignmentState.CONFIRMED,
            state=SheetState.REOPENED,
        )
        .exclude(assignment__idea__in=closed_to(user))
        .select_related("assignment__juror", "assignment__idea")
        .order_by("reopened_at")
    )


def register(challenge: Challenge, user: User) -> QuerySet[Declaration]:
    """Every declaration, the «none» answers too, with all that was said before."""
    return (
        Declaration.objects.filter(juror__challenge=challenge)
        .select_related("juror", "idea")
        .prefetch_related("versions__by")
        .order_by("juror__name", "idea__number")
    )
