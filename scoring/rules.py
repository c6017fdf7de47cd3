"""Who may do what in scoring."""

from typing import Any

import rules
from django.db.models import Exists, OuterRef, Q

from accounts.rules import can_work_for
from accounts.second_factor import rests
from challenges.models import Challenge
from ideas.models import Idea
from ideas.states import IdeaState
from scoring.models import Assignment, Decision, Declaration, Juror, Rubric
from scoring.queries.terms import newer_terms
from scoring.states import AssignmentState, DeclarationKind, JurorState


def is_a_juror(user: Any) -> bool:
    """Has a seat on a jury, whatever their session has shown."""
    return bool(
        user.is_authenticated
        and Juror.objects.filter(user=user, state=JurorState.ACCEPTED).exists()
    )


def chairs_a_jury(user: Any) -> bool:
    return bool(
        user.is_authenticated
        and Juror.objects.filter(user=user, chair=True, state=JurorState.ACCEPTED).exists()
    )


@rules.predicate
def can_run_jury(user: Any, challenge: Challenge) -> bool:
    """Edit rubrics, invite jurors, assign, follow: the host's staff. A consultation has no jury."""
    return bool(challenge.has_jury and can_work_for(user, challenge.owner))


@rules.predicate
def can_approve_rubric(user: Any, rubric: Rubric) -> bool:
    """Staff of the host, but not the one who proposed it."""
    return bool(
        can_work_for(user, rubric.series.challenge.owner) and rubric.proposed_by_id != user.pk
    )


@rules.predicate
def can_chair(user: Any, challenge: Challenge) -> bool:
    """Settle ties and open sheets again: the jury's chair, or the host's staff."""
    return challenge.has_jury and bool(
        can_work_for(user, challenge.owner)
        or (
            user.is_authenticated
            and not rests(user, "chair")
            and not rests(user, "juror")
            and Juror.objects.filter(
                challenge=challenge, user=user, chair=True, state=JurorState.ACCEPTED
            ).exists()
        )
    )


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
        and not rests(user, "juror")
        and assignment.juror.user_id == user.pk
        and assignment.juror.state == JurorState.ACCEPTED
        and assignment.state == AssignmentState.CONFIRMED
    )


@rules.predicate
def sits_on(user: Any, juror: Juror) -> bool:
    """The seat is the person's own, and they have accepted it."""
    return bool(
        user.is_authenticated
        and not rests(user, "juror")
        and juror.user_id == user.pk
        and juror.state == JurorState.ACCEPTED
    )


@rules.predicate
def can_draft_decision(user: Any, challenge: Challenge) -> bool:
    return bool(challenge.has_jury and can_work_for(user, challenge.owner))


@rules.predicate
def can_approve_decision(user: Any, decision: Decision) -> bool:
    """Staff of the host, but not the one who drafted it, nor one with a tie to a proposal in it
    (Administrative Procedure Act 434/2003, 27 §).
    """
    return bool(
        can_work_for(user, decision.challenge.owner)
        and decision.drafted_by_id != user.pk
        and not decision.verdicts.filter(idea__in=closed_to(user)).exists()
    )


@rules.predicate
def can_sign(user: Any, juror: Juror) -> bool:
    """The juror themselves, while they sit on the jury."""
    return bool(sits_on(user, juror))


@rules.predicate
def can_audit(user: Any, challenge: Challenge) -> bool:
    """Get the audit package and the whole report: the host's staff, who hand it to the auditor.

    The house has no role of an auditor; whoever has the package needs no right here any more.
    """
    return bool(can_work_for(user, challenge.owner))


@rules.predicate
def can_chair_over(user: Any, idea: Idea) -> bool:
    """The chair or the host's staff, of a proposal that is not closed to them by a tie."""
    return bool(can_chair(user, idea.challenge)) and idea.pk not in closed_to(user)


def closed_to(user: Any) -> frozenset[int]:
    """Proposals (primary keys) that the person has told ties to, until they are decided.

    They are closed to a signed-in juror everywhere, also where anybody else may read them.
    """
    if not (user and user.is_authenticated):
        return frozenset()
    told = Declaration.objects.filter(
        juror__user=user,
        kind__in=[DeclarationKind.POTENTIAL, DeclarationKind.CONFLICT],
    )
    undecided = told.exclude(idea__state=IdeaState.DECIDED)
    return frozenset(undecided.values_list("idea_id", flat=True))


def sits_in_jury(user: Any, idea: Idea) -> bool:
    """Has been asked to the jury of the proposal's challenge, whatever their series."""
    return bool(
        user
        and user.is_authenticated
        and Juror.objects.filter(
            Q(user=user) | Q(email__iexact=user.email), challenge=idea.challenge_id
        ).exists()
    )


def may_read(user: Any, idea: Idea) -> bool:
    """Has the proposal on their desk, has accepted the jury's newest terms and has declared that
    they have no ties to it.

    A possible tie told of in a later round closes the proposal until it has been settled.
    """
    return bool(
        user
        and user.is_authenticated
        and not rests(user, "juror")
        and Assignment.objects.of_juror(user)
        .filter(~newer_terms(), idea=idea, declared=DeclarationKind.NONE)
        .exclude(
            Exists(
                Declaration.objects.filter(
                    juror=OuterRef("juror"), idea=idea, kind=DeclarationKind.POTENTIAL
                )
            )
        )
        .exists()
    )
