"""Verbs: a juror signs the approved decision; staff do not wait for one who cannot."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from scoring import rules
from scoring.models import Decision, Juror, Signature
from scoring.queries.decision import unsigned
from scoring.states import DECISION_STANDS, DecisionState

FRESH = dt.timedelta(minutes=10)  # since the signer showed anew who they are


@transaction.atomic
def sign_decision(
    *,
    decision: Decision,
    juror: Juror,
    digest: str,
    shown_at: dt.datetime,
    by: User,
    at: dt.datetime,
) -> Signature:
    """Put the juror's name under the decision whose digest they saw.

    `shown_at` is when they showed anew who they are (a fresh code); an old one does not do. With
    the last signature the decision goes to its publication.
    """
    require(bool(rules.can_sign(by, juror)) and juror.challenge_id == decision.challenge_id)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    _require_standing(decision)
    if digest != decision.digest:
        raise NotNow(_("The decision has changed since you opened it. Read it again."))
    if not dt.timedelta() <= at - shown_at <= FRESH:
        raise NotNow(_("Ask for a new code: the former one is too old for a signature."))
    awaited = {one.pk for one in unsigned(decision)}
    if juror.pk not in awaited:
        raise NotNow(_("Your signature is there already, or it is not needed."))
    signature = _sign(decision, juror, at=at, label=juror.name or juror.email)
    audit.record(
        "decision.signed",
        decision,
        by=by,
        data={"sha256": digest, "juror": juror.pk, "shown_at": shown_at},
    )
    _finish(decision, left=awaited - {juror.pk})
    return signature


@transaction.atomic
def excuse_signer(
    *, decision: Decision, juror: Juror, reason: str, by: User, at: dt.datetime
) -> Signature:
    """Go on without the juror's signature; why is written in the record and the report."""
    require(bool(rules.can_draft_decision(by, decision.challenge)))
    require(juror.challenge_id == decision.challenge_id)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    _require_standing(decision)
    words = reason.replace("\x00", "").strip()[:500]
    if not words:
        raise Invalid(errors={"reason": [_("Say why the signature is not waited for.")]})
    awaited = {one.pk for one in unsigned(decision)}
    if juror.pk not in awaited:
        raise NotNow(_("The signature is there already, or it is not needed."))
    signature = _sign(decision, juror, at=at, label=juror.name or juror.email, excused=words)
    audit.record(
        "decision.unsigned",
        decision,
        by=by,
        data={"sha256": decision.digest, "juror": juror.pk, "reason": words},
    )
    _finish(decision, left=awaited - {juror.pk})
    return signature


def _require_standing(decision: Decision) -> None:
    if not decision.needs_signatures or decision.state not in DECISION_STANDS:
        raise NotNow(_("The decision is not waiting for signatures."))


def _sign(
    decision: Decision, juror: Juror, *, at: dt.datetime, label: str, excused: str = ""
) -> Signature:
    signature = Signature(
        decision=decision,
        juror=juror,
        digest=decision.digest,
        at=at,
        label=label[:200],
        excused=excused,
    )
    signature.full_clean()
    signature.save()
    return signature


def _finish(decision: Decision, *, left: set[int]) -> None:
    """The last one has signed: publication follows at its moment, or at once if that is past."""
    if left or decision.state != DecisionState.APPROVED:
        return
    decision.state = DecisionState.SIGNED
    decision.save()
    outbox.emit("decision.due", run_after=decision.publish_at, decision=decision.pk)
