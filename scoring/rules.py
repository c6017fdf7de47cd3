"""Who may do what in scoring."""

from typing import Any

import rules

from accounts.rules import can_work_for
from challenges.models import Challenge
from ideas.models import Idea
from scoring.models import Assignment, Decision, Juror
from scoring.states import AssignmentState, DeclarationKind, JurorState


@rules.predicate
def can_run_jury(user: Any, challenge: Challenge) -> bool:
    """Edit rubrics, invite jurors, assign, follow: the host's staff."""
    return bool(can_work_for(user, challenge.owner))


@rules.predicate
def can_answer_invitation(user: Any, juror: Juror) -> bool:
    """The person who was invited, known by the e-mail address."""
    return bool(
        user.is_authenticated
        and juror.email.lower() == user.email.lower()
        and juror.state in (JurorState.INVITED, JurorState.ACCEPTED)
    )


@rules.predicate
def is_juror(user: Any, assignment: Assignment) -> bool:
    """Holds the assignment: it is theirs, they have accepted, and nobody has taken it off them."""
    return bool(
        user.is_authenticated
        and assignment.juror.user_id == user.pk
        and assignment.juror.state == JurorState.ACCEPTED
        and assignment.state == AssignmentState.CONFIRMED
    )


@rules.predicate
def can_draft_decision(user: Any, challenge: Challenge) -> bool:
    return bool(can_work_for(user, challenge.owner))


@rules.predicate
def can_approve_decision(user: Any, decision: Decision) -> bool:
    """Staff of the host, but not the one who drafted it."""
    return bool(can_work_for(user, decision.challenge.owner) and decision.drafted_by_id != user.pk)


def may_read(user: Any, idea: Idea) -> bool:
    """Has the proposal on their desk and has declared that they have no ties to it."""
    return bool(
        user
        and user.is_authenticated
        and Assignment.objects.of_juror(user)
        .filter(idea=idea, declared=DeclarationKind.NONE)
        .exists()
    )
