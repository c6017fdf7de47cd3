"""Verbs: give proposals to jurors, and repair what a recusal leaves open."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Series
from core import audit, lazy, mail, outbox
from core.canonical import digest
from core.errors import NotNow, require
from scoring import rules
from scoring.models import Assignment, AssignmentRun, Declaration, IdeaScore, Juror, Round
from scoring.models.run import RunKind
from scoring.queries.assigning import Plan, plan
from scoring.queries.rounds import round_to_assign
from scoring.states import AssignmentState, DeclarationKind, RoundState

np = lazy.module("numpy")


class PlanHasChanged(NotNow):
    """What was previewed is no longer what would be done; nothing was."""

    def __init__(self) -> None:
        super().__init__(
            _("Something has changed since this page was shown. Look at the new plan first.")
        )


@transaction.atomic
def ensure_round(*, series: Series, by: User) -> Round:
    """The round to give out now, planned at first need: rubric, reviews and seed are kept then.

    Raises NotNow when something has to be done first: eligibility, or who advances.
    """
    require(bool(rules.can_run_jury(by, series.challenge)))
    Series.objects.select_for_update().get(pk=series.pk)
    found = round_to_assign(series)
    if found.pk is None:
        found.full_clean(exclude=Round.LATER)
        found.save()
        audit.record(
            "round.planned", found, by=by, data={"seed": found.seed, "rubric": found.rubric.digest}
        )
    return found


@transaction.atomic
def assign_round(*, round_: Round, by: User, at: dt.datetime, expected: str | None = None) -> Plan:
    """Give the round's proposals their reviews and open the round to its jurors.

    May be repeated, for late proposals or new jurors: what has been given stays. `expected` is the
    digest of the inputs that were previewed (`Plan.inputs.digest`); others raise PlanHasChanged.
    """
    require(bool(rules.can_run_jury(by, round_.series.challenge)))
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if round_.is_done:
        raise NotNow(_("The round is closed."))
    made = plan(round_)
    if not made.ideas:
        raise NotNow(_("No proposal has been checked yet."))
    if not made.jurors:
        raise NotNow(_("No juror has accepted the invitation yet."))
    if expected is not None and expected != made.inputs.digest:
        raise PlanHasChanged
    added = write_plan(round_, made, kind=RunKind.ASSIGNED, by=by, at=at)
    round_.state, round_.assigned_at = RoundState.OPEN, at
    round_.assignment_report = {**round_.assignment_report, **report(made)}
    round_.save(update_fields=["state", "assigned_at", "assignment_report"])
    audit.record(
        "round.assigned",
        round_,
        by=by,
        data={"seed": round_.seed, "pairs": added, "unmet": int(made.result.unmet.sum())},
    )
    outbox.emit("round.assigned", round=round_.pk)
    tell_jurors(round_, made, added)
    return made


def give_up(
    assignments: Sequence[Assignment],
    *,
    state: AssignmentState,
    at: dt.datetime,
    declared: str = "",
) -> None:
    """Take assignments off their juror and give the proposals to others who can take them."""
    rounds = lock_rounds({one.round_id for one in assignments})
    for one in assignments:
        was_declared = bool(one.declared)
        one.state = state
        one.declared = declared or one.declared
        one.save(update_fields=["state", "declared"])
        IdeaScore.objects.filter(round=one.round_id, idea=one.idea_id).update(
            wanted=F("wanted") - 1
        )
        Round.objects.filter(pk=one.round_id).update(sheets_wanted=F("sheets_wanted") - 1)
        Juror.objects.filter(pk=one.juror_id).update(
            to_read=F("to_read") - 1,
            undeclared=F("undeclared") - (0 if was_declared else 1),
            recused=F("recused") + (1 if state == AssignmentState.RECUSED else 0),
        )
    for round_ in rounds:
        if round_.state == RoundState.OPEN:
            repair(round_, at=at)


def repair(round_: Round, *, at: dt.datetime) -> list[tuple[int, int]]:
    """Give out what is missing; nothing that is given moves. The new (idea pk, juror pk)."""
    made = plan(round_)
    added = write_plan(round_, made, kind=RunKind.REPAIRED, by=None, at=at)
    if added:
        audit.record("round.repaired", round_, by=None, data={"pairs": added})
        tell_jurors(round_, made, added)
    return added


def lock_rounds(pks: Iterable[int]) -> list[Round]:
    """The rounds under lock. Whoever locks rows of a round's sheets and jurors begins here."""
    found = Round.objects.select_for_update(of=("self",)).filter(pk__in=set(pks)).order_by("pk")
    return list(found.select_related("series__challenge"))


def tell_jurors(round_: Round, made: Plan, added: list[tuple[int, int]]) -> None:
    """A letter to each juror who got something new to read."""
    counts = Counter(juror_id for _idea, juror_id in added)
    for juror in made.jurors:
        if counts[juror.pk]:
            mail.send(
                to=juror.email,
                template="juror_assigned",
                language=juror.language,
                context={"count": counts[juror.pk], "challenge": round_.series.challenge},
                about=juror,
            )


def write_plan(
    round_: Round, made: Plan, *, kind: RunKind, by: User | None, at: dt.datetime
) -> list[tuple[int, int]]:
    """Store the new pairs, the sums that follow and the run; (idea pk, juror pk) of each.

    A juror who has said of a proposal that there are no ties need not say it again.
    """
    pairs = made.pairs()
    order = Counter(round_.assignments.values_list("juror_id", flat=True))
    free = set(
        Declaration.objects.filter(
            juror__in=[juror.pk for juror in made.jurors], kind=DeclarationKind.NONE
        ).values_list("idea_id", "juror_id")
    )
    rows: list[Assignment] = []
    for idea_id, juror_id in _shuffled(pairs, seed=round_.seed):
        known = DeclarationKind.NONE if (idea_id, juror_id) in free else ""
        rows.append(
            Assignment(
                round=round_,
                juror_id=juror_id,
                idea_id=idea_id,
                order=order[juror_id],
                declared=known,
            )
        )
        order[juror_id] += 1
    Assignment.objects.bulk_create(rows)
    IdeaScore.objects.bulk_create(
        [IdeaScore(round=round_, idea=idea) for idea in made.ideas], ignore_conflicts=True
    )
    for idea_id, n in Counter(idea_id for idea_id, _juror in pairs).items():
        IdeaScore.objects.filter(round=round_, idea=idea_id).update(wanted=F("wanted") + n)
    news = Counter(row.juror_id for row in rows if not row.declared)
    for juror_id, n in Counter(juror_id for _idea, juror_id in pairs).items():
        Juror.objects.filter(pk=juror_id).update(
            to_read=F("to_read") + n, undeclared=F("undeclared") + news[juror_id]
        )
    Round.objects.filter(pk=round_.pk).update(sheets_wanted=F("sheets_wanted") + len(pairs))
    if pairs:
        inputs = made.inputs.to_data()
        keep_run(round_, kind=kind, inputs=inputs, pairs=made.result.added.tolist(), by=by, at=at)
    return sorted(pairs)


def keep_run(
    round_: Round,
    *,
    kind: RunKind,
    inputs: dict[str, object],
    pairs: list[list[int]],
    by: User | None,
    at: dt.datetime,
) -> AssignmentRun:
    """What was done from what, so that it can be replayed."""
    return AssignmentRun.objects.create(
        round=round_,
        number=round_.runs.count() + 1,
        kind=kind,
        seed=round_.seed,
        at=at,
        by=by,
        inputs=inputs,
        pairs=pairs,
        digest=digest({"inputs": inputs, "pairs": pairs}),
    )


def _shuffled(pairs: list[tuple[int, int]], *, seed: int) -> list[tuple[int, int]]:
    """Each juror reads in an order of their own, so that no proposal always comes last."""
    dice = np.random.RandomState(seed)
    return [pairs[int(n)] for n in dice.permutation(len(pairs))]


def report(made: Plan) -> dict[str, object]:
    return {
        "loads": {str(juror.pk): n for juror, n in made.loads},
        "unmet": {str(idea.pk): n for idea, n in made.unstaffed},
        "comparability": round(float(made.result.comparability), 4),
        "connected": bool(made.result.connected),
        "barred": made.barred,
        "expertise": made.expertise,
        "inputs": made.inputs.digest,
    }
