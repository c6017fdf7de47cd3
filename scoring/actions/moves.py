"""Verbs: staff give a proposal to a juror by hand, take it off one, or move it; same checks."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, mail
from core.errors import NotNow, require
from ideas.models import Idea
from scoring import rules
from scoring.actions import assign
from scoring.conflicts import REASONS, known_ties
from scoring.models import Assignment, Declaration, IdeaScore, Juror, Round
from scoring.models.run import RunKind
from scoring.queries.rounds import candidates, pooled_rounds
from scoring.states import (
    AssignmentState,
    DeclarationKind,
    JurorState,
    RoundKind,
    RoundState,
    SheetState,
)


def why_not(round_: Round, idea: Idea, juror: Juror) -> str:
    """Why the juror cannot be given the proposal, in words; "" when they can."""
    if juror.state != JurorState.ACCEPTED:
        return _("has not accepted the invitation")
    if not juror.series.filter(pk=round_.series_id).exists():
        return _("does not score this series")
    mine = Assignment.objects.filter(juror=juror, idea=idea, round__in=pooled_rounds(round_))
    if mine.filter(state=AssignmentState.CONFIRMED).exists():
        return _("has it already")
    tie = known_ties([juror], [idea]).get((juror.pk, idea.pk))
    if tie:
        return str(REASONS[tie])
    if mine.filter(state=AssignmentState.RECUSED).exists():
        return str(REASONS["declared"])
    busy = juror.assignments.filter(
        state=AssignmentState.CONFIRMED, round__state=RoundState.OPEN
    ).count()
    if juror.capacity is not None and busy >= juror.capacity:
        return _("has %(n)s proposals, which is the limit") % {"n": busy}
    return ""


@transaction.atomic
def give_to(*, round_: Round, idea: Idea, juror: Juror, by: User, at: dt.datetime) -> Assignment:
    """One review more, by somebody chosen by hand. Raises NotNow with the reason against it."""
    round_ = _open_round(round_, by)
    require(juror.challenge_id == round_.series.challenge_id)
    require(candidates(round_).filter(pk=idea.pk).exists())
    juror = Juror.objects.select_for_update().get(pk=juror.pk)
    against = why_not(round_, idea, juror)
    if against:
        raise NotNow(
            _("%(juror)s cannot be given this: %(reason)s.") % {"juror": juror, "reason": against}
        )
    free = Declaration.objects.filter(juror=juror, idea=idea, kind=DeclarationKind.NONE).exists()
    # One that was taken off by hand earlier is given back: there is one row per juror and proposal.
    given, _made = Assignment.objects.update_or_create(
        round=round_,
        juror=juror,
        idea=idea,
        defaults={
            "state": AssignmentState.CONFIRMED,
            "declared": DeclarationKind.NONE if free else "",
            "order": juror.assignments.filter(round=round_).count(),
        },
    )
    IdeaScore.objects.get_or_create(round=round_, idea=idea)
    IdeaScore.objects.filter(round=round_, idea=idea).update(wanted=F("wanted") + 1)
    Round.objects.filter(pk=round_.pk).update(sheets_wanted=F("sheets_wanted") + 1)
    Juror.objects.filter(pk=juror.pk).update(
        to_read=F("to_read") + 1, undeclared=F("undeclared") + (0 if free else 1)
    )
    _keep(round_, {"gave": [idea.pk, juror.pk]}, by=by, at=at)
    mail.send(
        to=juror.email,
        template="juror_assigned",
        language=juror.language,
        context={"count": 1, "challenge": round_.series.challenge},
        about=juror,
    )
    return given


@transaction.atomic
def take_off(*, assignment: Assignment, by: User, at: dt.datetime) -> Assignment:
    """Take a proposal off a juror. A submitted sheet is never moved; nobody else gets it."""
    round_ = _open_round(assignment.round, by)
    assignment = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if assignment.state != AssignmentState.CONFIRMED:
        raise NotNow(_("It has been taken off already."))
    sheet = getattr(assignment, "sheet", None)
    if sheet is not None and sheet.state != SheetState.DRAFT:
        raise NotNow(_("The sheet has been submitted: it is not moved."))
    assignment.state = AssignmentState.WITHDRAWN
    assignment.save(update_fields=["state"])
    IdeaScore.objects.filter(round=round_, idea=assignment.idea_id).update(wanted=F("wanted") - 1)
    Round.objects.filter(pk=round_.pk).update(sheets_wanted=F("sheets_wanted") - 1)
    Juror.objects.filter(pk=assignment.juror_id).update(
        to_read=F("to_read") - 1,
        undeclared=F("undeclared") - (0 if assignment.declared else 1),
    )
    _keep(round_, {"took": [assignment.idea_id, assignment.juror_id]}, by=by, at=at)
    return assignment


@transaction.atomic
def move(*, assignment: Assignment, to: Juror, by: User, at: dt.datetime) -> Assignment:
    """Off one juror and to another, or neither."""
    take_off(assignment=assignment, by=by, at=at)
    return give_to(round_=assignment.round, idea=assignment.idea, juror=to, by=by, at=at)


def _open_round(round_: Round, by: User) -> Round:
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    found = assign.lock_rounds([round_.pk])
    require(bool(found))
    if found[0].state != RoundState.OPEN or found[0].kind == RoundKind.ELIGIBILITY:
        raise NotNow(_("The round is not open."))
    return found[0]


def _keep(round_: Round, what: dict[str, list[int]], *, by: User, at: dt.datetime) -> None:
    audit.record("round.moved", round_, by=by, data=what)
    pair = next(iter(what.values()))
    assign.keep_run(round_, kind=RunKind.MOVED, inputs={}, pairs=[pair], by=by, at=at)
